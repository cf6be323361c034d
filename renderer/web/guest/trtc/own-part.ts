import type { Wish } from '../../../../electron/shared/co-anchor-line'
import { FIRST_WISH } from '../../../../electron/shared/picture-plan'
import type { MediaKind } from '../own-media'
import { afterCall, kindOf, nextCall, NOTHING_GIVEN, profileOf, type CallKind, type Given, type OwnCall } from './own-calls'
import type { TrtcRoom, TrtcSdk } from './trtc-sdk'
import { troubleOf, type TrtcTrouble } from './trtc-trouble'

interface Own {
  readonly from: MediaStreamTrack
  readonly copy: MediaStreamTrack
}

/** One stay in the room. A call of it that hangs keeps no other stay waiting. */
interface Stay {
  readonly sdk: TrtcSdk
  readonly room: TrtcRoom
  given: Given
  working: boolean
  /** What the SDK has refused since `wanted` was the same; true = it may take it later. */
  readonly refused: Map<CallKind, boolean>
  /** As JSON. */
  wanted: string
  /** It was said that something is refused. */
  troubled: boolean
}

/** Pause before what may be taken later is asked for again, milliseconds. */
const AGAIN_MS = 2_000

export interface OwnPartOptions {
  onTrouble(trouble: TrtcTrouble | null): void
}

/**
 * The own picture and sound in the TRTC room. The SDK gets copies of the tracks: it switches what it has on and off by itself. One call after the other. Owns the copies and its timer.
 */
export class OwnPart {
  readonly #options: OwnPartOptions
  #own: { audio: Own | null; video: Own | null } = { audio: null, video: null }
  #off = { audio: false, video: false }
  /** By the anchor. */
  #muted = false
  #wish: Wish = FIRST_WISH
  #stay: Stay | null = null
  #timer: ReturnType<typeof setTimeout> | null = null

  constructor(options: OwnPartOptions) {
    this.#options = options
  }

  /** One publishes as an anchor of the room, or is one of its audience. */
  get hasMedia(): boolean {
    return this.#own.audio !== null || this.#own.video !== null
  }

  take(kind: MediaKind, track: MediaStreamTrack | null): void {
    this.#own[kind]?.copy.stop()
    this.#off[kind] = track !== null && !track.enabled
    this.#own[kind] = track === null ? null : { from: track, copy: track.clone() }
    this.#switch()
    if (kind === 'video') void this.#size()
    this.#work()
  }

  /** Switched off by its owner. */
  turn(kind: MediaKind, off: boolean): void {
    this.#off[kind] = off
    this.#switch()
    this.#work()
  }

  /** Others of the room would hear the own sound whatever the anchor's mix is: who is muted sends none. */
  mute(muted: boolean): void {
    this.#muted = muted
    this.#switch()
    this.#work()
  }

  apply(wish: Wish): void {
    this.#wish = wish
    void this.#size()
    this.#work()
  }

  /** The room was entered, with this role. */
  entered(sdk: TrtcSdk, room: TrtcRoom, anchor: boolean): void {
    this.left()
    this.#stay = { sdk, room, given: { ...NOTHING_GIVEN, anchor }, working: false, refused: new Map(), wanted: '', troubled: false }
    this.#work()
  }

  left(): void {
    this.#stay = null
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  close(): void {
    this.left()
    for (const kind of ['audio', 'video'] as const) this.#own[kind]?.copy.stop()
    this.#own = { audio: null, video: null }
  }

  get #wanted(): Omit<Given, 'anchor'> {
    const { audio, video } = this.#own
    return {
      audio: audio === null ? null : { track: audio.copy.id, muted: this.#off.audio || this.#muted },
      video: video === null ? null : { track: video.copy.id, muted: this.#off.video, wish: this.#wish },
    }
  }

  /** At once, whatever the SDK is busy with: what is muted is not heard or seen while its own switch waits in the queue. */
  #switch(): void {
    const wanted = this.#wanted
    for (const kind of ['audio', 'video'] as const) {
      const own = this.#own[kind]
      if (own !== null) own.copy.enabled = wanted[kind]?.muted !== true
    }
  }

  #work(): void {
    const stay = this.#stay
    if (stay !== null && !stay.working) void this.#run(stay)
  }

  async #run(stay: Stay): Promise<void> {
    stay.working = true
    while (stay === this.#stay) {
      const call = this.#next(stay)
      if (call === null) break
      const kind = kindOf(call)
      try {
        await this.#make(call, stay.sdk, stay.room)
        stay.given = afterCall(stay.given, call)
        stay.refused.delete(kind)
      } catch (error) {
        this.#refuse(stay, kind, troubleOf(error))
      }
      // The SDK has switched it as it was told to some time ago.
      this.#switch()
    }
    stay.working = false
    if (stay !== this.#stay || !stay.troubled || stay.refused.size > 0) return
    stay.troubled = false
    this.#options.onTrouble(null)
  }

  /** What the SDK has refused is not asked again before something else is wanted, or a pause is over. */
  #next(stay: Stay): OwnCall | null {
    const wanted = this.#wanted
    const now = JSON.stringify(wanted)
    if (now !== stay.wanted) stay.refused.clear()
    stay.wanted = now
    return nextCall(stay.given, wanted, new Set(stay.refused.keys()))
  }

  /** @param trouble null = called off by another call */
  #refuse(stay: Stay, kind: CallKind, trouble: TrtcTrouble | null): void {
    if (stay !== this.#stay) return
    const mayGoLater = kind === 'role' || trouble === null || trouble === 'network'
    stay.refused.set(kind, mayGoLater)
    if (mayGoLater) this.#again(stay)
    if (trouble === null) return
    stay.troubled = true
    this.#options.onTrouble(trouble === 'failed' ? 'media' : trouble)
  }

  #again(stay: Stay): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      for (const [kind, mayGoLater] of stay.refused) if (mayGoLater) stay.refused.delete(kind)
      this.#work()
    }, AGAIN_MS)
  }

  #make(call: OwnCall, sdk: TrtcSdk, room: TrtcRoom): Promise<void> {
    const { audio, video } = this.#own
    switch (call.type) {
      case 'be-anchor':
        return room.switchRole(sdk.TYPE.ROLE_ANCHOR)
      case 'be-audience':
        return room.switchRole(sdk.TYPE.ROLE_AUDIENCE)
      case 'stop-audio':
        return room.stopLocalAudio()
      case 'stop-video':
        return room.stopLocalVideo()
      case 'start-audio':
      case 'update-audio': {
        const config = { mute: call.audio.muted, ...(audio === null ? {} : { option: { audioTrack: audio.copy } }) }
        return call.type === 'start-audio' ? room.startLocalAudio(config) : room.updateLocalAudio(config)
      }
      case 'start-video':
      case 'update-video': {
        const option = { profile: profileOf(call.video.wish), ...(video === null ? {} : { videoTrack: video.copy }) }
        const config = { mute: call.video.muted, option }
        return call.type === 'start-video' ? room.startLocalVideo({ ...config, view: null }) : room.updateLocalVideo(config)
      }
    }
  }

  /** A track of another's making is sent as it comes: the copy is what has the wished size. */
  async #size(): Promise<void> {
    const copy = this.#own.video?.copy
    if (copy === undefined) return
    const { width, height, frameRate } = profileOf(this.#wish)
    try {
      await copy.applyConstraints({ width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: frameRate } })
    } catch (error) {
      // It is a wish.
      if (!(error instanceof Error)) throw error
    }
  }
}

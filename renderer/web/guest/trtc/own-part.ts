import type { Wish } from '../../../../electron/shared/co-anchor-line'
import { FIRST_WISH } from '../../../../electron/shared/picture-plan'
import type { MediaKind } from '../own-media'
import { afterCall, nextCall, NOTHING_GIVEN, profileOf, type Given, type OwnCall } from './own-calls'
import type { TrtcRoom, TrtcSdk } from './trtc-sdk'
import { troubleOf, type TrtcTrouble } from './trtc-trouble'

interface Own {
  readonly from: MediaStreamTrack
  readonly copy: MediaStreamTrack
}

export interface OwnPartOptions {
  onTrouble(trouble: TrtcTrouble | null): void
}

/**
 * The own picture and sound in the TRTC room. The SDK gets copies of the tracks: it switches what it has on and off by itself. One call after the other. Owns the copies.
 */
export class OwnPart {
  readonly #options: OwnPartOptions
  #own: { audio: Own | null; video: Own | null } = { audio: null, video: null }
  #off = { audio: false, video: false }
  /** By the anchor. */
  #muted = false
  #wish: Wish = FIRST_WISH
  #stay: { readonly sdk: TrtcSdk; readonly room: TrtcRoom; given: Given; refused: string } | null = null
  #working = false

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
    if (kind === 'video') void this.#size()
    this.#work()
  }

  /** Switched off by its owner. */
  turn(kind: MediaKind, off: boolean): void {
    this.#off[kind] = off
    this.#work()
  }

  /** Others of the room would hear the own sound whatever the anchor's mix is: who is muted sends none. */
  mute(muted: boolean): void {
    this.#muted = muted
    this.#work()
  }

  apply(wish: Wish): void {
    this.#wish = wish
    void this.#size()
    this.#work()
  }

  /** The room was entered, with this role. */
  entered(sdk: TrtcSdk, room: TrtcRoom, anchor: boolean): void {
    this.#stay = { sdk, room, given: { ...NOTHING_GIVEN, anchor }, refused: '' }
    this.#work()
  }

  left(): void {
    this.#stay = null
  }

  close(): void {
    this.#stay = null
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

  #work(): void {
    if (this.#working) return
    this.#working = true
    void this.#run().finally(() => {
      this.#working = false
    })
  }

  async #run(): Promise<void> {
    for (;;) {
      const stay = this.#stay
      const call = stay === null ? null : nextCall(stay.given, this.#wanted)
      // What the SDK has refused is not asked again before something else is wanted.
      if (stay === null || call === null || stay.refused === JSON.stringify(call)) return
      try {
        await this.#make(call, stay.sdk, stay.room)
        stay.given = afterCall(stay.given, call)
        if (stay.refused !== '' && stay === this.#stay) {
          stay.refused = ''
          this.#options.onTrouble(null)
        }
      } catch (error) {
        stay.refused = JSON.stringify(call)
        const trouble = troubleOf(error)
        if (trouble !== null && stay === this.#stay) this.#options.onTrouble(trouble === 'failed' ? 'media' : trouble)
      }
    }
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

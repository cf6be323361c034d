import type { LineNews } from '../../../../electron/shared/co-anchor-line'
import type { TrtcRoom, TrtcSdk } from './trtc-sdk'
import { troubleOf, type TrtcTrouble } from './trtc-trouble'

export type CompanyNews = Omit<Extract<LineNews, { type: 'company' }>, 'type'>
type Stream = 'main' | 'sub'
type StreamType = TrtcSdk['TYPE']['STREAM_TYPE_MAIN'] | TrtcSdk['TYPE']['STREAM_TYPE_SUB']

interface Shown {
  readonly key: string
  readonly userId: string
  readonly streamType: StreamType
  /** The SDK has said yes. */
  started: boolean
}

/** Pause before what was refused is asked for again, milliseconds. */
const AGAIN_MS = 2_000

export interface CompanyOptions {
  readonly sdk: TrtcSdk
  readonly room: TrtcRoom
  /** The anchor's picture; null = none comes. */
  onPicture(stream: MediaStream | null): void
  /** The anchor is there, or is not. */
  onAnchor(present: boolean): void
  /** The browser plays nothing before the page was touched. */
  onBlocked(userId: string, resume: () => Promise<void>): void
  /** null = not any more. */
  onTrouble(trouble: TrtcTrouble | null): void
}

/**
 * The others of one stay in the TRTC room: the anchor is seen and heard, who is on the air is heard; the greenroom and whoever else came in is not. TRTC gives nobody's
 * own sound back. What is refused is asked for again, by its own timer. Ends with its room.
 */
export class Company {
  readonly #options: CompanyOptions
  #news: CompanyNews = { anchor: '', heard: [] }
  readonly #present = new Set<string>()
  readonly #sounding = new Set<string>()
  /** Whom the SDK was told to play: it keeps that over a microphone that was off and over an absence, and plays by itself when the sound comes back. False = it has refused. */
  readonly #heard = new Map<string, boolean>()
  readonly #pictures = new Set<string>()
  /** Which stream of the anchor's is shown, and the track of it that the page has. */
  #shown: Shown | null = null
  #track: MediaStreamTrack | null = null
  /** Streams that were refused, of those that are there. */
  readonly #refused = new Set<string>()
  /** It was said that something is refused. */
  #troubled = false
  #timer: ReturnType<typeof setTimeout> | null = null
  #volume = 1
  #closed = false

  constructor(options: CompanyOptions) {
    this.#options = options
    const { sdk, room } = options
    const { EVENT } = sdk
    room.on(EVENT.REMOTE_USER_ENTER, ({ userId }) => this.#came(this.#present, userId))
    room.on(EVENT.REMOTE_USER_EXIT, ({ userId }) => this.#gone(userId))
    room.on(EVENT.REMOTE_AUDIO_AVAILABLE, ({ userId }) => this.#came(this.#sounding, userId))
    room.on(EVENT.REMOTE_AUDIO_UNAVAILABLE, ({ userId }) => this.#went(this.#sounding, userId))
    room.on(EVENT.REMOTE_VIDEO_AVAILABLE, ({ userId, streamType }) => {
      this.#refused.delete(keyOf(userId, streamType))
      this.#came(this.#pictures, keyOf(userId, streamType))
    })
    room.on(EVENT.REMOTE_VIDEO_UNAVAILABLE, ({ userId, streamType }) => this.#went(this.#pictures, keyOf(userId, streamType)))
    // After a reconnect of its own the SDK has another track.
    room.on(EVENT.TRACK, ({ userId, streamType, track }) => {
      if (track.kind === 'video' && streamType !== undefined && this.#shown?.key === keyOf(userId, streamType)) this.#draw(track)
    })
    room.on(EVENT.AUTOPLAY_FAILED, ({ userId, resume }) => {
      if (this.#isHeard(userId)) options.onBlocked(userId, resume)
    })
  }

  set(news: CompanyNews): void {
    this.#news = news
    this.#apply()
  }

  /** @param volume 0 … 1 */
  setVolume(volume: number): void {
    this.#volume = volume
    for (const userId of this.#heard.keys()) this.#options.room.setRemoteAudioVolume(userId, percent(volume))
  }

  close(): void {
    this.#closed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#options.onPicture(null)
    this.#options.onAnchor(false)
  }

  #came(set: Set<string>, key: string): void {
    set.add(key)
    this.#apply()
  }

  #went(set: Set<string>, key: string): void {
    set.delete(key)
    this.#apply()
  }

  #gone(userId: string): void {
    this.#present.delete(userId)
    this.#sounding.delete(userId)
    for (const stream of ['main', 'sub'] as const) this.#pictures.delete(keyOf(userId, stream))
    this.#apply()
  }

  #isHeard(userId: string): boolean {
    return userId === this.#news.anchor || this.#news.heard.includes(userId)
  }

  #apply(): void {
    if (this.#closed) return
    const { anchor } = this.#news
    const { onAnchor, room } = this.#options
    onAnchor(anchor !== '' && (this.#present.has(anchor) || this.#sounding.has(anchor) || this.#streams.length > 0))
    for (const userId of this.#heard.keys()) {
      if (this.#isHeard(userId)) continue
      this.#heard.delete(userId)
      // Also who makes no sound now, or is away: see #heard.
      this.#watch(room.muteRemoteAudio(userId, true), () => {
        if (!this.#heard.has(userId)) this.#heard.set(userId, true)
      })
    }
    for (const userId of this.#sounding) {
      if (!this.#isHeard(userId) || this.#heard.get(userId) === true) continue
      this.#heard.set(userId, true)
      this.#watch(room.muteRemoteAudio(userId, false), () => {
        if (this.#heard.has(userId)) this.#heard.set(userId, false)
      })
      room.setRemoteAudioVolume(userId, percent(this.#volume))
    }
    this.#show(this.#picture())
  }

  /** The anchor's, in the order in which they are wished: a screen that is shared is what the show is about. */
  get #streams(): Stream[] {
    return (['sub', 'main'] as const).filter((stream) => this.#pictures.has(keyOf(this.#news.anchor, stream)))
  }

  #picture(): Stream | null {
    return this.#streams.find((stream) => !this.#refused.has(keyOf(this.#news.anchor, stream))) ?? null
  }

  #show(stream: Stream | null): void {
    const { anchor } = this.#news
    const key = stream === null ? null : keyOf(anchor, stream)
    const before = this.#shown
    if (key === (before?.key ?? null)) return
    this.#track = null
    this.#shown = key === null ? null : { key, userId: anchor, streamType: this.#typeOf(stream), started: false }
    if (before !== null && this.#pictures.has(before.key) && !this.#refused.has(before.key)) {
      const { userId, streamType } = before
      this.#watch(this.#options.room.stopRemoteVideo({ userId, streamType }))
    }
    if (this.#shown !== null) {
      this.#start(this.#shown)
      return
    }
    this.#options.onPicture(null)
    if (this.#refused.size > 0) this.#again()
  }

  #start(shown: Shown): void {
    const { key, userId, streamType } = shown
    const { room, onPicture } = this.#options
    shown.started = false
    const start = async (): Promise<void> => {
      // Drawn by the page: the SDK would put elements with styles of its own into it.
      await room.startRemoteVideo({ userId, streamType, view: null })
      if (this.#closed || this.#shown !== shown) return
      shown.started = true
      const track = room.getVideoTrack({ userId, streamType })
      if (track !== null) this.#draw(track)
      else if (this.#track === null) {
        onPicture(null)
        this.#again()
      }
    }
    this.#watch(start(), () => {
      if (this.#shown !== shown) return
      this.#refused.add(key)
      this.#apply()
    })
  }

  #draw(track: MediaStreamTrack): void {
    if (this.#closed || track === this.#track) return
    this.#track = track
    this.#options.onPicture(new MediaStream([track]))
  }

  #typeOf(stream: Stream | null): StreamType {
    const { TYPE } = this.#options.sdk
    return stream === 'sub' ? TYPE.STREAM_TYPE_SUB : TYPE.STREAM_TYPE_MAIN
  }

  /** @param undo takes back what was noted of the call, which is asked for again */
  #watch(call: Promise<void>, undo?: () => void): void {
    const { onTrouble } = this.#options
    call.then(
      () => {
        if (!this.#closed && this.#troubled) onTrouble(null)
        this.#troubled = false
      },
      (error: unknown) => {
        if (this.#closed) return
        const trouble = troubleOf(error)
        if (trouble !== null) onTrouble(trouble)
        this.#troubled ||= trouble !== null
        if (undo === undefined) return
        this.#again()
        undo()
      },
    )
  }

  #again(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      const shown = this.#shown
      // What is refused beside a picture that is shown waits until it comes anew: the one that is shown would go for each try.
      if (shown === null) this.#refused.clear()
      else if (shown.started && this.#track === null) this.#start(shown)
      this.#apply()
    }, AGAIN_MS)
  }
}

function keyOf(userId: string, stream: string): string {
  return `${userId}\n${stream}`
}

function percent(volume: number): number {
  return Math.round(Math.max(0, Math.min(1, volume)) * 100)
}

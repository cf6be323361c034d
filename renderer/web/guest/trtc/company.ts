import type { LineNews } from '../../../../electron/shared/co-anchor-line'
import type { TrtcRoom, TrtcSdk } from './trtc-sdk'
import { troubleOf, type TrtcTrouble } from './trtc-trouble'

export type CompanyNews = Omit<Extract<LineNews, { type: 'company' }>, 'type'>
type Stream = 'main' | 'sub'

export interface CompanyOptions {
  readonly sdk: TrtcSdk
  readonly room: TrtcRoom
  /** The anchor's picture; null = none comes. */
  onPicture(stream: MediaStream | null): void
  /** The anchor is there, or is not. */
  onAnchor(present: boolean): void
  /** The browser plays nothing before the page was touched. */
  onBlocked(resume: () => Promise<void>): void
  onTrouble(trouble: TrtcTrouble): void
}

/**
 * The others of one stay in the TRTC room: the anchor is seen and heard, who is on the air is heard; the greenroom and whoever else came in is not. TRTC gives nobody's
 * own sound back. Ends with its room.
 */
export class Company {
  readonly #options: CompanyOptions
  #news: CompanyNews = { anchor: '', heard: [] }
  readonly #present = new Set<string>()
  readonly #sounding = new Set<string>()
  /** Whom the SDK was told to play: it keeps that over a microphone that was off and over an absence, and plays by itself when the sound comes back. */
  readonly #heard = new Set<string>()
  readonly #pictures = new Set<string>()
  /** Which stream of the anchor's is shown. */
  #shown: string | null = null
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
    room.on(EVENT.REMOTE_VIDEO_AVAILABLE, ({ userId, streamType }) => this.#came(this.#pictures, keyOf(userId, streamType)))
    room.on(EVENT.REMOTE_VIDEO_UNAVAILABLE, ({ userId, streamType }) => this.#went(this.#pictures, keyOf(userId, streamType)))
    room.on(EVENT.AUTOPLAY_FAILED, ({ userId, resume }) => {
      if (this.#isHeard(userId)) options.onBlocked(resume)
    })
  }

  set(news: CompanyNews): void {
    this.#news = news
    this.#apply()
  }

  /** @param volume 0 … 1 */
  setVolume(volume: number): void {
    this.#volume = volume
    for (const userId of this.#heard) this.#options.room.setRemoteAudioVolume(userId, percent(volume))
  }

  close(): void {
    this.#closed = true
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
    onAnchor(anchor !== '' && (this.#present.has(anchor) || this.#sounding.has(anchor) || this.#picture() !== null))
    for (const userId of this.#heard) {
      if (this.#isHeard(userId)) continue
      this.#heard.delete(userId)
      // Also who makes no sound now, or is away: see #heard.
      this.#watch(room.muteRemoteAudio(userId, true))
    }
    for (const userId of this.#sounding) {
      if (!this.#isHeard(userId) || this.#heard.has(userId)) continue
      this.#heard.add(userId)
      this.#watch(room.muteRemoteAudio(userId, false))
      room.setRemoteAudioVolume(userId, percent(this.#volume))
    }
    this.#show(this.#picture())
  }

  /** A screen that is shared is what the show is about; else the camera. */
  #picture(): Stream | null {
    const { anchor } = this.#news
    return (['sub', 'main'] as const).find((stream) => this.#pictures.has(keyOf(anchor, stream))) ?? null
  }

  #show(stream: Stream | null): void {
    const { anchor } = this.#news
    const key = stream === null ? null : keyOf(anchor, stream)
    if (key === this.#shown) return
    const before = this.#shown
    this.#shown = key
    const { room, onPicture } = this.#options
    if (before !== null && this.#pictures.has(before)) {
      const [userId = '', old] = before.split('\n')
      this.#watch(room.stopRemoteVideo({ userId, streamType: this.#typeOf(old === 'sub' ? 'sub' : 'main') }))
    }
    if (stream === null) {
      onPicture(null)
      return
    }
    const streamType = this.#typeOf(stream)
    this.#watch(
      // Drawn by the page: the SDK would put elements with styles of its own into it.
      room.startRemoteVideo({ userId: anchor, streamType, view: null }).then(() => {
        if (this.#closed || this.#shown !== key) return
        const track = room.getVideoTrack({ userId: anchor, streamType })
        onPicture(track === null ? null : new MediaStream([track]))
      }),
    )
  }

  #typeOf(stream: Stream): TrtcSdk['TYPE']['STREAM_TYPE_MAIN'] | TrtcSdk['TYPE']['STREAM_TYPE_SUB'] {
    const { TYPE } = this.#options.sdk
    return stream === 'sub' ? TYPE.STREAM_TYPE_SUB : TYPE.STREAM_TYPE_MAIN
  }

  #watch(call: Promise<void>): void {
    call.catch((error: unknown) => {
      const trouble = troubleOf(error)
      if (trouble !== null && !this.#closed) this.#options.onTrouble(trouble)
    })
  }
}

function keyOf(userId: string, stream: string): string {
  return `${userId}\n${stream}`
}

function percent(volume: number): number {
  return Math.round(Math.max(0, Math.min(1, volume)) * 100)
}

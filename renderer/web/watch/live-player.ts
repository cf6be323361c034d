import mpegts from 'mpegts.js'
import { retryDelayMs } from './reconnect'

/** Behind the live edge: measured steady at 0.5 s with this on one machine (mpegts.js liveSync). */
const LIVE_SYNC = { liveSync: true, liveSyncMaxLatency: 1.0, liveSyncTargetLatency: 0.5, liveSyncPlaybackRate: 1.2 } as const
/** A picture that does not move on for so long is fetched anew. */
const STUCK_MS = 4_000
const WATCH_EVERY_MS = 500

export interface LivePlayerHandlers {
  /** The picture moves. */
  onPlaying(): void
  onWaiting(): void
  /** The browser wants a press before it plays sound. */
  onMutedByBrowser(): void
  onDelay(seconds: number): void
}

/** Plays one HTTP-FLV address and fetches it again when it ends. Owns the mpegts player and its timers. */
export class LivePlayer {
  readonly #video: HTMLVideoElement
  readonly #url: string
  readonly #handlers: LivePlayerHandlers
  #player: mpegts.Player | null = null
  #retry: ReturnType<typeof setTimeout> | null = null
  #watch: ReturnType<typeof setInterval> | null = null
  #attempt = 0
  #lastTime = 0
  #movedAtMs = 0

  static isSupported(): boolean {
    return mpegts.getFeatureList().mseLivePlayback
  }

  constructor(video: HTMLVideoElement, url: string, handlers: LivePlayerHandlers) {
    this.#video = video
    this.#url = url
    this.#handlers = handlers
  }

  start(): void {
    this.#attempt = 0
    this.#open()
    this.#watch ??= setInterval(() => this.#look(), WATCH_EVERY_MS)
  }

  stop(): void {
    if (this.#retry !== null) clearTimeout(this.#retry)
    if (this.#watch !== null) clearInterval(this.#watch)
    this.#retry = null
    this.#watch = null
    this.#destroy()
  }

  #open(): void {
    if (this.#retry !== null) clearTimeout(this.#retry)
    this.#retry = null
    this.#destroy()
    this.#movedAtMs = performance.now()
    this.#lastTime = 0
    const player = mpegts.createPlayer(
      { type: 'flv', isLive: true, url: this.#url },
      { enableStashBuffer: false, lazyLoad: false, autoCleanupSourceBuffer: true, ...LIVE_SYNC },
    )
    this.#player = player
    player.on(mpegts.Events.ERROR, () => this.#again())
    player.on(mpegts.Events.LOADING_COMPLETE, () => this.#again())
    player.attachMediaElement(this.#video)
    player.load()
    void this.#play()
  }

  async #play(): Promise<void> {
    try {
      await this.#video.play()
    } catch (error) {
      if (!(error instanceof DOMException)) throw error
      if (error.name !== 'NotAllowedError') return
      // Without a press only silent pictures may start by themselves.
      this.#video.muted = true
      this.#handlers.onMutedByBrowser()
      await this.#video.play().catch(() => this.#handlers.onWaiting())
    }
  }

  #again(): void {
    if (this.#retry !== null) return
    this.#handlers.onWaiting()
    this.#retry = setTimeout(() => this.#open(), retryDelayMs(this.#attempt))
    this.#attempt += 1
  }

  #look(): void {
    const { currentTime, buffered } = this.#video
    const now = performance.now()
    if (currentTime > this.#lastTime) {
      this.#lastTime = currentTime
      this.#movedAtMs = now
      this.#attempt = 0
      this.#handlers.onPlaying()
      if (buffered.length > 0) this.#handlers.onDelay(Math.max(0, buffered.end(buffered.length - 1) - currentTime))
    } else if (now - this.#movedAtMs > STUCK_MS && this.#retry === null) this.#again()
  }

  #destroy(): void {
    const player = this.#player
    this.#player = null
    if (player === null) return
    player.unload()
    player.detachMediaElement()
    player.destroy()
  }
}

import { bannersOnProgram, OVERLAY, type OverlayBanner, type OverlayComment, type OverlayPin, type OverlayPk, type OverlaySettings } from '../shared/overlay'
import type { StageCommand } from '../shared/stage'
import type { SettingsStore } from './settings-store'
import type { SnapshotStore } from './snapshot-store'

const WINDOW_MS = 1_000

export interface OverlayDeskOptions {
  readonly settings: Pick<SettingsStore, 'current' | 'update'>
  readonly store: Pick<SnapshotStore, 'set'>
  commandStage(command: StageCommand): void
  /** The settings in force are shown. */
  onSettings(): void
  readonly now?: () => number
}

/**
 * What is drawn over the program. Keeps what a restarted stage has to hear again, sees that nothing for the anchor's eyes alone goes out, and bounds
 * how much does. Owns one timer.
 */
export class OverlayDesk {
  readonly #options: OverlayDeskOptions
  readonly #now: () => number
  #pinned: OverlayPin | null = null
  #pk: OverlayPk | null = null
  #aside: { readonly pinned: OverlayPin | null } | null = null
  #waiting: readonly OverlayComment[] = []
  /** When the last ones went out, milliseconds. */
  #sent: readonly number[] = []
  #timer: NodeJS.Timeout | null = null

  constructor(options: OverlayDeskOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
  }

  set(overlay: OverlaySettings): void {
    if (overlay.comments !== 'program') this.#dropWaiting()
    this.#options.settings.update({ overlay })
    this.tellStage()
    this.#options.onSettings()
  }

  pin(pinned: OverlayPin | null): void {
    this.#pinned = pinned
    this.tellStage()
    this.#options.store.set({ overlay: { pinned } })
  }

  /** The score of a PK; null = none is shown. */
  pk(pk: OverlayPk | null): void {
    this.#pk = pk
    this.tellStage()
  }

  /** What is pinned waits while a rehearsal is on. The score is said again by whoever knows it. */
  setAside(): void {
    this.#aside ??= { pinned: this.#pinned }
    this.#pk = null
    this.pin(null)
  }

  takeUp(): void {
    if (this.#aside !== null) this.pin(this.#aside.pinned)
    this.#aside = null
  }

  /** Ten in any second; of what is too much the newest are said when they may be. */
  say(comments: readonly OverlayComment[]): void {
    if (this.#settings.comments !== 'program') return
    this.#waiting = [...this.#waiting, ...comments].slice(-OVERLAY.commentsPerSecond)
    this.#send()
  }

  take(ids: readonly string[]): void {
    this.#waiting = this.#waiting.filter(({ id }) => !ids.includes(id))
    this.#options.commandStage({ type: 'overlay-take', ids: [...ids] })
  }

  banner(banner: OverlayBanner): void {
    if (this.#settings.gifts && bannersOnProgram(this.#settings)) this.#options.commandStage({ type: 'overlay-banner', banner })
  }

  /** All that a stage that came up has to know; comments that moved are gone with the one before. */
  tellStage(): void {
    const settings = this.#settings
    this.#options.commandStage({ type: 'set-overlay', overlay: { ...settings, pinned: bannersOnProgram(settings) ? this.#pinned : null, pk: this.#pk } })
  }

  close(): void {
    this.#dropWaiting()
  }

  get #settings(): OverlaySettings {
    return this.#options.settings.current.overlay
  }

  #send(): void {
    if (this.#timer !== null || this.#waiting.length === 0) return
    const now = this.#now()
    this.#sent = this.#sent.filter((at) => now - at < WINDOW_MS)
    const free = OVERLAY.commentsPerSecond - this.#sent.length
    if (free > 0) {
      const comments = this.#waiting.slice(-free)
      this.#waiting = []
      this.#sent = [...this.#sent, ...comments.map(() => now)]
      this.#options.commandStage({ type: 'overlay-say', comments })
      return
    }
    this.#timer = setTimeout(
      () => {
        this.#timer = null
        this.#send()
      },
      WINDOW_MS - (now - (this.#sent[0] ?? now)),
    )
  }

  #dropWaiting(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#waiting = []
  }
}

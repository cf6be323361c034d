import { AnchorError } from '../shared/errors'
import type { RehearsalFigures, RehearsalResult, RehearsalState } from '../shared/rehearsal'
import type { RoomServerAddresses, RoomServerCommand } from '../shared/room-server'
import { isOnAir, type SessionState } from '../shared/session'
import type { RehearsalReport } from './room'
import type { SnapshotStore } from './snapshot-store'

export interface RehearsalDeskOptions {
  readonly store: Pick<SnapshotStore, 'current' | 'set'>
  title(): string
  dispatch(event: { readonly type: 'go-live' | 'end' | 'done' }): void
  command(command: RoomServerCommand): void
  /** Studio and show are in this room from now on; null = in the real one. */
  switchRoom(addresses: RoomServerAddresses | null): void
}

/** A show that is not back so long after the script's end will not be counted as come back. */
const BACK_WITHIN_MS = 15_000

/** What was seen of a rehearsal so far. */
interface Seen {
  readonly durationMs: number
  cutAtMs: number | null
  backAtMs: number | null
  lostAtMs: number | null
  loudestDb: number | null
  done: boolean
}

/**
 * A rehearsal is a show like any, in a room that exists for it alone: this switches the room, goes live, ends the show with the script, and
 * switches back. What happened meanwhile is its result.
 */
export class RehearsalDesk {
  readonly #options: RehearsalDeskOptions
  #seen: Seen | null = null
  #leftOpen = false
  #patience: NodeJS.Timeout | null = null

  constructor(options: RehearsalDeskOptions) {
    this.#options = options
  }

  /** The show is none for anybody, and goes nowhere but into the rehearsal's room. */
  get isActive(): boolean {
    return this.#seen !== null
  }

  /** Its room is gone, and the show that went into it is not over yet. */
  get isLeftOpen(): boolean {
    return this.#leftOpen
  }

  /** @throws AnchorError room.unavailable */
  start(durationMs: number): void {
    const { store, command, title } = this.#options
    const { session, roomServer, resume, app, settings } = store.current
    if (this.isActive || resume !== null || (session.name !== 'idle' && session.name !== 'ended')) return
    if (!roomServer.running) throw new AnchorError('room.unavailable')
    if (session.name === 'ended') this.#options.dispatch({ type: 'done' })
    this.#seen = { durationMs, cutAtMs: null, backAtMs: null, lostAtMs: null, loudestDb: null, done: false }
    this.#become({ name: 'opening' })
    command({ type: 'rehearse', durationMs, title: title(), language: settings.language === 'system' ? app.systemLanguage : settings.language })
  }

  stop(): void {
    if (!this.isActive) return
    const { session } = this.#options.store.current
    if (session.name === 'starting' || isOnAir(session)) this.#options.dispatch({ type: 'end' })
    else this.#end()
  }

  close(): void {
    if (this.#patience !== null) clearTimeout(this.#patience)
    this.#patience = null
  }

  dismiss(): void {
    if (this.#options.store.current.rehearsal.name === 'over') this.#become({ name: 'off' })
  }

  reported(report: RehearsalReport): void {
    if (this.#seen === null) return
    switch (report.type) {
      case 'rehearsal-open':
        if (this.#options.store.current.rehearsal.name !== 'opening') return
        this.#options.switchRoom(report.addresses)
        this.#options.dispatch({ type: 'go-live' })
        break
      case 'rehearsal-cut':
        this.#seen.cutAtMs = Date.now()
        break
      case 'rehearsal-done':
        this.#seen.done = true
        // The end of the script is no reason to miss how the cut ended.
        if (this.#seen.lostAtMs === null || this.#seen.backAtMs !== null) this.stop()
        else this.#patience ??= setTimeout(() => this.stop(), BACK_WITHIN_MS)
        break
      case 'rehearsal-over':
        this.#over(report.figures)
        break
    }
  }

  sessionIs(state: SessionState): void {
    const seen = this.#seen
    if (seen === null) {
      // Its room went first.
      if (state.name === 'ended' && this.#leftOpen) this.#options.dispatch({ type: 'done' })
      this.#leftOpen = false
      return
    }
    const { rehearsal } = this.#options.store.current
    if (isOnAir(state) && rehearsal.name === 'opening') this.#become({ name: 'running', endsAtMs: Date.now() + seen.durationMs })
    // The word of the cut and the loss come from two processes, in either order.
    if (state.name === 'reconnecting') seen.lostAtMs ??= Date.now()
    if ((state.name === 'live' || state.name === 'degraded') && seen.lostAtMs !== null) seen.backAtMs ??= Date.now()
    if (seen.done && seen.backAtMs !== null && isOnAir(state)) this.stop()
    if (state.name === 'ended' || state.name === 'idle') this.#end()
  }

  /** @param peakDb of the program's sound in the last two seconds */
  heard(peakDb: number | null): void {
    if (this.#seen === null || peakDb === null || this.#options.store.current.rehearsal.name !== 'running') return
    this.#seen.loudestDb = Math.max(this.#seen.loudestDb ?? -Infinity, peakDb)
  }

  /** The process is gone and the rehearsal's room with it. */
  roomDied(): void {
    if (this.#seen === null) return
    const { session } = this.#options.store.current
    this.#become({ name: 'ending' })
    if (session.name === 'starting' || isOnAir(session)) this.#options.dispatch({ type: 'end' })
    this.#over(null)
  }

  #end(): void {
    const { rehearsal } = this.#options.store.current
    if (rehearsal.name !== 'opening' && rehearsal.name !== 'running') return
    this.#become({ name: 'ending' })
    this.#options.command({ type: 'end-rehearsal' })
  }

  #over(figures: RehearsalFigures | null): void {
    const seen = this.#seen
    if (seen === null) return
    this.close()
    const { cutAtMs, lostAtMs, backAtMs, loudestDb, done } = seen
    const result: RehearsalResult = {
      completed: done,
      cut: cutAtMs === null || lostAtMs === null ? 'not-reached' : backAtMs === null ? 'not-survived' : 'survived',
      outageMs: lostAtMs === null || backAtMs === null ? null : backAtMs - lostAtMs,
      loudestDb,
      figures,
    }
    if (this.#options.store.current.session.name === 'ended') this.#options.dispatch({ type: 'done' })
    else this.#leftOpen = this.#options.store.current.session.name === 'ending'
    this.#seen = null
    this.#options.switchRoom(null)
    this.#become({ name: 'over', result })
  }

  #become(rehearsal: RehearsalState): void {
    this.#options.store.set({ rehearsal })
  }
}

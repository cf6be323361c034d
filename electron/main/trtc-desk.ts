import { randomUUID } from 'node:crypto'
import { AnchorError, isPermanent, knownError, type ErrorInfo } from '../shared/errors'
import type { DestinationStatus } from '../shared/destination'
import type { Devices } from '../shared/scene'
import type { TrtcRoom } from '../shared/room-link'
import type { SeatTableView, TrtcUser } from '../shared/seats'
import { SPEED_TEST_MAX_KBPS, type SpeedResult, type TrtcCommand, type TrtcReport, type TrtcTarget, type TrtcTicket } from '../shared/trtc'
import type { SnapshotStore } from './snapshot-store'

/** The checks have 8 s together. */
const SPEED_DEADLINE_MS = 7_500
/** Between two attempts to get a ticket, milliseconds. */
const TICKET_AGAIN_MS = [1_000, 2_000, 5_000] as const

const IN_A_SHOW: ErrorInfo = { code: 'trtc.failed', context: { code: 0, reason: 'not during a show' } }

export type TrtcAim = Omit<TrtcTarget, 'ticket'>

export interface TrtcDeskOptions {
  readonly store: Pick<SnapshotStore, 'current' | 'set'>
  /** Of Tencent's package with its native library; null = it is not on this machine. */
  findSdk(): string | null
  openWindow(): void
  closeWindow(): void
  command(command: TrtcCommand): void
  /** @throws AnchorError trtc.no-cloud-room | trtc.no-ticket */
  ticket(): Promise<TrtcTicket>
  /** As `ticket`, for a moment's use. */
  ticketOnce(): Promise<TrtcTicket>
  /** It is not needed any more: it is not renewed. */
  releaseTicket(): void
  /** Whether it can be used changed, or it came up anew and has to be told everything. */
  onSdk(): void
  onStatuses(statuses: readonly DestinationStatus[], onAir: 'nothing' | 'program' | 'slate', cpuPercent: number | null): void
  onStopped(): void
}

/** The TRTC window as main sees it: whether there is one, what it can, and which room the program goes to. Ended by `close`. */
export class TrtcDesk {
  readonly #options: TrtcDeskOptions
  #needed = false
  #aim: TrtcAim | null = null
  #ticket: TrtcTicket | null = null
  #seats: SeatTableView | null = null
  /** Whom its room is to be connected with. */
  #other: TrtcUser | null = null
  #devices: Devices | null = null
  /** Of the one aim; what is late for an earlier one is known by it. */
  #generation = 0
  #attempt = 0
  #aimedAtMs = 0
  #timer: NodeJS.Timeout | null = null
  /** Speed tests that run, by request. */
  readonly #tests = new Map<string, (result: SpeedResult) => void>()

  constructor(options: TrtcDeskOptions) {
    this.#options = options
  }

  /** The SDK runs: the program may go through it. */
  get isReady(): boolean {
    return this.#options.store.current.trtc.sdk === 'ready'
  }

  /** Whether it can be used will be known in a moment. */
  get isStarting(): boolean {
    return this.#options.store.current.trtc.sdk === 'starting'
  }

  /** Why it cannot be used; null = it can, or that is not known yet. */
  get problem(): ErrorInfo | null {
    return this.#options.store.current.trtc.error
  }

  /** The room that the show goes to, and who the anchor is there; null = it has no ticket (yet). */
  get room(): TrtcRoom | null {
    if (this.#aim === null || this.#ticket === null) return null
    const { sdkAppId, roomId, userId } = this.#ticket
    return { sdkAppId, roomId, userId }
  }

  /** As the SDK calls them; null until it said. */
  get devices(): Devices | null {
    return this.#devices
  }

  /** A TRTC destination is switched on, or none (any more): the window is there as long as it is needed. */
  need(needed: boolean): void {
    if (needed === this.#needed) return
    this.#needed = needed
    if (needed) this.lookAgain()
    else {
      this.#options.closeWindow()
      this.#show({ sdk: 'unknown', version: null, error: null })
    }
  }

  /** The user may have installed it meanwhile. */
  lookAgain(): void {
    if (!this.#needed || this.isReady) return
    if (this.#options.findSdk() === null) {
      this.#show({ sdk: 'absent', version: null, error: { code: 'trtc.not-installed', context: {} } })
      this.#options.onSdk()
      return
    }
    this.#show({ sdk: 'starting', version: null, error: null })
    // One that could not load it is of no use.
    this.#options.closeWindow()
    this.#options.openWindow()
  }

  /** Its page hears. */
  up(): void {
    this.#options.command({ type: 'load-sdk', folder: this.#options.findSdk() })
  }

  died(error: ErrorInfo): void {
    this.#devices = null
    this.#show({ sdk: isPermanent(error) ? 'failed' : 'starting', version: null, error: isPermanent(error) ? error : null })
    if (this.#aim !== null) this.#told(isPermanent(error) ? 'failed' : 'reconnecting', error)
    if (isPermanent(error)) this.#options.onSdk()
  }

  /** Where the program goes; null = nowhere. The ticket is fetched for it, and again where that failed for now. */
  aim(aim: TrtcAim | null): void {
    const same = aim !== null && this.#aim?.id === aim.id
    this.#aim = aim
    if (aim !== null) this.#endTests()
    if (same) {
      this.#sayTarget()
      return
    }
    this.#generation += 1
    this.#clear()
    this.#ticket = null
    this.#attempt = 0
    this.#aimedAtMs = Date.now()
    if (aim === null) {
      this.#options.releaseTicket()
      this.#options.command({ type: 'set-target', target: null })
    } else {
      this.#told('connecting', null)
      void this.#fetchTicket(this.#generation)
    }
  }

  /** A ticket that holds longer. */
  renewed(ticket: TrtcTicket): void {
    if (this.#ticket === null) return
    this.#ticket = ticket
    this.#sayTarget()
  }

  /** After it came up: everything it needs. */
  tellWindow(): void {
    this.#options.command({ type: 'set-seats', table: this.#seats })
    this.#options.command({ type: 'connect-room', other: this.#other })
    this.#sayTarget()
  }

  setSeats(table: SeatTableView | null): void {
    if (table === this.#seats) return
    this.#seats = table
    if (this.isReady) this.#options.command({ type: 'set-seats', table })
  }

  /** null = nobody (any more). */
  connectRoom(other: TrtcUser | null): void {
    if (other?.roomId === this.#other?.roomId && other?.userId === this.#other?.userId) return
    this.#other = other
    if (this.isReady) this.#options.command({ type: 'connect-room', other })
  }

  reconnectNow(): void {
    if (this.#aim !== null && this.#ticket === null) {
      this.#clear()
      void this.#fetchTicket(this.#generation)
    } else this.#options.command({ type: 'reconnect-now' })
  }

  /** What the line to TRTC carries, outside of a show. Never rejects: what fails is a result. */
  async testSpeed(upKbps: number): Promise<SpeedResult> {
    try {
      const ticket = this.#aim === null ? await this.#options.ticketOnce() : null
      // A show may have begun meanwhile.
      if (ticket === null || this.#aim !== null) return untested(IN_A_SHOW)
      const requestId = randomUUID()
      return await new Promise<SpeedResult>((resolve) => {
        const done = (result: SpeedResult): void => {
          clearTimeout(deadline)
          this.#tests.delete(requestId)
          resolve(result)
        }
        const deadline = setTimeout(() => done(untested({ code: 'trtc.timeout', context: { code: 0 } })), SPEED_DEADLINE_MS)
        this.#tests.set(requestId, done)
        this.#options.command({ type: 'test-speed', requestId, ticket, upKbps: Math.max(10, Math.min(Math.round(upKbps), SPEED_TEST_MAX_KBPS)) })
      })
    } catch (error) {
      return untested(error instanceof AnchorError ? error.toInfo() : { code: 'trtc.no-ticket', context: { reason: reasonOf(error) } })
    }
  }

  /** What concerns TRTC alone; what every stage says is for whoever asks the engine in use. */
  reported(report: TrtcReport): void {
    switch (report.type) {
      case 'sdk':
        this.#show({
          sdk: report.version !== null ? 'ready' : report.error?.code === 'trtc.not-installed' ? 'absent' : 'failed',
          version: report.version,
          error: report.error === null ? null : knownError(report.error),
        })
        this.#options.onSdk()
        break
      case 'devices':
        this.#devices = report.devices
        break
      case 'status':
        // Without a ticket there is nothing it could know.
        if (this.#aim !== null && this.#ticket === null) break
        this.#options.onStatuses(
          report.destinations.map((one) => ({ ...one, error: one.error === null ? null : knownError(one.error) })),
          report.onAir,
          report.cpuPercent,
        )
        this.#renewRefused(report.destinations)
        break
      case 'stopped':
        this.#options.onStopped()
        break
      case 'speed':
        this.#tests.get(report.requestId)?.(report.result)
        break
      default:
        break
    }
  }

  close(): void {
    this.#generation += 1
    this.#clear()
    this.#endTests()
  }

  /** A show begins: what is measured from here on would be the show's. */
  #endTests(): void {
    for (const done of [...this.#tests.values()]) done(untested(IN_A_SHOW))
  }

  async #fetchTicket(generation: number): Promise<void> {
    this.#clear()
    this.#attempt += 1
    try {
      const ticket = await this.#options.ticket()
      if (generation !== this.#generation) return
      this.#ticket = ticket
      this.#sayTarget()
    } catch (error) {
      if (generation !== this.#generation) return
      const told = error instanceof AnchorError ? error.toInfo() : ({ code: 'trtc.no-ticket', context: { reason: reasonOf(error) } } as const)
      if (isPermanent(told)) {
        this.#told('failed', told)
        return
      }
      const delayMs = TICKET_AGAIN_MS[Math.min(this.#attempt, TICKET_AGAIN_MS.length) - 1] ?? 5_000
      this.#told('reconnecting', told, Date.now() + delayMs)
      this.#timer = setTimeout(() => void this.#fetchTicket(generation), delayMs)
    }
  }

  /** A permission that has ended is of no use at the next entry. */
  #renewRefused(destinations: readonly { readonly id: string; readonly error: { readonly code: string } | null }[]): void {
    const room = destinations.find(({ id }) => id === this.#aim?.id)
    if (room?.error?.code !== 'trtc.signature-expired' || this.#timer !== null) return
    this.#timer = setTimeout(() => void this.#fetchTicket(this.#generation), TICKET_AGAIN_MS[0])
  }

  #sayTarget(): void {
    if (this.#aim !== null && this.#ticket !== null && this.isReady)
      this.#options.command({ type: 'set-target', target: { ...this.#aim, ticket: this.#ticket } })
  }

  /** What the window cannot say, because it has no ticket or is not there. */
  #told(state: 'connecting' | 'reconnecting' | 'failed', error: ErrorInfo | null, nextRetryAtMs: number | null = null): void {
    const id = this.#aim?.id
    if (id === undefined) return
    this.#options.onStatuses(
      [{ id, state, sinceMs: this.#aimedAtMs, error, attempt: this.#attempt, nextRetryAtMs, outageMs: null, stats: null }],
      'nothing',
      null,
    )
  }

  #show(change: Partial<SnapshotStore['current']['trtc']>): void {
    const { store } = this.#options
    store.set({ trtc: { ...store.current.trtc, ...change } })
  }

  #clear(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}

function untested(error: ErrorInfo | null): SpeedResult {
  return { ok: false, error, quality: 0, upLoss: null, downLoss: null, rttMs: null, upKbps: null, downKbps: null }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : 'unknown'
}

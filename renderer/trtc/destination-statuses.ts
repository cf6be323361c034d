import type { DestinationState, DestinationStats, DestinationStatus } from '../../electron/shared/destination'
import { assertNever, type ErrorInfo } from '../../electron/shared/errors'
import type { TrtcTarget } from '../../electron/shared/trtc'
import type { RelayState } from './relay-machine'
import type { SessionState } from './session-machine'

type Told = Omit<DestinationStatus, 'id' | 'sinceMs' | 'stats'>

const QUIET: Told = { state: 'off', error: null, attempt: 0, nextRetryAtMs: null, outageMs: null }

/** What main is told of the room. Pure. */
export function roomTold(session: SessionState, nowMs: number): Told {
  const { phase, failures, error, faultSinceMs } = session
  const trying: Told = {
    ...QUIET,
    state: faultSinceMs === null ? 'connecting' : 'reconnecting',
    error: faultSinceMs === null ? null : error,
    attempt: failures + 1,
  }
  switch (phase) {
    case 'out':
      return QUIET
    case 'entering':
      return trying
    case 'in':
      if (session.lostAtMs !== null)
        return {
          ...trying,
          state: 'reconnecting',
          error: { code: 'trtc.connection-lost', context: { seconds: Math.floor((nowMs - session.lostAtMs) / 1_000) } },
        }
      return session.sent ? { ...QUIET, state: 'publishing', outageMs: session.outageMs } : trying
    case 'leaving':
      if (session.next === 'out') return { ...QUIET, state: 'stopping' }
      return session.next === 'failed' ? { ...QUIET, state: 'failed', error } : { ...trying, state: 'reconnecting', error }
    case 'waiting':
      return { ...trying, state: 'reconnecting', error, nextRetryAtMs: session.dueAtMs }
    case 'failed':
      return { ...QUIET, state: 'failed', error }
    default:
      return assertNever(phase)
  }
}

/** What main is told of one relay. It waits for the room: without one it is connecting, or missed. */
export function relayTold(url: string, relay: RelayState, room: Told): Told {
  if (room.state === 'failed') return { ...QUIET, state: 'failed', error: room.error }
  const one = relay.urls.get(url)
  if (one === undefined) return { ...QUIET, state: room.state === 'stopping' || room.state === 'off' ? 'off' : 'connecting', attempt: 1 }
  const error = one.error ?? relay.error
  switch (one.state) {
    case 'publishing':
      // While the anchor is away from the room the cloud has nothing to push.
      return room.state === 'publishing'
        ? { ...QUIET, state: 'publishing', outageMs: one.outageMs }
        : { ...QUIET, state: 'reconnecting', error: room.error, attempt: 1 }
    case 'connecting':
      return error === null
        ? { ...QUIET, state: 'connecting', attempt: 1 }
        : { ...QUIET, state: 'reconnecting', error, attempt: relay.failures + 1, nextRetryAtMs: relay.retryAtMs }
    case 'reconnecting':
      return { ...QUIET, state: 'reconnecting', error: error ?? room.error, attempt: one.failures + 1, nextRetryAtMs: one.retryAtMs ?? relay.retryAtMs }
    case 'stopping':
      return { ...QUIET, state: 'stopping' }
    default:
      return assertNever(one.state)
  }
}

/** Keeps what a report needs beside the moment's state: since when, and that an outage is told once. */
export class StatusBook {
  readonly #since = new Map<string, { readonly state: DestinationState; readonly atMs: number }>()
  #lastKey = ''

  /** @param loadError why there is no SDK at all; null = there is one */
  statuses(
    target: TrtcTarget,
    { session, relay, stats, loadError }: { session: SessionState; relay: RelayState; stats: DestinationStats | null; loadError: ErrorInfo | null },
    nowMs: number,
  ): { readonly destinations: DestinationStatus[]; readonly changed: boolean } {
    const room: Told = loadError === null ? roomTold(session, nowMs) : { ...QUIET, state: 'failed', error: loadError }
    const destinations = [
      this.#status(target.id, room, stats, nowMs),
      ...target.relays.map(({ id, url }) => this.#status(id, relayTold(url, relay, room), null, nowMs)),
    ]
    const key = destinations
      .map(({ id, state, error, attempt, nextRetryAtMs }) => `${id} ${state} ${error?.code ?? ''} ${attempt} ${nextRetryAtMs ?? ''}`)
      .join('\n')
    const changed = key !== this.#lastKey
    this.#lastKey = key
    return { destinations, changed }
  }

  clear(): void {
    this.#since.clear()
    this.#lastKey = ''
  }

  #status(id: string, told: Told, stats: DestinationStats | null, nowMs: number): DestinationStatus {
    const before = this.#since.get(id)
    const entry = before?.state === told.state ? before : { state: told.state, atMs: nowMs }
    this.#since.set(id, entry)
    const outageMs = entry === before ? null : told.outageMs
    return { id, ...told, outageMs, sinceMs: entry.atMs, stats }
  }
}

import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import type { BackendObserver } from '../backend/observer'

export interface Gauges {
  /** Null: this instance does not lead. */
  epoch(): number | null
  untold(): number
  databaseWaiting(): number
  databaseAnswers(): boolean
}

/** `full`: there was no memory left for it. */
export type Forwarding = 'answered' | 'repeated' | 'nobody-leads' | 'outcome-unknown' | 'full' | 'line'

/** IM's callbacks that are known here; whatever else stands in a query is 'other', so that nobody makes labels. */
const CALLBACKS: ReadonlySet<string> = new Set([
  'Group.CallbackBeforeSendMsg',
  'Group.CallbackAfterSendMsg',
  'Group.CallbackBeforeApplyJoinGroup',
  'Group.CallbackAfterNewMemberJoin',
  'Group.CallbackAfterMemberExit',
  'Group.CallbackOnMemberStateChange',
  'Group.CallbackAfterGroupAttrChanged',
  'State.StateChange',
])
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'])
const SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** What this instance counts for Prometheus. Labels are patterns, codes and states: no person's and no room's. */
export class Metrics implements BackendObserver {
  readonly #registry = new Registry()
  readonly #requests: Histogram
  readonly #callbacks: Counter
  readonly #orders: Counter
  readonly #forwarded: Counter

  constructor(gauges: Gauges) {
    const registers = [this.#registry]
    collectDefaultMetrics({ register: this.#registry })
    this.#requests = new Histogram({
      name: 'anchordesk_request_duration_seconds',
      help: 'Requests that the business answered, by the pattern of their route.',
      labelNames: ['method', 'route', 'status'],
      buckets: SECONDS,
      registers,
    })
    this.#callbacks = new Counter({ name: 'anchordesk_callbacks_total', help: 'Callbacks of IM.', labelNames: ['command', 'outcome'], registers })
    this.#orders = new Counter({ name: 'anchordesk_gift_orders_total', help: 'Gift orders that came to a state.', labelNames: ['state'], registers })
    this.#forwarded = new Counter({
      name: 'anchordesk_forwarded_total',
      help: 'Requests that were handed on to the leader.',
      labelNames: ['outcome'],
      registers,
    })
    const gauge = (name: string, help: string, read: () => number): void => {
      const made: Gauge = new Gauge({ name, help, registers, collect: () => made.set(read()) })
    }
    gauge('anchordesk_leader', 'Does this instance serve the business? 1 or 0.', () => (gauges.epoch() === null ? 0 : 1))
    gauge('anchordesk_leader_epoch', 'Number of its term; 0 = it follows.', () => gauges.epoch() ?? 0)
    gauge('anchordesk_outbox_calls', 'Calls that IM has to take yet.', () => gauges.untold())
    gauge('anchordesk_database_waiting', 'Statements and transactions that wait for the connection.', () => gauges.databaseWaiting())
    gauge('anchordesk_database_up', 'Does the database answer? 1 or 0.', () => (gauges.databaseAnswers() ? 1 : 0))
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  text(): Promise<string> {
    return this.#registry.metrics()
  }

  answered({ method, route, status, seconds }: Parameters<BackendObserver['answered']>[0]): void {
    this.#requests.observe({ method: METHODS.has(method) ? method : 'other', route, status }, seconds)
  }

  callback(command: string, outcome: Parameters<BackendObserver['callback']>[1]): void {
    this.#callbacks.inc({ command: CALLBACKS.has(command) ? command : 'other', outcome })
  }

  giftOrder(state: Parameters<BackendObserver['giftOrder']>[0]): void {
    this.#orders.inc({ state })
  }

  forwarded(outcome: Forwarding): void {
    this.#forwarded.inc({ outcome })
  }
}

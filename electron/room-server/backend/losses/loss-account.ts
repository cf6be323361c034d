/** Priorities of group messages, highest first (im:34959). Callbacks do not name it: the caller knows it from the kind of message. */
export const PRIORITIES = ['High', 'Normal', 'Low', 'Lowest'] as const
export type Priority = (typeof PRIORITIES)[number]

export const LOSS_TIMES = {
  /** A message whose after-send callback is missing for this long counts as lost. Callbacks time out after 2 s (im:34354). */
  graceMs: 5_000,
  /** After this an after-send callback no longer finds its message. Equals the time for which Tencent takes an equal Random for a repetition. */
  keepMs: 300_000,
  /** “Lately” in the report. */
  recentMs: 60_000,
} as const

/** @property random as in the callbacks; with the sender it names the message for five minutes */
export interface MessageKey {
  readonly from: string
  readonly random: number
}

export interface LossCount {
  /** Messages that were let pass by the before-send callback. */
  readonly sent: number
  readonly delivered: number
  readonly lost: number
  /** Too young to tell. */
  readonly waiting: number
}

/** Why nothing can be said: no callback at all, only one of the two kinds, or none of them old enough. */
export type LossUnknown = 'no-callbacks' | 'no-before-callbacks' | 'no-after-callbacks' | 'too-early'

export type LossReport =
  | { readonly known: false; readonly reason: LossUnknown }
  | {
      readonly known: true
      readonly total: Readonly<Record<Priority, LossCount>>
      /** Of the messages sent in the last `recentMs`. */
      readonly recent: Readonly<Record<Priority, LossCount>>
    }

type State = 'waiting' | 'delivered' | 'lost'

interface Entry {
  readonly key: string
  readonly priority: Priority
  readonly atMs: number
  state: State
}

type Counts = Record<Priority, Record<State, number>>

/**
 * Counts the messages that a room lost. The server drops messages above its rate and tells the sender of success; only the missing
 * after-send callback shows it. Each message is matched by sender and Random, so a callback that comes late turns a loss back into a
 * delivery. Numbers are never invented: without both kinds of callbacks the answer is “unknown”.
 */
export class LossAccount {
  readonly #byKey = new Map<string, Entry>()
  /** In order of sending: the ones before `#settled` are old enough to be judged. */
  #entries: Entry[] = []
  #settled = 0
  readonly #total = noCounts()
  /** After-send callbacks that came before (or without) their before-send callback: key → when. */
  readonly #early = new Map<string, number>()
  #heardAfter = false

  /** A before-send callback that was answered with “pass”. Refused and dropped messages are no losses: leave them out. */
  before(message: MessageKey, priority: Priority, nowMs: number): void {
    this.#advance(nowMs)
    const key = keyOf(message)
    if (this.#byKey.has(key)) return
    const entry: Entry = { key, priority, atMs: nowMs, state: this.#early.delete(key) ? 'delivered' : 'waiting' }
    this.#byKey.set(key, entry)
    this.#entries.push(entry)
    this.#total[priority][entry.state] += 1
  }

  after(message: MessageKey, nowMs: number): void {
    this.#advance(nowMs)
    this.#heardAfter = true
    const key = keyOf(message)
    const entry = this.#byKey.get(key)
    if (entry === undefined) this.#early.set(key, nowMs)
    else this.#move(entry, 'delivered')
  }

  report(nowMs: number): LossReport {
    this.#advance(nowMs)
    const recent = noCounts()
    let settled = 0
    let delivered = 0
    for (let at = this.#entries.length - 1; at >= 0; at -= 1) {
      const entry = this.#entries[at]
      if (entry === undefined || entry.atMs <= nowMs - LOSS_TIMES.recentMs) break
      recent[entry.priority][entry.state] += 1
      if (entry.state !== 'waiting') settled += 1
      if (entry.state === 'delivered') delivered += 1
    }
    if (this.#byKey.size === 0) return { known: false, reason: this.#early.size === 0 ? 'no-callbacks' : 'no-before-callbacks' }
    // The rate rule never drops everything: losses alone mean that nobody reports deliveries (any more).
    if (settled > 0 && delivered === 0) return { known: false, reason: 'no-after-callbacks' }
    if (!this.#heardAfter) return { known: false, reason: PRIORITIES.some((priority) => this.#total[priority].lost > 0) ? 'no-after-callbacks' : 'too-early' }
    return { known: true, total: shown(this.#total), recent: shown(recent) }
  }

  #advance(nowMs: number): void {
    for (; this.#settled < this.#entries.length; this.#settled += 1) {
      const entry = this.#entries[this.#settled]
      if (entry === undefined || entry.atMs > nowMs - LOSS_TIMES.graceMs) break
      if (entry.state === 'waiting') this.#move(entry, 'lost')
    }
    let old = 0
    while ((this.#entries[old]?.atMs ?? nowMs) <= nowMs - LOSS_TIMES.keepMs) old += 1
    // In blocks: cutting an array for each message would cost its length each time.
    if (old > 1_000 || old === this.#entries.length) {
      for (const entry of this.#entries.slice(0, old)) this.#byKey.delete(entry.key)
      this.#entries = this.#entries.slice(old)
      this.#settled = Math.max(0, this.#settled - old)
    }
    for (const [key, atMs] of this.#early) {
      if (atMs > nowMs - LOSS_TIMES.keepMs) break
      this.#early.delete(key)
    }
  }

  #move(entry: Entry, state: State): void {
    this.#total[entry.priority][entry.state] -= 1
    entry.state = state
    this.#total[entry.priority][state] += 1
  }
}

function keyOf(message: MessageKey): string {
  return `${message.random}:${message.from}`
}

function noCounts(): Counts {
  const none = (): Record<State, number> => ({ waiting: 0, delivered: 0, lost: 0 })
  return { High: none(), Normal: none(), Low: none(), Lowest: none() }
}

function shown(counts: Counts): Record<Priority, LossCount> {
  const of = (priority: Priority): LossCount => {
    const { waiting, delivered, lost } = counts[priority]
    return { sent: waiting + delivered + lost, delivered, lost, waiting }
  }
  return { High: of('High'), Normal: of('Normal'), Low: of('Low'), Lowest: of('Lowest') }
}

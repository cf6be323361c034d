import { BOUNDS } from '../limits'

export const PRIORITIES = ['High', 'Normal', 'Low', 'Lowest'] as const
export type Priority = (typeof PRIORITIES)[number]

export interface Candidate<Message> {
  readonly message: Message
  readonly priority: Priority
  readonly acceptedMs: number
}

/**
 * Which messages of a room are delivered, and when. Tencent delivers 40 a second and room; beyond it messages of higher priority go first,
 * chance decides within one priority, and what does not fit is dropped while its sender is told success (im:34381).
 *
 * Never more than `perSecond` within any second. What is above it waits in a pool of one second's worth, from which the most important
 * goes first as room comes free; an important newcomer pushes an unimportant one out. Pure: time and chance are given.
 */
export class DeliveryLimiter<Message> {
  readonly #perSecond: number
  readonly #random: () => number
  /** Times of the last deliveries, a ring: the one about to be overwritten is the one that decides. */
  readonly #times: number[]
  #next = 0
  readonly #pool: Record<Priority, Candidate<Message>[]> = { High: [], Normal: [], Low: [], Lowest: [] }
  #pooled = 0

  constructor(perSecond: number, random: () => number) {
    this.#perSecond = perSecond
    this.#random = random
    this.#times = new Array<number>(perSecond).fill(-Infinity)
  }

  get waiting(): number {
    return this.#pooled
  }

  /** True: deliver it now. False: it waits, and `dropped` were given up for it (or it was itself). */
  offer(candidate: Candidate<Message>, nowMs: number): { readonly deliver: boolean; readonly dropped: readonly Candidate<Message>[] } {
    if (this.#pooled === 0 && this.#free(nowMs)) {
      this.#take(nowMs)
      return { deliver: true, dropped: [] }
    }
    this.#pool[candidate.priority].push(candidate)
    this.#pooled += 1
    return { deliver: false, dropped: this.#pooled > this.#perSecond ? this.#giveUpOne() : [] }
  }

  /** What may go now, and what has waited too long. */
  pick(nowMs: number): { readonly deliver: readonly Candidate<Message>[]; readonly dropped: readonly Candidate<Message>[] } {
    const dropped = this.#giveUpStale(nowMs)
    const deliver: Candidate<Message>[] = []
    while (this.#pooled > 0 && this.#free(nowMs)) {
      const pool = PRIORITIES.map((priority) => this.#pool[priority]).find((candidates) => candidates.length > 0)
      if (pool === undefined) break
      deliver.push(this.#draw(pool))
      this.#take(nowMs)
    }
    return { deliver, dropped }
  }

  /** Milliseconds until `pick` can deliver something; null when nothing waits. */
  nextMs(nowMs: number): number | null {
    if (this.#pooled === 0) return null
    return Math.max(0, (this.#times[this.#next] ?? -Infinity) + 1_000 - nowMs)
  }

  #free(nowMs: number): boolean {
    return nowMs - (this.#times[this.#next] ?? -Infinity) >= 1_000
  }

  #take(nowMs: number): void {
    this.#times[this.#next] = nowMs
    this.#next = (this.#next + 1) % this.#perSecond
  }

  #draw(pool: Candidate<Message>[]): Candidate<Message> {
    const index = Math.min(pool.length - 1, Math.floor(this.#random() * pool.length))
    const [drawn] = pool.splice(index, 1)
    this.#pooled -= 1
    return drawn as Candidate<Message>
  }

  #giveUpOne(): Candidate<Message>[] {
    const pool = [...PRIORITIES]
      .reverse()
      .map((priority) => this.#pool[priority])
      .find((candidates) => candidates.length > 0)
    return pool === undefined ? [] : [this.#draw(pool)]
  }

  #giveUpStale(nowMs: number): Candidate<Message>[] {
    const stale: Candidate<Message>[] = []
    for (const priority of PRIORITIES) {
      const keep: Candidate<Message>[] = []
      for (const candidate of this.#pool[priority]) (nowMs - candidate.acceptedMs > BOUNDS.pendingMs ? stale : keep).push(candidate)
      this.#pool[priority] = keep
    }
    this.#pooled -= stale.length
    return stale
  }
}

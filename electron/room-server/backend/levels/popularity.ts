/** What makes a room popular, in heat per event. Data: change it here, recompute, done. */
export const POPULARITY_WEIGHTS = {
  /** Per text message. */
  message: 5,
  like: 1,
  /** Per coin of gifts. */
  giftCoin: 10,
  join: 3,
  /** Per viewer who is here now; does not decay. */
  viewer: 10,
} as const

export const POPULARITY_DECAY = {
  /** Heat is summed in slots of this length: sums of whole numbers do not depend on the order in which they came. */
  slotMs: 10_000,
  halfLifeMs: 300_000,
  /** Ten half-lives: what is left by then is less than a thousandth. */
  slots: 300,
} as const

export type HeatKind = Exclude<keyof typeof POPULARITY_WEIGHTS, 'viewer'>

/** @param count how many, whole; negative takes back (a refund) */
export interface HeatEvent {
  readonly kind: HeatKind
  readonly count: number
  readonly atMs: number
}

/** Heat of one room. Added live or from the stored events in any order, it gives exactly the same number. */
export class Popularity {
  readonly #slots = new Map<number, number>()
  #newest = Number.NEGATIVE_INFINITY

  static recompute(events: Iterable<HeatEvent>): Popularity {
    const popularity = new Popularity()
    for (const event of events) popularity.add(event)
    return popularity
  }

  /** An event older than all slots changes nothing. */
  add(event: HeatEvent): void {
    const slot = slotOf(event.atMs)
    if (slot > this.#newest) {
      this.#newest = slot
      // Bounded memory: nothing below this can still be asked for, unless a clock went back.
      for (const old of this.#slots.keys()) if (old <= slot - POPULARITY_DECAY.slots) this.#slots.delete(old)
    }
    if (slot <= this.#newest - POPULARITY_DECAY.slots) return
    this.#slots.set(slot, (this.#slots.get(slot) ?? 0) + event.count * POPULARITY_WEIGHTS[event.kind])
  }

  /** @param viewers in the room now. @returns whole heat, ≥ 0 */
  at(nowMs: number, viewers: number): number {
    const now = slotOf(nowMs)
    let heat = 0
    // By slot, not as they came: floating-point sums depend on their order.
    for (const slot of [...this.#slots.keys()].sort((a, b) => a - b)) {
      const age = Math.max(0, now - slot)
      if (age < POPULARITY_DECAY.slots) heat += (this.#slots.get(slot) ?? 0) * 2 ** (-(age * POPULARITY_DECAY.slotMs) / POPULARITY_DECAY.halfLifeMs)
    }
    return Math.max(0, Math.round(heat)) + viewers * POPULARITY_WEIGHTS.viewer
  }
}

function slotOf(atMs: number): number {
  return Math.floor(atMs / POPULARITY_DECAY.slotMs)
}

/** The guide: “a message for every 20 gifts (the value can be adjusted) or the clicks within a second”. */
export const COMBO = {
  /** Gifts that are told in one message at most, when their number was not known before. */
  flushCount: 20,
  /** A click waits no longer than this before it is told. */
  flushAfterMs: 1_000,
  /** A series (“×40, ×60 …”) goes on while the next click comes within this time of the last. */
  seriesGapMs: 3_000,
} as const

/** A gift that is in the ledger already; the combo only decides when the room is told. */
export interface ComboOrder {
  readonly orderId: string
  readonly senderId: string
  readonly giftId: string
  /** Gifts in this order, ≥ 1. */
  readonly count: number
  /** The number was chosen before (“99 at once”): told at once, in one message. */
  readonly preset: boolean
}

/** One High message to the room. */
export interface ComboMessage {
  readonly senderId: string
  readonly giftId: string
  /** Gifts that this message tells. */
  readonly count: number
  /** Gifts told in the series so far, these included, refunded ones not. */
  readonly total: number
  /** The same for all messages of a series: the id of its first order. */
  readonly seriesId: string
  readonly orderIds: readonly string[]
}

/**
 * `untold`: taken out before the room heard of it; nothing to correct. `told`: the room has been told, the caller corrects it; the
 * series' total is lower from now on. `unknown`: no running series holds it; the caller corrects what was told.
 */
export type ComboRefund = 'untold' | 'told' | 'unknown'

interface Series {
  readonly seriesId: string
  readonly senderId: string
  readonly giftId: string
  readonly untold: Map<string, number>
  readonly told: Map<string, number>
  total: number
  /** When the oldest untold click came. */
  untoldSinceMs: number
  lastClickMs: number
}

/**
 * Merges clicks on one gift by one sender into few messages. Time is given; the owner calls `due` when `nextDueMs` has come and sends
 * what it gets, in order.
 */
export class GiftCombos {
  readonly #series = new Map<string, Series>()

  /** @returns the messages to send now. An order id seen before in the running series does nothing. */
  add(order: ComboOrder, nowMs: number): ComboMessage[] {
    const messages = this.due(nowMs)
    const key = JSON.stringify([order.senderId, order.giftId])
    let series = this.#series.get(key)
    if (series === undefined) {
      const { senderId, giftId, orderId } = order
      series = { seriesId: orderId, senderId, giftId, untold: new Map(), told: new Map(), total: 0, untoldSinceMs: nowMs, lastClickMs: nowMs }
      this.#series.set(key, series)
    }
    if (series.untold.has(order.orderId) || series.told.has(order.orderId)) return messages
    // The clicks before go first: the preset number stays the number that was chosen.
    if (order.preset && series.untold.size > 0) messages.push(tell(series))
    if (series.untold.size === 0) series.untoldSinceMs = nowMs
    series.untold.set(order.orderId, order.count)
    series.lastClickMs = nowMs
    if (order.preset || untoldCount(series) >= COMBO.flushCount) messages.push(tell(series))
    return messages
  }

  /** @returns the messages whose second is over; forgets series that nobody goes on with */
  due(nowMs: number): ComboMessage[] {
    const messages: ComboMessage[] = []
    for (const [key, series] of this.#series) {
      if (series.untold.size > 0 && nowMs >= series.untoldSinceMs + COMBO.flushAfterMs) messages.push(tell(series))
      if (series.untold.size === 0 && nowMs >= series.lastClickMs + COMBO.seriesGapMs) this.#series.delete(key)
    }
    return messages
  }

  /** When `due` has something to do next; null = nothing waits. */
  nextDueMs(): number | null {
    let next: number | null = null
    for (const series of this.#series.values()) {
      const at = series.untold.size > 0 ? series.untoldSinceMs + COMBO.flushAfterMs : series.lastClickMs + COMBO.seriesGapMs
      if (next === null || at < next) next = at
    }
    return next
  }

  refund(order: Pick<ComboOrder, 'orderId' | 'senderId' | 'giftId'>): ComboRefund {
    const series = this.#series.get(JSON.stringify([order.senderId, order.giftId]))
    if (series === undefined) return 'unknown'
    if (series.untold.delete(order.orderId)) return 'untold'
    const count = series.told.get(order.orderId)
    if (count === undefined) return 'unknown'
    series.told.delete(order.orderId)
    series.total -= count
    return 'told'
  }

  /** Everything that waits, now: the show ends. */
  flush(): ComboMessage[] {
    const messages = [...this.#series.values()].filter((series) => series.untold.size > 0).map(tell)
    this.#series.clear()
    return messages
  }
}

function tell(series: Series): ComboMessage {
  const count = untoldCount(series)
  const orderIds = [...series.untold.keys()]
  for (const [orderId, gifts] of series.untold) series.told.set(orderId, gifts)
  series.untold.clear()
  series.total += count
  return { senderId: series.senderId, giftId: series.giftId, count, total: series.total, seriesId: series.seriesId, orderIds }
}

function untoldCount(series: Series): number {
  let count = 0
  for (const gifts of series.untold.values()) count += gifts
  return count
}

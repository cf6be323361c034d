import type { GiftEntry, GiftTotals } from '../../../../electron/shared/crew-api'
import { tierOf } from './gift-tier'

/** Orders of one person for one gift that were told as one series: what the anchor thanks for once. */
export interface GiftRun {
  readonly id: string
  readonly userId: string
  readonly nick: string
  readonly giftId: string
  /** Oldest first. */
  readonly orders: readonly GiftEntry[]
  /** Gifts and coins that were not taken back; of a run that was taken back whole, what it had been. */
  readonly count: number
  readonly coins: number
  readonly refunded: 'no' | 'some' | 'all'
  readonly thanked: boolean
  /** When it began, milliseconds of UNIX time: a run that goes on keeps its place. */
  readonly atMs: number
}

export const LEDGER_FILTERS = ['all', 'unthanked', 'big'] as const
export type LedgerFilter = (typeof LEDGER_FILTERS)[number] | 'missed'

/** Known orders with those of a page, newest first. What the page says of an order replaces what was known. */
export function merged(known: readonly GiftEntry[], page: readonly GiftEntry[]): readonly GiftEntry[] {
  const byId = new Map(known.map((entry) => [entry.orderId, entry]))
  for (const entry of page) byId.set(entry.orderId, entry)
  return [...byId.values()].sort((a, b) => b.atMs - a.atMs || (a.orderId < b.orderId ? 1 : -1))
}

/** @param entries newest first @returns newest first, by when each run began */
export function runsOf(entries: readonly GiftEntry[]): readonly GiftRun[] {
  const byRun = new Map<string, GiftEntry[]>()
  for (const entry of [...entries].reverse()) {
    const id = `${entry.userId} ${entry.giftId} ${entry.combo}`
    const run = byRun.get(id)
    if (run === undefined) byRun.set(id, [entry])
    else run.push(entry)
  }
  return [...byRun].map(([id, orders]) => runOf(id, orders)).sort((a, b) => b.atMs - a.atMs)
}

function runOf(id: string, orders: readonly GiftEntry[]): GiftRun {
  const paid = orders.filter(({ state }) => state === 'paid')
  const counted = paid.length === 0 ? orders : paid
  const [first] = orders
  const last = orders.at(-1)
  return {
    id,
    userId: first?.userId ?? '',
    nick: last?.nick ?? '',
    giftId: first?.giftId ?? '',
    orders,
    count: counted.reduce((sum, { count }) => sum + count, 0),
    coins: counted.reduce((sum, { coins }) => sum + coins, 0),
    refunded: paid.length === orders.length ? 'no' : paid.length === 0 ? 'all' : 'some',
    thanked: counted.every(({ thankedAt }) => thankedAt > 0),
    atMs: first?.atMs ?? 0,
  }
}

/** @param late numbers of gift messages that came while nobody looked */
export function filtered(runs: readonly GiftRun[], filter: LedgerFilter, late: ReadonlySet<number>): readonly GiftRun[] {
  if (filter === 'all') return runs
  if (filter === 'unthanked') return runs.filter((run) => !run.thanked && run.refunded !== 'all')
  if (filter === 'big') return runs.filter((run) => tierOf(run.coins) >= 3)
  return runs.filter((run) => run.orders.some((order) => late.has(order.seq)))
}

/**
 * Whether the list adds up to what the backend says. `unknown`: the sum moved while the list was read. `partial`: older gifts are not read yet.
 */
export type Agreement = { readonly state: 'unknown' | 'partial' | 'agrees' } | { readonly state: 'differs'; readonly coins: number; readonly gifts: number }

/** @param before, after the backend's sum before and after the list was read @param complete the list goes back to the show's first gift */
export function agreement(entries: readonly GiftEntry[], complete: boolean, before: GiftTotals, after: GiftTotals): Agreement {
  if (before.show !== after.show || before.coins !== after.coins || before.gifts !== after.gifts) return { state: 'unknown' }
  if (!complete) return { state: 'partial' }
  const paid = entries.filter(({ state }) => state === 'paid')
  const coins = after.coins - paid.reduce((sum, entry) => sum + entry.coins, 0)
  const gifts = after.gifts - paid.reduce((sum, entry) => sum + entry.count, 0)
  return coins === 0 && gifts === 0 ? { state: 'agrees' } : { state: 'differs', coins, gifts }
}

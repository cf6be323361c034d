import { SEATS, type Layout, type SeatEntry } from '../../../shared/seats'

/** Who is in a room's greenroom and on its air, in the order in which they came. */
export interface SeatTable {
  readonly layout: Layout
  readonly entries: readonly SeatEntry[]
}

export const NO_SEATS: SeatTable = { layout: 'solo', entries: [] }

export type SeatChange =
  /** Into the greenroom. Nobody is on the air by joining. */
  | { readonly type: 'admit'; readonly userId: string }
  /** Said by the co-anchor. On the air it changes nothing: whoever wants to go leaves. */
  | { readonly type: 'ready'; readonly userId: string; readonly ready: boolean }
  /** @param seat 1 … 8; null = the first that is free. A taken one is exchanged, where both are on the air. */
  | { readonly type: 'put-on-air'; readonly userId: string; readonly seat: number | null }
  | { readonly type: 'take-off-air'; readonly userId: string }
  | { readonly type: 'adjust'; readonly userId: string; readonly muted?: boolean; readonly volume?: number; readonly spotlight?: boolean }
  | { readonly type: 'remove'; readonly userId: string }
  | { readonly type: 'layout'; readonly layout: Layout }
  /** The show is over: all wait again. */
  | { readonly type: 'all-off-air' }

export type SeatRefusal = 'full' | 'not-admitted' | 'not-ready' | 'taken'

export type SeatStep = { readonly ok: true; readonly table: SeatTable } | { readonly ok: false; readonly reason: SeatRefusal }

/** The table after a change; the same object where nothing changes. Pure. */
export function changeSeats(table: SeatTable, change: SeatChange): SeatStep {
  switch (change.type) {
    case 'admit':
      if (find(table, change.userId) !== null) return ok(table)
      if (table.entries.length >= SEATS) return { ok: false, reason: 'full' }
      return ok({ ...table, entries: [...table.entries, { userId: change.userId, seat: 0, ready: false, muted: false, volume: 1, spotlight: false }] })
    case 'ready':
      return withEntry(table, change.userId, (entry) => (entry.seat > 0 || entry.ready === change.ready ? entry : { ...entry, ready: change.ready }))
    case 'put-on-air':
      return putOnAir(table, change.userId, change.seat)
    case 'take-off-air':
      return withEntry(table, change.userId, offAir)
    case 'adjust':
      return adjust(table, change)
    case 'remove':
      if (find(table, change.userId) === null) return { ok: false, reason: 'not-admitted' }
      return ok({ ...table, entries: table.entries.filter(({ userId }) => userId !== change.userId) })
    case 'layout':
      return ok(change.layout === table.layout ? table : { ...table, layout: change.layout })
    case 'all-off-air':
      return ok(table.entries.some(({ seat }) => seat > 0) ? { ...table, entries: table.entries.map(offAir) } : table)
  }
}

/** Those on the air, by their seats. */
export function onAir(table: SeatTable): readonly SeatEntry[] {
  return table.entries.filter(({ seat }) => seat > 0).sort((a, b) => a.seat - b.seat)
}

function ok(table: SeatTable): SeatStep {
  return { ok: true, table }
}

function find(table: SeatTable, userId: string): SeatEntry | null {
  return table.entries.find((entry) => entry.userId === userId) ?? null
}

function withEntry(table: SeatTable, userId: string, change: (entry: SeatEntry) => SeatEntry): SeatStep {
  const before = find(table, userId)
  if (before === null) return { ok: false, reason: 'not-admitted' }
  const after = change(before)
  return ok(after === before ? table : { ...table, entries: table.entries.map((entry) => (entry === before ? after : entry)) })
}

function offAir(entry: SeatEntry): SeatEntry {
  return entry.seat === 0 ? entry : { ...entry, seat: 0, spotlight: false }
}

function putOnAir(table: SeatTable, userId: string, wanted: number | null): SeatStep {
  const entry = find(table, userId)
  if (entry === null) return { ok: false, reason: 'not-admitted' }
  if (!entry.ready) return { ok: false, reason: 'not-ready' }
  const taken = new Map(onAir(table).map((one) => [one.seat, one]))
  // Never without one: there are as many seats as people may be admitted.
  const seat = wanted ?? (entry.seat > 0 ? entry.seat : (Array.from({ length: SEATS }, (_, at) => at + 1).find((one) => !taken.has(one)) ?? 0))
  if (seat === entry.seat) return ok(table)
  const other = taken.get(seat)
  if (other !== undefined && entry.seat === 0) return { ok: false, reason: 'taken' }
  const entries = table.entries.map((one) => (one === entry ? { ...one, seat } : one === other ? { ...one, seat: entry.seat } : one))
  return ok({ ...table, entries })
}

function adjust(table: SeatTable, { userId, muted, volume, spotlight }: Extract<SeatChange, { type: 'adjust' }>): SeatStep {
  const entry = find(table, userId)
  if (entry === null) return { ok: false, reason: 'not-admitted' }
  const after = {
    ...entry,
    muted: muted ?? entry.muted,
    volume: volume ?? entry.volume,
    // Only who is seen can be shown large.
    spotlight: (spotlight ?? entry.spotlight) && entry.seat > 0,
  }
  if (after.muted === entry.muted && after.volume === entry.volume && after.spotlight === entry.spotlight) return ok(table)
  const entries = table.entries.map((one) => (one === entry ? after : after.spotlight && one.spotlight ? { ...one, spotlight: false } : one))
  return ok({ ...table, entries })
}

import type { Layout, SeatTableView } from '../../../../electron/shared/seats'
import type { SeatEdit } from '../../../room/crew-api'

export type Seated = SeatTableView['entries'][number]

/** What was asked for and is not answered yet: it is shown as if it were so. */
export interface SeatWish {
  readonly userId: string
  readonly edit: Pick<SeatEdit, 'muted' | 'volume' | 'spotlight'>
}

/** The newer of two tables of one room. */
export function newest(one: SeatTableView | null, other: SeatTableView | null): SeatTableView | null {
  if (one === null || other === null) return one ?? other
  return other.rev > one.rev ? other : one
}

/** The table with what was asked for, in that order. One at most is shown large. */
export function wished(table: SeatTableView, wishes: readonly SeatWish[], layout: Layout | null): SeatTableView {
  const entries = wishes.reduce<readonly Seated[]>(
    (before, { userId, edit }) =>
      before.map((entry) => {
        if (entry.userId !== userId) return edit.spotlight === true ? { ...entry, spotlight: false } : entry
        return { ...entry, muted: edit.muted ?? entry.muted, volume: edit.volume ?? entry.volume, spotlight: edit.spotlight ?? entry.spotlight }
      }),
    table.entries,
  )
  return { ...table, layout: layout ?? table.layout, entries: [...entries] }
}

/** By seat. */
export function onAir(table: SeatTableView | null): readonly Seated[] {
  return (table?.entries ?? []).filter(({ seat }) => seat > 0).sort((a, b) => a.seat - b.seat)
}

/** As they came. */
export function inGreenroom(table: SeatTableView | null): readonly Seated[] {
  return (table?.entries ?? []).filter(({ seat }) => seat === 0)
}

/** Whose seat somebody on the air takes when moved: that of the neighbour. @returns null: there is none on this side */
export function seatBeside(table: SeatTableView | null, userId: string, side: 'left' | 'right'): number | null {
  const seated = onAir(table)
  const at = seated.findIndex((entry) => entry.userId === userId)
  return at < 0 ? null : (seated[at + (side === 'left' ? -1 : 1)]?.seat ?? null)
}

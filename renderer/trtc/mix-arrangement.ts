import type { PictureSource } from '../../electron/shared/scene'
import { arrange, WHOLE, type Box } from '../../electron/shared/seat-layout'
import type { SeatTableView } from '../../electron/shared/seats'
import { sdkUserOf, type SdkUser } from './seat-user'

/** One of the anchor's own streams in the program, bottom first. */
export interface OwnStream {
  readonly stream: 'big' | 'sub'
  readonly transform: Pick<PictureSource['transform'], 'x' | 'y' | 'width' | 'height' | 'fit'>
}

export interface MixInput {
  readonly own: readonly OwnStream[]
  readonly table: SeatTableView | null
  /** Who speaks now, of the seated, as the SDK calls them; null = the anchor, or nobody. */
  readonly speaker: string | null
}

/** One picture in the program. */
export interface Placed {
  /** One of the anchor's own, or somebody else. */
  readonly from: { readonly stream: 'big' | 'sub' } | SdkUser
  readonly box: Box
  readonly fit: 'contain' | 'cover'
}

export interface Seated extends SdkUser {
  readonly spotlight: boolean
  readonly heard: boolean
}

/** Everybody viewers are to see and hear beside the anchor, by their seats. */
export function seatedOf(table: SeatTableView | null): readonly Seated[] {
  return (table?.entries ?? [])
    .filter(({ seat }) => seat > 0)
    .sort((a, b) => a.seat - b.seat)
    .map((entry) => ({ ...sdkUserOf(entry), spotlight: entry.spotlight, heard: !entry.muted && entry.volume > 0 }))
}

/** Where everything stands in the program, bottom first. Pure: the cloud's mix and the preview follow it alike. */
export function arrangeMix({ own, table, speaker }: MixInput): readonly Placed[] {
  const seated = seatedOf(table)
  const { anchor: box, seats } = arrange(table?.layout ?? 'solo', seated, speaker)
  const anchor = own.map(({ stream, transform }): Placed => ({
    from: { stream },
    box: within(box, transform),
    fit: transform.fit === 'contain' ? 'contain' : 'cover',
  }))
  const guests = [...seats].map(([userId, seat]): Placed => {
    const roomId = seated.find((one) => one.userId === userId)?.roomId ?? null
    return { from: { userId, roomId }, box: seat, fit: 'contain' }
  })
  if (box.width >= WHOLE.width) return [...anchor, ...guests]
  // Whoever fills the program lies below the others.
  const whole = guests.filter((guest) => guest.box.width >= WHOLE.width)
  return [...whole, ...anchor, ...guests.filter((guest) => !whole.includes(guest))]
}

function within(box: Box, inner: Box): Box {
  return { x: box.x + inner.x * box.width, y: box.y + inner.y * box.height, width: inner.width * box.width, height: inner.height * box.height }
}

import type { PictureSource } from '../../electron/shared/scene'
import { arrange, WHOLE, type Box } from '../../electron/shared/seat-layout'
import type { SeatTableView } from '../../electron/shared/seats'

/** One of the anchor's own streams in the program, bottom first. */
export interface OwnStream {
  readonly stream: 'big' | 'sub'
  readonly transform: Pick<PictureSource['transform'], 'x' | 'y' | 'width' | 'height' | 'fit'>
}

/** Somebody of another room who is connected with this one. */
export interface OtherAnchor {
  readonly roomId: string
  readonly userId: string
}

export interface MixInput {
  readonly own: readonly OwnStream[]
  readonly table: SeatTableView | null
  /** Connected, null = none. */
  readonly other: OtherAnchor | null
  /** Who speaks now, of the seated; null = the anchor, or nobody. */
  readonly speaker: string | null
}

/** One picture in the program. */
export interface Placed {
  /** One of the anchor's own, or somebody else. */
  readonly from: { readonly stream: 'big' | 'sub' } | { readonly userId: string; /** null = of this room. */ readonly roomId: string | null }
  readonly box: Box
  readonly fit: 'contain' | 'cover'
}

export interface Seated {
  readonly userId: string
  readonly roomId: string | null
  readonly spotlight: boolean
  readonly heard: boolean
}

/** Everybody viewers are to see and hear beside the anchor, by their seats. */
export function seatedOf(table: SeatTableView | null, other: OtherAnchor | null): readonly Seated[] {
  const seated = (table?.entries ?? [])
    .filter(({ seat }) => seat > 0)
    .sort((a, b) => a.seat - b.seat)
    .map(({ userId, spotlight, muted, volume }) => ({
      userId,
      roomId: userId === other?.userId ? other.roomId : null,
      spotlight,
      heard: !muted && volume > 0,
    }))
  return other === null || seated.some(({ userId }) => userId === other.userId) ? seated : [...seated, { ...other, spotlight: false, heard: true }]
}

/** Where everything stands in the program, bottom first. Pure: the cloud's mix and the preview follow it alike. */
export function arrangeMix({ own, table, other, speaker }: MixInput): readonly Placed[] {
  const seated = seatedOf(table, other)
  const layout = table?.layout ?? 'solo'
  // Who is connected with another room wants to be seen with it.
  const { anchor: box, seats } = arrange(other !== null && layout === 'solo' ? 'side-by-side' : layout, seated, speaker)
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

import type { Layout } from './seats'

/** Where something stands in the program, as shares of its width and height. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Seated {
  readonly userId: string
  readonly spotlight: boolean
}

export interface Arrangement {
  /** The anchor's own scene, always whole: every box has the program's proportions. */
  readonly anchor: Box
  /** Those who are seen, by user id, bottom first. */
  readonly seats: ReadonlyMap<string, Box>
}

export const WHOLE: Box = { x: 0, y: 0, width: 1, height: 1 }

/** The anchor among the seated; no user id is empty. */
const ANCHOR = ''
const INSET = { width: 0.22, gap: 0.02, perRow: 4 }

/**
 * Where everybody stands.
 * @param seated those on the air, by their seats
 * @param speaker who speaks now; null = the anchor, or nobody
 */
export function arrange(layout: Layout, seated: readonly Seated[], speaker: string | null): Arrangement {
  if (seated.length === 0 || layout === 'solo') return { anchor: WHOLE, seats: new Map() }
  const ids = [ANCHOR, ...seated.map(({ userId }) => userId)]
  const shownLarge = seated.find(({ spotlight }) => spotlight)?.userId ?? ANCHOR
  switch (layout) {
    case 'side-by-side':
      return arrangement(ids.length === 2 ? grid(ids) : ids.length <= 4 ? column(ids, 2 / 3) : grid(ids))
    case 'grid':
      return arrangement(grid(ids))
    case 'picture-in-picture':
      return arrangement(insets(first(ids, shownLarge)))
    case 'speaker': {
      const large = shownLarge !== ANCHOR ? shownLarge : speaker !== null && ids.includes(speaker) ? speaker : ANCHOR
      const ordered = first(ids, large)
      return arrangement(ordered.length <= 4 ? column(ordered, 3 / 4) : frame(ordered))
    }
  }
}

/** Of the places that these have, or may have in a moment, the largest: share of the program's height. */
export function largestPlace(layout: Layout, seated: readonly Seated[]): number {
  // Whoever speaks is large.
  const speakers = layout === 'speaker' ? seated.map(({ userId }) => userId) : [null]
  return Math.max(0, ...speakers.flatMap((speaker) => seated.map(({ userId }) => arrange(layout, seated, speaker).seats.get(userId)?.height ?? 0)))
}

type Placed = readonly (readonly [string, Box])[]

function arrangement(placed: Placed): Arrangement {
  const anchor = placed.find(([id]) => id === ANCHOR)?.[1] ?? WHOLE
  return { anchor, seats: new Map(placed.filter(([id]) => id !== ANCHOR)) }
}

function first(ids: readonly string[], large: string): readonly string[] {
  return [large, ...ids.filter((id) => id !== large)]
}

/** As many columns as rows or one row less; what is over at the end stands in the middle. */
function grid(ids: readonly string[]): Placed {
  const columns = Math.ceil(Math.sqrt(ids.length))
  const rows = Math.ceil(ids.length / columns)
  const size = 1 / columns
  return ids.map((id, at) => {
    const row = Math.floor(at / columns)
    const inRow = Math.min(columns, ids.length - row * columns)
    return [id, { x: (1 - inRow * size) / 2 + (at % columns) * size, y: (1 - rows * size) / 2 + row * size, width: size, height: size }]
  })
}

/** One large at the left, the others under each other at the right. */
function column([large = ANCHOR, ...others]: readonly string[], share: number): Placed {
  const size = 1 - share
  return [
    [large, { x: 0, y: (1 - share) / 2, width: share, height: share }],
    ...others.map((id, at) => [id, { x: share, y: (1 - others.length * size) / 2 + at * size, width: size, height: size }] as const),
  ]
}

/** One large, the others at its right and below it. */
function frame([large = ANCHOR, ...others]: readonly string[]): Placed {
  const side = others.length < 8 ? 4 : 5
  const size = 1 / side
  const share = 1 - size
  return [
    [large, { x: 0, y: 0, width: share, height: share }],
    ...others.map((id, at) => {
      const beside = at < side
      return [id, { x: beside ? share : (2 * side - 2 - at) * size, y: beside ? at * size : share, width: size, height: size }] as const
    }),
  ]
}

/** One fills the program, the others stand in its lower right corner, from the right. */
function insets([whole = ANCHOR, ...others]: readonly string[]): Placed {
  const { width, gap, perRow } = INSET
  return [
    [whole, WHOLE],
    ...others.map((id, at) => {
      const column = at % perRow
      const row = Math.floor(at / perRow)
      return [id, { x: 1 - (column + 1) * (width + gap), y: 1 - (row + 1) * (width + gap), width, height: width }] as const
    }),
  ]
}

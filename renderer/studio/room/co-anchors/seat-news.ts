import type { CoAnchorMedia } from '../../../../electron/shared/co-anchor-line'
import type { SeatTableView } from '../../../../electron/shared/seats'

type NewsKind = 'came' | 'left' | 'air' | 'offAir' | 'ready' | 'lost' | 'back'
export interface SeatNews {
  readonly kind: NewsKind
  readonly name: string
}

export interface SeatState {
  readonly table: SeatTableView | null
  readonly media: Readonly<Record<string, CoAnchorMedia>>
}

/** What is worth saying of the change from one state to the next. Nothing of the first one: that is seen. Pure. */
export function seatNews(before: SeatState, now: SeatState): readonly SeatNews[] {
  if (before.table === null || now.table === null) return []
  const news: SeatNews[] = []
  const earlier = new Map(before.table.entries.map((entry) => [entry.userId, entry]))
  for (const entry of now.table.entries) {
    const was = earlier.get(entry.userId)
    earlier.delete(entry.userId)
    const say = (kind: NewsKind): void => void news.push({ kind, name: entry.nick })
    if (was === undefined) say(entry.seat > 0 ? 'air' : 'came')
    else if (was.seat === 0 && entry.seat > 0) say('air')
    else if (was.seat > 0 && entry.seat === 0) say('offAir')
    if (was !== undefined && !was.ready && entry.ready) say('ready')
    const [wasLost, isLost] = [before, now].map(({ media }) => media[entry.userId]?.state === 'lost')
    if (isLost === true && wasLost !== true) say('lost')
    if (wasLost === true && now.media[entry.userId]?.state === 'connected') say('back')
  }
  for (const { nick } of earlier.values()) news.push({ kind: 'left', name: nick })
  return news
}

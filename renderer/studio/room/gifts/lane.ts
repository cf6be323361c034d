import type { Gift } from '../../../../electron/shared/room-api'
import { GIFTS } from '../../../../electron/shared/thresholds'
import { tierOf, type GiftTier } from './gift-tier'

/** One giver and one gift: a combo ticks in place. */
export interface LaneCard {
  readonly key: string
  readonly userId: string
  readonly nick: string
  readonly gift: Gift
  /** All that came while the card was there. */
  readonly count: number
  /** Gifts of the series before the present one: a series begins anew after a pause, the card does not. */
  readonly before: number
  readonly series: string
  readonly tier: GiftTier
  /** Milliseconds that it is still shown, once it is. */
  readonly leftMs: number
}

/** The lane: at most three cards, the others wait. Time is given, in milliseconds. */
export interface Lane {
  readonly shown: readonly LaneCard[]
  /** The next first: the big before the small, and by arrival. */
  readonly waiting: readonly LaneCard[]
  /** Nothing leaves. */
  readonly held: boolean
  /** The card that left last, for a replay. */
  readonly last: LaneCard | null
  readonly atMs: number
}

export const EMPTY_LANE: Lane = { shown: [], waiting: [], held: false, last: null, atMs: 0 }

/** What a room message says of a gift. `total`: gifts of the series so far. */
export interface LaneGift {
  readonly userId: string
  readonly nick: string
  readonly gift: Gift
  readonly series: string
  readonly total: number
}

/** Cards whose time is over go, those that wait come. Time stands still while the lane is held. */
export function advance(lane: Lane, nowMs: number): Lane {
  const passedMs = lane.held ? 0 : Math.max(0, nowMs - lane.atMs)
  const aged = lane.shown.map((card) => ({ ...card, leftMs: card.leftMs - passedMs }))
  const gone = aged.filter((card) => card.leftMs <= 0)
  const shown = aged.filter((card) => card.leftMs > 0)
  return filled({ ...lane, shown, atMs: nowMs, last: gone.at(-1) ?? lane.last })
}

/** A gift arrives: its card ticks, or a new one takes its place. */
export function add(before: Lane, { userId, nick, gift, series, total }: LaneGift, nowMs: number): Lane {
  const lane = advance(before, nowMs)
  const key = cardKey(userId, gift.giftId)
  const old = find(lane, key)
  if (old === undefined) return filled(queued(lane, withCount({ key, userId, nick, gift, count: total, before: 0, series, tier: 1, leftMs: 0 }, total)))
  const earlier = old.series === series ? old.before : old.count
  // Messages may come in another order than they were told.
  const running = old.series === series ? Math.max(old.count - old.before, total) : total
  const ticked = withCount({ ...old, nick, series, before: earlier }, earlier + running)
  if (lane.shown.includes(old)) return { ...lane, shown: lane.shown.map((card) => (card === old ? ticked : card)) }
  return queued({ ...lane, waiting: lane.waiting.filter((card) => card !== old) }, ticked)
}

/** A gift was taken back: its card counts down, or goes. */
export function takeOff(before: Lane, { userId, giftId, count }: { userId: string; giftId: string; count: number }, nowMs: number): Lane {
  const lane = advance(before, nowMs)
  const key = cardKey(userId, giftId)
  const less = (card: LaneCard): LaneCard[] => {
    if (card.key !== key) return [card]
    const left = card.count - count
    return left <= 0 ? [] : [{ ...withCount({ ...card, before: Math.max(0, card.before - count) }, left), leftMs: card.leftMs }]
  }
  const [last] = lane.last === null ? [] : less(lane.last)
  return filled({ ...lane, shown: lane.shown.flatMap(less), waiting: lane.waiting.flatMap(less), last: last ?? null })
}

export function hold(lane: Lane, held: boolean, nowMs: number): Lane {
  return { ...advance(lane, nowMs), held }
}

/** The first card makes room for the next. */
export function skip(before: Lane, nowMs: number): Lane {
  const lane = advance(before, nowMs)
  const [first, ...shown] = lane.shown
  return first === undefined ? lane : filled({ ...lane, shown, last: first })
}

/** The card that left last comes once more, before those that wait. */
export function replay(before: Lane, nowMs: number): Lane {
  const lane = advance(before, nowMs)
  const { last } = lane
  if (last === null) return lane
  // It has come again by itself meanwhile.
  if (find(lane, last.key) !== undefined) return { ...lane, last: null }
  return filled({ ...lane, waiting: [withCount(last, last.count), ...lane.waiting], last: null })
}

/** Milliseconds until the next card leaves; null = none will. */
export function nextLeaveMs(lane: Lane): number | null {
  return lane.held || lane.shown.length === 0 ? null : Math.min(...lane.shown.map((card) => card.leftMs))
}

/** Cards that are shown now and were not before, or were smaller: each is made much of once. */
export function grown(before: Lane, after: Lane): readonly LaneCard[] {
  return after.shown.filter((card) => {
    const old = before.shown.find(({ key }) => key === card.key)
    return old === undefined || old.tier < card.tier
  })
}

export function cardKey(userId: string, giftId: string): string {
  return `${userId} ${giftId}`
}

function find(lane: Lane, key: string): LaneCard | undefined {
  return lane.shown.find((card) => card.key === key) ?? lane.waiting.find((card) => card.key === key)
}

function withCount(card: LaneCard, count: number): LaneCard {
  const tier = tierOf(count * card.gift.coins)
  return { ...card, count, tier, leftMs: Math.max(GIFTS.cardMinMs, GIFTS.cardPerTierMs * tier) }
}

function queued(lane: Lane, card: LaneCard): Lane {
  const at = lane.waiting.findIndex(({ tier }) => tier < card.tier)
  const waiting = at < 0 ? [...lane.waiting, card] : [...lane.waiting.slice(0, at), card, ...lane.waiting.slice(at)]
  // What does not fit is in the ledger: the smallest and newest is left out.
  return { ...lane, waiting: waiting.slice(0, GIFTS.waiting) }
}

function filled(lane: Lane): Lane {
  const free = GIFTS.shown - lane.shown.length
  return free <= 0 || lane.waiting.length === 0 ? lane : { ...lane, shown: [...lane.shown, ...lane.waiting.slice(0, free)], waiting: lane.waiting.slice(free) }
}

/**
 * What a viewer's points come from (the guide: online time, messages, likes and gifts, membership). Points are whole numbers: each
 * source counts whole units only, so that adding up in any order gives the same.
 */
export const LEVEL_WEIGHTS = {
  /** Per whole minute in rooms. */
  onlineMinute: 1,
  /** Per text message that was delivered. */
  message: 2,
  /** Per ten likes. */
  tenLikes: 1,
  /** Per coin of gifts, less refunds. */
  giftCoin: 1,
  /** Percent of the sum that counts while the viewer is a member. */
  memberPercent: 120,
} as const

/** Level n begins at `step` · n · (n − 1) ÷ 2 points: each level takes `step` more than the one before. */
export const LEVEL_CURVE = { step: 50, highest: 60 } as const

/** One raw fact about a viewer, in the order in which it was stored. */
export type Activity =
  /** Came into a room or left it. Saying it twice, as several devices do, does no harm. */
  | { readonly kind: 'online'; readonly atMs: number }
  | { readonly kind: 'offline'; readonly atMs: number }
  | { readonly kind: 'message' }
  | { readonly kind: 'likes'; readonly count: number }
  | { readonly kind: 'gift'; readonly coins: number }
  | { readonly kind: 'refund'; readonly coins: number }
  | { readonly kind: 'member'; readonly member: boolean }

/** The sums of a viewer's activities. May be stored, and gone on with. */
export interface Standing {
  /** Of visits that are over. */
  readonly onlineMs: number
  /** Of the visit that goes on; null = not here. */
  readonly onlineSinceMs: number | null
  readonly messages: number
  readonly likes: number
  /** May be below 0 for a moment, when a refund was stored before its gift. */
  readonly giftCoins: number
  readonly member: boolean
}

export const NO_STANDING: Standing = { onlineMs: 0, onlineSinceMs: null, messages: 0, likes: 0, giftCoins: 0, member: false }

export function addActivity(standing: Standing, activity: Activity): Standing {
  switch (activity.kind) {
    case 'online':
      return standing.onlineSinceMs === null ? { ...standing, onlineSinceMs: activity.atMs } : standing
    case 'offline':
      return { ...standing, onlineMs: onlineMs(standing, activity.atMs), onlineSinceMs: null }
    case 'message':
      return { ...standing, messages: standing.messages + 1 }
    case 'likes':
      return { ...standing, likes: standing.likes + activity.count }
    case 'gift':
      return { ...standing, giftCoins: standing.giftCoins + activity.coins }
    case 'refund':
      return { ...standing, giftCoins: standing.giftCoins - activity.coins }
    case 'member':
      return { ...standing, member: activity.member }
  }
}

/** The standing from the raw facts alone; equals what was added up live. */
export function recompute(activities: Iterable<Activity>): Standing {
  let standing = NO_STANDING
  for (const activity of activities) standing = addActivity(standing, activity)
  return standing
}

/** @returns whole points, ≥ 0 */
export function points(standing: Standing, nowMs: number): number {
  const sum =
    Math.floor(onlineMs(standing, nowMs) / 60_000) * LEVEL_WEIGHTS.onlineMinute +
    standing.messages * LEVEL_WEIGHTS.message +
    Math.floor(standing.likes / 10) * LEVEL_WEIGHTS.tenLikes +
    Math.max(0, standing.giftCoins) * LEVEL_WEIGHTS.giftCoin
  return standing.member ? Math.floor((sum * LEVEL_WEIGHTS.memberPercent) / 100) : sum
}

/** @param level 1 … highest. @returns points at which it begins */
export function pointsOfLevel(level: number): number {
  return (LEVEL_CURVE.step * level * (level - 1)) / 2
}

/** @returns 1 … highest; never falls when points rise */
export function levelOf(sum: number): number {
  // The root gives the place, the two loops the exact side of a border in spite of rounding.
  let level = Math.max(1, Math.min(LEVEL_CURVE.highest, Math.floor((1 + Math.sqrt(1 + (8 * Math.max(0, sum)) / LEVEL_CURVE.step)) / 2)))
  while (level > 1 && pointsOfLevel(level) > sum) level -= 1
  while (level < LEVEL_CURVE.highest && pointsOfLevel(level + 1) <= sum) level += 1
  return level
}

/** Clocks of callbacks may go back: a visit is never shorter than nothing. */
function onlineMs(standing: Standing, nowMs: number): number {
  return standing.onlineMs + (standing.onlineSinceMs === null ? 0 : Math.max(0, nowMs - standing.onlineSinceMs))
}

/** Why the list stands still. */
export const HOLDS = ['scroll', 'hover', 'focus', 'selection', 'alt'] as const
export type Hold = (typeof HOLDS)[number]

/**
 * Follows the newest message, or stands still while somebody reads, points at a row, selects, or holds Alt. Standing still drops nothing: what
 * comes waits behind `since`.
 */
export interface Follow {
  readonly holds: readonly Hold[]
  /** Number of the last row that was shown when the list stopped; null = it follows. */
  readonly since: number | null
}

export type FollowEvent = { readonly type: 'hold' | 'release'; readonly hold: Hold } | { readonly type: 'end' }

export const FOLLOWING: Follow = { holds: [], since: null }

/** @param lastNo number of the newest row that is shown. Gives the same object back where nothing changes. Pure. */
export function follow(state: Follow, event: FollowEvent, lastNo: number): Follow {
  switch (event.type) {
    case 'hold':
      if (state.holds.includes(event.hold)) return state
      return { holds: [...state.holds, event.hold], since: state.since ?? lastNo }
    case 'release': {
      if (!state.holds.includes(event.hold)) return state
      const holds = state.holds.filter((hold) => hold !== event.hold)
      return holds.length === 0 ? FOLLOWING : { ...state, holds }
    }
    case 'end':
      return state.since === null ? state : FOLLOWING
  }
}

import type { Role } from '../../../shared/room-message'

const ALL: readonly Role[] = ['anchor', 'producer', 'coanchor', 'viewer']
const CREW: readonly Role[] = ['anchor', 'producer', 'coanchor']
const DESK: readonly Role[] = ['anchor', 'producer']
const ANCHOR: readonly Role[] = ['anchor']

/** Who may do what. Every endpoint names its action, and this is the one place where it is decided. */
export const RIGHTS = {
  'room.read': ALL,
  'room.create': ANCHOR,
  'room.edit': DESK,
  'status.change': DESK,
  'show.tell': ANCHOR,
  'notice.change': DESK,
  'invite.make': ANCHOR,
  'profile.edit': ALL,
  'session.end': ALL,
  'membership.grant': ANCHOR,
  'follow.change': ALL,
  'gift.send': ALL,
  'gift.read': ALL,
  'gift.totals': ALL,
  'gift.orders': DESK,
  'gift.thank': DESK,
  'gift.refund': ANCHOR,
  'wallet.read': ALL,
  'wallet.grant': ANCHOR,
  'member.read': CREW,
  'energy.read': CREW,
  'moderate.read': DESK,
  'moderate.mute': DESK,
  'moderate.mute-all': DESK,
  'moderate.slow-mode': DESK,
  'moderate.remove': DESK,
  'moderate.message': DESK,
  'moderate.words': ANCHOR,
  'moderate.undo': DESK,
  'draw.run': DESK,
  'draw.read': ALL,
  'seat.read': CREW,
  'seat.change': DESK,
  // Whose seat there is, is looked up with each request: being somebody is not enough.
  'seat.own': ALL,
  // As with seats: who has a place among them is looked up.
  'trtc.enter': ALL,
  'push-url.make': ANCHOR,
  // Recording and relay by the cloud cost money.
  'cloud.run': DESK,
  'cloud.read': CREW,
  // PK with another room, and the connection that it needs.
  'pk.run': ANCHOR,
  'pk.read': CREW,
  // The other room's server asks with the session of its anchor, who is a co-anchor here: whose PK it is, is looked up with each request.
  'pk.other-room': ['coanchor'],
  // The other room's app, likewise: it came by a co-anchor's link, which is the way to a place.
  'trtc.other-room': ['coanchor'],
  // The stage's end of the co-anchors' lines.
  'stage.be': ANCHOR,
  'anchor.invite': ANCHOR,
  'broadcast.send': ANCHOR,
  'loss.read': CREW,
  'show.read': CREW,
} as const satisfies Record<string, readonly Role[]>

export type Action = keyof typeof RIGHTS

/** These concern the whole server: who has a token for one room may not. */
export const SERVER_WIDE: ReadonlySet<Action> = new Set([
  'room.create',
  'anchor.invite',
  'moderate.words',
  'broadcast.send',
  'membership.grant',
  'wallet.grant',
])

export function mayDo(role: Role, action: Action): boolean {
  return (RIGHTS[action] as readonly Role[]).includes(role)
}

const RANK: Readonly<Record<Role, number>> = { anchor: 3, producer: 2, coanchor: 1, viewer: 0 }

/** Only those below oneself are moderated. */
export function outranks(role: Role, other: Role): boolean {
  return RANK[role] > RANK[other]
}

export function isCrew(role: Role): boolean {
  return RANK[role] > 0
}

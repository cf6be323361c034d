import { stateChange } from '../callbacks/payloads'
import type { ImContext } from './context'
import { tellState, timeOut } from './membership'
import type { PresenceEvents } from './session-book'

/** What follows from a line that is lost: a grace, then offline, then out of the rooms. */
export function presenceEvents(context: ImContext): PresenceEvents {
  const roomsOf = (userId: string) => context.rooms.of(userId).filter(({ group }) => group.members.get(userId)?.away === false)
  return {
    closed(userId) {
      context.callbacks.tell(stateChange('Disconnect', userId, 'LinkClose', false, context.nowMs()), null)
    },
    offline(userId, closed) {
      if (!closed) context.callbacks.tell(stateChange('Disconnect', userId, 'TimeOut', false, context.nowMs()), null)
      for (const { group } of roomsOf(userId)) tellState(context, group.groupId, 'Offline', 'HeartbeatInterrupt', [userId])
    },
    back(userId, { offline }, resumed) {
      // A new login tells of itself.
      if (resumed) context.callbacks.tell(stateChange('Login', userId, 'Register', false, context.nowMs()), null)
      if (!offline) return
      for (const { group } of roomsOf(userId)) tellState(context, group.groupId, 'Online', 'HeartbeatRecover', [userId])
    },
    gone(userId) {
      for (const room of roomsOf(userId))
        timeOut(context, room, userId).catch((error: unknown) => context.config.log('warn', `a member was not taken out: ${String(error)}`))
    },
  }
}

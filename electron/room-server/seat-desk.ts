import { ApiError, type ApiErrorCode } from './backend/api/api-error'
import type { Business } from './backend/business'
import { mayDo } from './backend/identity/rights'
import { isFor } from './backend/identity/sessions'
import type { LineEnd, SeatDesk } from './media/seat-desk'

const NOT_LET_IN: Partial<Record<ApiErrorCode, LineEnd>> = { 'seat.full': 'full', 'auth.blocked': 'blocked' }

/** The business's seats, as the lines need them. */
export function seatDesk({ sessions, rooms, seats }: Business): SeatDesk {
  return {
    caller: (roomId, token) => {
      try {
        const caller = sessions.authenticate(token)
        if (rooms.find(roomId) === null || !isFor(caller, roomId)) return 'not-admitted'
        return {
          userId: caller.userId,
          mayBeStage: mayDo(caller.role, 'stage.be'),
          byLink: seats.isByLink(roomId, caller),
          isOver: () => sessions.isOver(caller),
        }
      } catch (error) {
        if (error instanceof ApiError) return 'bad-token'
        throw error
      }
    },
    rooms: () => seats.roomIds(),
    entries: (roomId) => seats.entries(roomId),
    trtcUserId: (roomId, userId) => seats.trtcUser(roomId, userId)?.userId ?? userId,
    view: (roomId) => seats.view(roomId),
    admitByLink: async (roomId, userId) => {
      try {
        await seats.admitByLink(roomId, userId)
        return null
      } catch (error) {
        const end = error instanceof ApiError ? NOT_LET_IN[error.code] : undefined
        if (end === undefined) throw error
        return end
      }
    },
    remove: async (roomId, userId) => {
      try {
        await seats.change(roomId, { type: 'remove', userId })
      } catch (error) {
        // Gone by himself in this moment.
        if (!(error instanceof ApiError) || error.code !== 'seat.not-admitted') throw error
      }
    },
    onChange: (listener) => seats.onChange(listener),
    onOver: (listener) => sessions.onOver(listener),
  }
}

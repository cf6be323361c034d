import type { RoomApiError } from '../../room/api-request'
import type { GuestRefusal, RefusalCause } from './guest-state'

const CAUSES: Readonly<Record<string, RefusalCause>> = {
  'invite.invalid': 'invalid',
  'invite.expired': 'expired',
  'invite.ended': 'ended',
  'invite.used': 'used',
  'auth.blocked': 'blocked',
  'seat.blocked': 'blocked',
  'seat.full': 'full',
  'seat.not-admitted': 'not-let-in',
  'room.not-found': 'no-room',
}

/** @param hadPlace there was a place before */
export function guestRefusal({ code, kind, message, remedy }: RoomApiError, hadPlace: boolean): GuestRefusal {
  const cause = kind === 'not-served' ? 'no-room' : (CAUSES[code] ?? 'api')
  if (cause === 'api') return { cause: remedy === '' ? 'version' : 'api', message, remedy }
  return { cause: cause === 'not-let-in' && hadPlace ? 'gone' : cause, message: '', remedy: '' }
}

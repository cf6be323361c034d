import type { RoomStatus } from '../../../shared/room-message'
import type { ShowState } from '../../../shared/room-server'
import { programMoved } from './status'

export type PauseCause = '' | 'crew' | 'media'

/** Going live from anywhere but a pause is a new show. */
export function beginsShow(from: RoomStatus, to: RoomStatus): boolean {
  return to === 'live' && from !== 'paused'
}

/** A room on air, whether or not there is a picture at this moment. */
export function onAir(status: RoomStatus): boolean {
  return status === 'live' || status === 'paused'
}

/** Where the program stream moves its room; null = it stays. A pause that the crew made is not ended by an encoder that reconnects. */
export function streamMoves(status: RoomStatus, pausedBy: PauseCause, publishing: boolean): RoomStatus | null {
  if (publishing && status === 'paused' && pausedBy === 'crew') return null
  return programMoved(status, publishing ? 'published' : 'unpublished')
}

/**
 * The statuses through which the room goes to follow the anchor's show; none = it stands there already, or has nothing to follow. A show
 * that never began does not end, and a recording is put away before the next show.
 */
export function stepsTo(from: RoomStatus, show: ShowState): readonly RoomStatus[] {
  if (show === 'over') return onAir(from) ? ['ended'] : []
  const toLive: readonly RoomStatus[] = from === 'live' || from === 'paused' ? [] : from === 'playback' ? ['upcoming', 'live'] : ['live']
  if (show === 'paused') return from === 'paused' ? [] : [...toLive, 'paused']
  return from === 'paused' ? ['live'] : toLive
}

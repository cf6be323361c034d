import type { Snapshot } from '../../../electron/shared/snapshot'

/** There is a room to be in: a team's, whatever this machine's own room server does, or the one here while that runs. */
export function isRoomThere({ roomPlace, roomServer }: Pick<Snapshot, 'roomPlace' | 'roomServer'>): boolean {
  return roomPlace?.local === false || roomServer.running
}

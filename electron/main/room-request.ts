import type { z } from 'zod'
import { AnchorError } from '../shared/errors'
import { askRoom, RoomRefusal, type RoomRequest } from './room-http'

/** One request to the API of a room that is linked, be it a stranger's: `askRoom` in the words of a room link. @throws AnchorError room-link.unreachable | room-link.refused */
export async function askLinkedRoom<T>(
  base: string,
  method: RoomRequest['method'],
  path: string,
  answer: z.ZodType<T>,
  asked: Pick<RoomRequest, 'token' | 'body'>,
): Promise<T> {
  try {
    return await askRoom({ base, method, path, ...asked }, answer)
  } catch (error) {
    if (error instanceof RoomRefusal) throw new AnchorError('room-link.refused', { cause: error, context: { reason: error.message, status: error.status } })
    if (!(error instanceof AnchorError)) throw error
    if (error.code === 'cloud.unreachable') throw new AnchorError('room-link.unreachable', { cause: error, context: error.context })
    throw new AnchorError('room-link.refused', { cause: error, context: { reason: 'its answer was not understood' } })
  }
}

import { z } from 'zod'
import { DRAW_LIMITS, drawListSchema, drawOverSchema, drawProofSchema, drawStartedSchema } from '../../../../shared/crew-api'
import type { Business } from '../../business'
import { titleSchema, emptySchema } from '../fields'
import { param, route, type Route } from '../route'

export function drawRoutes({ draws, rooms }: Business): readonly Route[] {
  const group = 'Lucky draw'
  return [
    route(
      {
        method: 'get',
        path: '/api/rooms/:room/draws',
        summary: 'The draw that is open with how many are in it, and earlier ones.',
        group,
        action: 'draw.read',
        rate: 'read',
        answer: drawListSchema,
      },
      async (input) => {
        const roomId = param(input, 'room')
        rooms.get(roomId)
        return { current: draws.current(roomId), entries: draws.entered(roomId), draws: await draws.list(roomId) }
      },
    ),
    route(
      {
        method: 'post',
        path: '/api/rooms/:room/draws',
        summary: 'Open a draw: who says the keyword within the window is in, once. The hash of the seed is told now, the seed with the result.',
        group,
        action: 'draw.run',
        rate: 'write',
        body: z.strictObject({
          title: titleSchema.default(''),
          keyword: z.string().trim().min(1).max(DRAW_LIMITS.keywordChars),
          seconds: z.number().int().min(DRAW_LIMITS.windowSec.min).max(DRAW_LIMITS.windowSec.max),
          winners: z.number().int().min(1).max(DRAW_LIMITS.winners).default(1),
          minLevel: z.number().int().min(0).max(DRAW_LIMITS.minLevel).default(0),
          followersOnly: z.boolean().default(false),
        }),
        answer: drawStartedSchema,
      },
      async (input) => draws.start(param(input, 'room'), input.body),
    ),
    route(
      {
        method: 'post',
        path: '/api/rooms/:room/draws/:draw/finish',
        summary: 'End the window now, and choose.',
        group,
        action: 'draw.run',
        rate: 'write',
        body: emptySchema,
        answer: drawProofSchema,
      },
      async (input) => draws.finish(param(input, 'room'), param(input, 'draw')),
    ),
    route(
      { method: 'delete', path: '/api/rooms/:room/draws/:draw', summary: 'Call a draw off.', group, action: 'draw.run', rate: 'write', answer: emptySchema },
      async (input) => {
        await draws.cancel(param(input, 'room'), param(input, 'draw'))
        return {}
      },
    ),
    route(
      {
        method: 'get',
        path: '/api/rooms/:room/draws/:draw',
        summary: 'A draw that is over: who won, and the proof.',
        group,
        action: 'draw.read',
        rate: 'read',
        answer: drawOverSchema,
      },
      async (input) => draws.over(param(input, 'room'), param(input, 'draw')),
    ),
    route(
      {
        method: 'get',
        path: '/api/rooms/:room/draws/:draw/proof',
        summary: 'All that anybody needs to draw again (docs/draw-proof.md).',
        group,
        action: 'draw.read',
        rate: 'read',
        answer: drawProofSchema,
      },
      async (input) => draws.proof(param(input, 'room'), param(input, 'draw')),
    ),
  ]
}

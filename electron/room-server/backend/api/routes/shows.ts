import { showReportSchema } from '../../../../shared/crew-api'
import { ApiError } from '../api-error'
import type { Business } from '../../business'
import { param, route, type Route } from '../route'

export function showRoutes({ shows }: Business): readonly Route[] {
  return [
    route(
      {
        method: 'get',
        path: '/api/rooms/:room/shows/:show',
        summary: 'What a show came to (show 0 = the present or last one). Null: nobody counted.',
        group: 'Rooms',
        action: 'show.read',
        rate: 'read',
        answer: showReportSchema,
      },
      async (input) => {
        const show = param(input, 'show')
        if (!/^\d{1,7}$/.test(show)) throw new ApiError('not-found')
        return shows.report(param(input, 'room'), Number(show))
      },
    ),
  ]
}

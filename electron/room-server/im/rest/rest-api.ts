import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ImContext } from '../service/context'

/** REST v4. */
export class RestApi {
  constructor(_context: ImContext) {}

  handle(_request: IncomingMessage, response: ServerResponse): void {
    response.end()
  }
}

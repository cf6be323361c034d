import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'

/** Where a request comes from, as far as it is known. */
export interface RequestOrigin {
  readonly address: string
  /** It came by HTTPS. */
  readonly secure: boolean
}

const told = new WeakMap<IncomingMessage, RequestOrigin>()

/** Somebody who is believed has handed the request on, and says from whom. */
export function tellOrigin(request: IncomingMessage, origin: RequestOrigin): void {
  told.set(request, origin)
}

export function originOf(request: IncomingMessage): RequestOrigin {
  return told.get(request) ?? { address: (request.socket.remoteAddress ?? '').replace('::ffff:', ''), secure: request.socket instanceof TLSSocket }
}

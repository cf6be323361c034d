import type { AddressInfo, Server } from 'node:net'
import { AnchorError } from '../shared/errors'

/** Listens, or tells why not. @throws AnchorError room-server.port-busy { port, use } | room-server.failed { reason } */
export function listen(server: Server, host: string, port: number, use: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      server.off('listening', succeeded)
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') reject(new AnchorError('room-server.port-busy', { cause: error, context: { port, use } }))
      else reject(new AnchorError('room-server.failed', { cause: error, context: { reason: error.code ?? error.message } }))
    }
    const succeeded = (): void => {
      server.off('error', failed)
      resolve((server.address() as AddressInfo).port)
    }
    server.once('error', failed)
    server.once('listening', succeeded)
    server.listen(port, host)
  })
}

/** Why it does not listen, for whoever started it. */
export function sentence(error: AnchorError): string {
  if (error.code === 'room-server.port-busy')
    return `port ${error.context['port'] ?? ''} (${error.context['use'] ?? ''}) is taken. Choose another one, or 0 for any free.`
  return `it could not listen: ${error.context['reason'] ?? error.code}`
}

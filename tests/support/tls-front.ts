import { connect, type AddressInfo, type Socket } from 'node:net'
import { createServer } from 'node:tls'
import { generate } from 'selfsigned'

export interface TlsFront {
  /** For `localhost`. */
  readonly port: number
  /** PEM; nobody trusts it unless told to. */
  readonly certificate: string
  close(): Promise<void>
}

/** TLS before a server that has none. */
export async function startTlsFront(targetPort: number): Promise<TlsFront> {
  const pems = await generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  })
  const sockets = new Set<Socket>()
  const front = createServer({ key: pems.private, cert: pems.cert }, (socket) => {
    const inner = connect(targetPort, '127.0.0.1')
    for (const end of [socket, inner]) {
      sockets.add(end)
      end.on('error', () => end.destroy())
      end.on('close', () => {
        socket.destroy()
        inner.destroy()
      })
    }
    socket.pipe(inner).pipe(socket)
  })
  // Who does not trust the certificate hangs up in the handshake: that is theirs to tell.
  front.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => front.listen(0, resolve))
  return {
    port: (front.address() as AddressInfo).port,
    certificate: pems.cert,
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => front.close(() => resolve()))
    },
  }
}

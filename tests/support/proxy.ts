import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/**
 * A line between a publisher and its server that can be made slow or dead. The small receive window keeps the system's
 * buffers from hiding what the line does.
 */
export class LineProxy {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #kbps: number | null = null
  #dead = false
  port = 0

  constructor(targetPort: number) {
    this.#server = createServer({ pauseOnConnect: true }, (client) => {
      const upstream = connect(targetPort, '127.0.0.1')
      this.#sockets.add(client).add(upstream)
      for (const socket of [client, upstream]) {
        socket.on('error', () => socket.destroy())
        socket.on('close', () => {
          this.#sockets.delete(socket)
          client.destroy()
          upstream.destroy()
        })
      }
      upstream.on('data', (bytes) => {
        if (!this.#dead) client.write(bytes)
      })
      this.#pump(client, upstream)
    })
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    this.port = (this.#server.address() as AddressInfo).port
    return this.port
  }

  /** null = as fast as it goes. */
  setRate(kbps: number | null): void {
    this.#kbps = kbps
  }

  /** Swallows everything in both directions without closing. */
  setDead(dead: boolean): void {
    this.#dead = dead
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async close(): Promise<void> {
    this.cut()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #pump(client: Socket, upstream: Socket): void {
    let credit = 0
    let last = performance.now()
    const timer = setInterval(() => {
      const now = performance.now()
      const elapsed = now - last
      last = now
      if (this.#dead) return
      credit = this.#kbps === null ? Infinity : Math.min(credit, 8_192) + (this.#kbps / 8) * elapsed
      while (credit > 0) {
        const size = Math.min(credit, client.readableLength, 65_536)
        const bytes: unknown = size >= 1 ? client.read(Math.floor(size)) : client.read(0)
        if (!Buffer.isBuffer(bytes)) break
        upstream.write(bytes)
        credit -= bytes.length
      }
    }, 10)
    client.on('readable', () => undefined)
    client.once('close', () => clearInterval(timer))
  }
}

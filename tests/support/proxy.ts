import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

interface Joint {
  readonly client: Socket
  readonly upstream: Socket
  /** What was sent while the line was cut is gone: this connection never works again, and nobody is told. */
  lost: boolean
}

/**
 * A line between a publisher and its server that can be made slow, dead or cut. The small receive window keeps the
 * system's buffers from hiding what the line does.
 */
export class LineProxy {
  readonly #server: Server
  readonly #joints = new Set<Joint>()
  #kbps: number | null = null
  #dead = false
  #cut = false
  port = 0

  constructor(targetPort: number) {
    this.#server = createServer({ pauseOnConnect: true }, (client) => {
      const joint: Joint = { client, upstream: connect(targetPort, '127.0.0.1'), lost: this.#cut }
      this.#joints.add(joint)
      for (const socket of [client, joint.upstream]) {
        socket.on('error', () => socket.destroy())
        socket.on('close', () => {
          // A server that hangs up on a lost connection cannot tell the other end.
          if (joint.lost && socket === joint.upstream) return
          this.#joints.delete(joint)
          client.destroy()
          joint.upstream.destroy()
        })
      }
      joint.upstream.on('data', (bytes) => {
        if (!this.#dead && !joint.lost) client.write(bytes)
      })
      this.#pump(joint)
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

  /** Takes nothing more in either direction, without closing; when it is alive again it goes on where it was. */
  setDead(dead: boolean): void {
    this.#dead = dead
  }

  /** Swallows everything, without closing. Connections of that time stay lost when the line is whole again. */
  setCut(cut: boolean): void {
    this.#cut = cut
    if (cut) for (const joint of this.#joints) joint.lost = true
  }

  /** Ends every connection at once; new ones are taken. */
  hangUp(): void {
    for (const { client, upstream } of this.#joints) {
      client.destroy()
      upstream.destroy()
    }
  }

  async close(): Promise<void> {
    this.hangUp()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #pump(joint: Joint): void {
    const { client, upstream } = joint
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
        if (!joint.lost) upstream.write(bytes)
        credit -= bytes.length
      }
    }, 10)
    client.on('readable', () => undefined)
    client.once('close', () => clearInterval(timer))
  }
}

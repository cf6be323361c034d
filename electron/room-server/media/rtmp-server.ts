import { createServer, type Server } from 'node:net'
import { INGEST } from '../../shared/thresholds'
import { listen } from '../listen'
import { IngestSession } from './ingest-session'
import { StrangerLog } from './stranger-log'
import type { StreamRegistry } from './stream-registry'

const MAX_CONNECTIONS = 256

/** The RTMP port: takes connections, counts them by address, and ends them with itself. */
export class RtmpServer {
  readonly #server: Server
  readonly #sessions = new Set<IngestSession>()
  #cut: NodeJS.Timeout | null = null
  readonly #perAddress = new Map<string, number>()

  constructor(registry: StreamRegistry, now: () => number, log: (message: string) => void) {
    const strangers = new StrangerLog(now, log)
    this.#server = createServer((socket) => {
      const address = socket.remoteAddress ?? ''
      const count = this.#perAddress.get(address) ?? 0
      if (this.#cut !== null || count >= INGEST.connectionsPerAddress) {
        socket.destroy()
        return
      }
      this.#perAddress.set(address, count + 1)
      const session = new IngestSession(socket, registry, now, { publisher: log, stranger: (message) => strangers.note(address, message) })
      this.#sessions.add(session)
      socket.once('close', () => {
        this.#sessions.delete(session)
        const left = (this.#perAddress.get(address) ?? 1) - 1
        if (left > 0) this.#perAddress.set(address, left)
        else this.#perAddress.delete(address)
      })
    })
    this.#server.maxConnections = MAX_CONNECTIONS
  }

  /** @returns the port. @throws AnchorError room-server.port-busy | room-server.failed */
  listen(host: string, port: number): Promise<number> {
    return listen(this.#server, host, port, 'RTMP')
  }

  /** Ends all connections and lets none in for so long: the line is cut. */
  cut(forMs: number): void {
    if (this.#cut !== null) clearTimeout(this.#cut)
    this.#cut = setTimeout(() => (this.#cut = null), forMs)
    for (const session of this.#sessions) session.close()
  }

  async close(): Promise<void> {
    if (this.#cut !== null) clearTimeout(this.#cut)
    for (const session of this.#sessions) session.close()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }
}

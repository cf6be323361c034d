import type { IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import type { Duplex } from 'node:stream'
import type { RequestOrigin } from '../request-origin'
import { refuseUpgrade } from '../upgrades'
import { awaitLeader, type Leading, type ReadyLeader } from './await-leader'
import { FORWARDED_HEADER, signForwarded } from './forwarded-header'
import { endOf, isOfProxies } from './hop'

/** As many as the leader has room for; each holds what is on its way, and no more. */
const MAX_LINES = 1_024
const CONNECT_MS = 3_000

export interface LineForwarderOptions {
  readonly leadership: Leading
  /** How long one is held while nobody leads. */
  readonly holdMs: number
  /** How long the leader may take to be connected with; left out: 3 s. */
  readonly connectMs?: number
  /** Left out: over the network. */
  readonly connect?: (end: ReturnType<typeof endOf>) => Socket
  /** One was joined. */
  joined(): void
}

/** Hands WebSockets on to the leader: joins their two ends, for as long as it leads. */
export class LineForwarder {
  readonly #options: LineForwarderOptions
  readonly #ends = new Set<Duplex>()
  #lines = 0

  constructor(options: LineForwarderOptions) {
    this.#options = options
  }

  async forward(request: IncomingMessage, socket: Duplex, head: Buffer, origin: RequestOrigin): Promise<void> {
    if (this.#lines >= MAX_LINES) return refuseUpgrade(socket, '503 Service Unavailable')
    this.#lines += 1
    socket.once('close', () => (this.#lines -= 1))
    const leader = await awaitLeader(this.#options.leadership, performance.now() + this.#options.holdMs)
    if (socket.destroyed) return
    if (leader === null) return refuseUpgrade(socket, '503 Service Unavailable')
    this.#join(leader, socket, request, head, origin)
  }

  close(): void {
    for (const end of this.#ends) end.destroy()
  }

  #join(leader: ReadyLeader, socket: Duplex, request: IncomingMessage, head: Buffer, origin: RequestOrigin): void {
    const { leadership, connectMs = CONNECT_MS, joined } = this.#options
    const upstream = (this.#options.connect ?? connect)(endOf(leader.address))
    let isJoined = false
    const timer = setTimeout(() => upstream.destroy(), connectMs)
    // What another leader has is another line: whoever is at the end opens it, and must see first that this one is over.
    const stop = leadership.onChange(() => {
      if (leadership.leader?.epoch !== leader.epoch) upstream.destroy()
    })
    for (const end of [socket, upstream]) {
      this.#ends.add(end)
      end.on('error', () => end.destroy())
      end.once('close', () => this.#ends.delete(end))
    }
    socket.once('close', () => upstream.destroy())
    upstream.once('close', () => {
      clearTimeout(timer)
      stop()
      if (isJoined) socket.destroy()
      else if (!socket.destroyed) refuseUpgrade(socket, '503 Service Unavailable')
    })
    upstream.once('connect', () => {
      clearTimeout(timer)
      isJoined = true
      joined()
      upstream.write(firstLines(request, signForwarded(leader.secret, request, origin, Date.now())))
      upstream.write(head)
      socket.pipe(upstream).pipe(socket)
    })
  }
}

/** The request as it came, but for what is said of whom it is from. */
function firstLines({ method, url, rawHeaders }: IncomingMessage, forwarded: string): string {
  const lines = [`${method ?? 'GET'} ${url ?? '/'} HTTP/1.1`]
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? ''
    if (name.toLowerCase() !== FORWARDED_HEADER && !isOfProxies(name.toLowerCase())) lines.push(`${name}: ${rawHeaders[at + 1] ?? ''}`)
  }
  return `${[...lines, `${FORWARDED_HEADER}: ${forwarded}`].join('\r\n')}\r\n\r\n`
}

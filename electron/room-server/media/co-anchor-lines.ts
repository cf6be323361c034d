import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import { LINE_MESSAGE_MAX_BYTES, LINE_PATH, type IceServer, type LineRequest } from '../../shared/co-anchor-line'
import { JOIN_WINDOW_ORIGIN } from '../../shared/join-link'
import { STAGE_ORIGIN } from '../../shared/origins'
import { originOf } from '../request-origin'
import { isSameOrigin, refuseUpgrade, type Upgrades } from '../upgrades'
import { Line } from './line'
import { LineRoom } from './line-room'
import type { LineTime } from './line-time'
import type { LineCaller, SeatDesk } from './seat-desk'
import { SeatKeeper } from './seat-keeper'

/** Nine a room are in use; the rest are of whoever knocks. */
const MAX_LINES = 1_024
const MAX_LINES_PER_ADDRESS = 128
const MAX_ROOM_CHARS = 64

export interface CoAnchorLinesOptions {
  readonly desk: SeatDesk
  readonly time: LineTime
  /** At first. Told to every page: how they find a way to each other outside of the local network. */
  readonly iceServers: readonly IceServer[]
  log(level: 'info' | 'warn', message: string): void
}

/** The lines between the stage and the co-anchors, of all rooms (electron/shared/co-anchor-line.ts). */
export class CoAnchorLines {
  readonly #options: CoAnchorLinesOptions
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: LINE_MESSAGE_MAX_BYTES, perMessageDeflate: false, clientTracking: false })
  readonly #rooms = new Map<string, LineRoom>()
  /** With the addresses that they are from. */
  readonly #lines = new Map<Line, string>()
  /** Whose they are, once they have said so. */
  readonly #callers = new Map<Line, LineCaller>()
  readonly #keeper: SeatKeeper
  readonly #removals = new Set<Promise<void>>()
  #stopFollowing: () => void = () => undefined
  readonly #stopSessions: () => void
  #iceServers: readonly IceServer[]
  #closed = false

  constructor(options: CoAnchorLinesOptions) {
    this.#options = options
    this.#iceServers = options.iceServers
    this.#stopSessions = options.desk.onOver(() => this.#endThoseThatAreOver())
    this.#keeper = new SeatKeeper(options.time, (roomId, userId) => this.#remove(roomId, userId))
  }

  serveOn(upgrades: Upgrades): void {
    upgrades.serve(LINE_PATH, (request, socket, head) => this.#upgrade(request, socket, head))
  }

  /** From now on a place has to be used. */
  start(): void {
    const { desk } = this.#options
    this.#stopFollowing = desk.onChange((roomId) => this.#follow(roomId))
    for (const roomId of desk.rooms()) this.#follow(roomId)
  }

  /** Everybody is told; calls that stand go on as they were made. */
  setIceServers(iceServers: readonly IceServer[]): void {
    this.#iceServers = iceServers
    for (const room of this.#rooms.values()) room.welcomeAgain()
  }

  /** Ends all lines and clocks. Nobody loses a place by it. */
  async close(): Promise<void> {
    this.#closed = true
    this.#stopFollowing()
    this.#stopSessions()
    for (const line of this.#lines.keys()) line.drop()
    this.#keeper.close()
    await Promise.all(this.#removals)
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (!isOurs(request)) return refuseUpgrade(socket, '403 Forbidden')
    const roomId = new URLSearchParams((request.url ?? '').split('?')[1] ?? '').get('room') ?? ''
    if (roomId === '' || roomId.length > MAX_ROOM_CHARS) return refuseUpgrade(socket, '404 Not Found')
    const { address } = originOf(request)
    const own = [...this.#lines.values()].filter((one) => one === address).length
    if (this.#closed || own >= MAX_LINES_PER_ADDRESS || this.#lines.size >= MAX_LINES) return refuseUpgrade(socket, '503 Service Unavailable')
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => this.#open(webSocket, roomId, address))
  }

  #open(socket: WebSocket, roomId: string, address: string): void {
    let enter: ((request: LineRequest) => void) | null = null
    let isGreeted = false
    /** What is said while the hello is being looked at. */
    const early: LineRequest[] = []
    const line = new Line(socket, this.#options.time, {
      heard: (request) => {
        if (enter !== null) enter(request)
        else if (isGreeted) early.push(request)
        else if (request.type !== 'hello') line.end('malformed')
        else {
          isGreeted = true
          line.greeted()
          this.#admit(line, roomId, request).then(
            (entered) => {
              enter = entered
              for (const one of early) if (!line.over) entered?.(one)
            },
            (error: unknown) => {
              this.#options.log('warn', `a co-anchor's line was not opened: ${error instanceof Error ? error.message : String(error)}`)
              line.drop()
            },
          )
        }
      },
      gone: () => {
        this.#callers.delete(line)
        const room = this.#rooms.get(roomId)
        room?.leave(line)
        if (room?.empty === true) this.#rooms.delete(roomId)
      },
      closed: () => void this.#lines.delete(line),
    })
    this.#lines.set(line, address)
  }

  /** @returns what takes the line's further words; null = the line is over */
  async #admit(line: Line, roomId: string, hello: Extract<LineRequest, { type: 'hello' }>): Promise<((request: LineRequest) => void) | null> {
    const { desk } = this.#options
    const isIn = (id: string): boolean => desk.entries(roomId).some((entry) => entry.userId === id)
    const refuse = (reason: Parameters<Line['end']>[0]): null => {
      line.end(reason)
      return null
    }
    const caller = desk.caller(roomId, hello.token)
    if (typeof caller === 'string') return refuse(caller)
    const { userId } = caller
    this.#callers.set(line, caller)
    if (hello.as === 'stage') {
      if (!caller.mayBeStage) return refuse('not-admitted')
      const room = this.#room(roomId)
      line.speaksToAll()
      room.enterStage(line, userId, hello.way ?? 'stage')
      return (request) => room.fromStage(line, request)
    }
    if (!isIn(userId) && caller.byLink) {
      const refusal = await desk.admitByLink(roomId, userId)
      if (refusal !== null) return refuse(refusal)
    }
    if (line.over) return null
    // Also whoever was let in may have been sent away in this moment.
    if (!isIn(userId)) return refuse('not-admitted')
    const room = this.#room(roomId)
    this.#keeper.stop(roomId, userId)
    room.enter(line, userId, hello.as === 'room')
    return (request) => room.fromCoAnchor(line, userId, request)
  }

  #endThoseThatAreOver(): void {
    for (const [line, caller] of this.#callers) if (caller.isOver()) line.end('bad-token')
  }

  #room(roomId: string): LineRoom {
    const { desk, time, log } = this.#options
    const known = this.#rooms.get(roomId)
    if (known !== undefined) return known
    const made = new LineRoom({
      roomId,
      desk,
      time,
      iceServers: () => this.#iceServers,
      missingSinceMs: (userId) => this.#keeper.sinceMs(roomId, userId),
      lost: (userId) => this.#keeper.lost(roomId, userId),
      warn: (message) => log('warn', message),
    })
    this.#rooms.set(roomId, made)
    return made
  }

  #follow(roomId: string): void {
    const room = this.#rooms.get(roomId)
    const userIds = this.#options.desk.entries(roomId).map(({ userId }) => userId)
    this.#keeper.follow(roomId, userIds, (userId) => room?.has(userId) === true)
    room?.follow()
  }

  #remove(roomId: string, userId: string): void {
    const removal = this.#options.desk
      .remove(roomId, userId)
      .catch((error: unknown) => {
        this.#options.log('warn', `a place that nobody uses was not taken away: ${error instanceof Error ? error.message : String(error)}`)
        // The disk, perhaps: tried again.
        if (!this.#closed) this.#keeper.lost(roomId, userId)
      })
      .finally(() => this.#removals.delete(removal))
    this.#removals.add(removal)
  }
}

/** Programs send no Origin. No page of the web has the app's own: the stage's, and that of its co-anchor's window. */
function isOurs(request: IncomingMessage): boolean {
  const { origin } = request.headers
  return origin === undefined || origin === STAGE_ORIGIN || origin === JOIN_WINDOW_ORIGIN || isSameOrigin(request)
}

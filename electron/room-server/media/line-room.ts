import type { GuestChecks, IceServer, LineRequest } from '../../shared/co-anchor-line'
import type { SeatTableView } from '../../shared/seats'
import type { Line } from './line'
import type { LineTime } from './line-time'
import type { SeatDesk } from './seat-desk'
import type { ShowEngine } from '../../shared/show-engine'

interface Person {
  readonly line: Line
  readonly sinceMs: number
  /** The stage of another room. */
  readonly room: boolean
  checks: GuestChecks | null
  /** The own entry as it was told, as text. */
  told: string
  /** In whose company this one was told to be, as text. */
  toldCompany: string
}

interface Stage {
  readonly line: Line
  readonly userId: string
  table: SeatTableView | null
  /** By user id: what was told of the line, as text. */
  readonly told: Map<string, string>
}

export interface LineRoomParts {
  readonly roomId: string
  readonly desk: SeatDesk
  readonly time: LineTime
  iceServers(): readonly IceServer[]
  /** Since when somebody's line is missing; null = it is not, or there is no place any more. */
  missingSinceMs(userId: string): number | null
  /** Somebody of the seats has no line any more. */
  lost(userId: string): void
  warn(message: string): void
}

/** The lines of one room: the stage's, and one of each person who has a place. Nothing goes from one co-anchor to another. */
export class LineRoom {
  readonly #parts: LineRoomParts
  readonly #people = new Map<string, Person>()
  #stage: Stage | null = null
  /** As the last stage said it, and who that was; the pages' media outlives a stage that comes back. null = no stage was there. */
  #way: { readonly way: ShowEngine; readonly anchor: string } | null = null

  constructor(parts: LineRoomParts) {
    this.#parts = parts
  }

  get empty(): boolean {
    return this.#stage === null && this.#people.size === 0
  }

  has(userId: string): boolean {
    return this.#people.has(userId)
  }

  /** The stage is there; one that was there before is void. */
  enterStage(line: Line, userId: string, way: ShowEngine): void {
    const before = this.#stage
    this.#stage = { line, userId, table: null, told: new Map() }
    before?.line.end('replaced')
    this.#welcome(line, userId)
    if (before !== null) this.#tellPeople({ type: 'stage', present: false })
    this.#takeWay(way, userId)
    this.#tellPeople({ type: 'stage', present: true })
    this.#tellTable()
  }

  /** Somebody who has a place is there. */
  enter(line: Line, userId: string, room: boolean): void {
    const before = this.#people.get(userId)
    this.#people.set(userId, { line, sinceMs: this.#parts.time.nowMs(), room, checks: null, told: '', toldCompany: '' })
    before?.line.end('replaced')
    this.#welcome(line, userId)
    if (this.#way !== null && !room) line.say({ type: 'way', way: this.#way.way })
    line.say({ type: 'stage', present: this.#stage !== null })
    this.#tellOwnEntries()
    this.#tellCompany()
    this.#tellLines()
  }

  /** A line is over. */
  leave(line: Line): void {
    if (this.#stage?.line === line) {
      this.#stage = null
      this.#tellPeople({ type: 'stage', present: false })
    }
    for (const [userId, person] of this.#people) {
      if (person.line !== line) continue
      this.#people.delete(userId)
      if (this.#isIn(userId)) this.#parts.lost(userId)
      this.#tellLines()
    }
  }

  /** The seats have changed. */
  follow(): void {
    for (const [userId, { line }] of this.#people) if (!this.#isIn(userId)) line.end('removed')
    this.#tellOwnEntries()
    this.#tellCompany()
    this.#tellTable()
  }

  /** The servers that a welcome names are others. */
  welcomeAgain(): void {
    if (this.#stage !== null) this.#welcome(this.#stage.line, this.#stage.userId)
    for (const [userId, { line }] of this.#people) this.#welcome(line, userId)
  }

  /** What the stage says. */
  fromStage(line: Line, request: LineRequest): void {
    switch (request.type) {
      case 'signal':
        if (request.to === null) return line.end('malformed')
        this.#people.get(request.to)?.line.say({ type: 'signal', from: null, call: request.call, signal: request.signal })
        return
      case 'wish':
        if (request.to === null) return line.end('malformed')
        this.#people.get(request.to)?.line.say({ type: 'wish', wish: request.wish })
        return
      case 'talk':
        this.#people.get(request.to)?.line.say({ type: 'talk', on: request.on })
        return
      case 'way':
        if (this.#stage?.line === line) this.#takeWay(request.way, this.#stage.userId)
        return
      case 'hello':
      case 'checks':
        line.end('malformed')
    }
  }

  /** What a co-anchor says; `userId` is whose line it is. */
  fromCoAnchor(line: Line, userId: string, request: LineRequest): void {
    switch (request.type) {
      case 'signal':
        if (request.to !== null) return line.end('malformed')
        this.#stage?.line.say({ type: 'signal', from: userId, call: request.call, signal: request.signal })
        return
      case 'checks': {
        const person = this.#people.get(userId)
        if (person !== undefined) person.checks = request.checks
        this.#stage?.line.say({ type: 'checks', from: userId, checks: request.checks })
        return
      }
      case 'wish':
        // A co-anchor's page gets the program, which is made once for all of them.
        if (request.to !== null || this.#people.get(userId)?.room !== true) return line.end('malformed')
        this.#stage?.line.say({ type: 'wish', from: userId, wish: request.wish })
        return
      case 'hello':
      case 'talk':
      case 'way':
        line.end('malformed')
    }
  }

  #isIn(userId: string): boolean {
    return this.#parts.desk.entries(this.#parts.roomId).some((entry) => entry.userId === userId)
  }

  #welcome(line: Line, userId: string): void {
    line.say({ type: 'welcome', userId, iceServers: [...this.#parts.iceServers()] })
  }

  #tellPeople(news: { readonly type: 'stage'; readonly present: boolean }): void {
    for (const { line } of this.#people.values()) line.say(news)
  }

  /** Another room's stage has a call with the one here, whichever way the program goes. */
  #takeWay(way: ShowEngine, anchor: string): void {
    const same = this.#way?.way === way
    this.#way = { way, anchor }
    if (!same)
      for (const person of this.#people.values()) {
        if (person.room) continue
        person.toldCompany = ''
        person.line.say({ type: 'way', way })
      }
    this.#tellCompany()
  }

  /** In a TRTC room everybody reaches everybody: the pages are told whom to hear. */
  #tellCompany(): void {
    if (this.#way?.way !== 'trtc') return
    const { anchor } = this.#way
    const { desk, roomId } = this.#parts
    const onAir = desk.entries(roomId).filter(({ seat, muted }) => seat > 0 && !muted)
    for (const [own, person] of this.#people) {
      const news = { type: 'company' as const, anchor, heard: onAir.flatMap(({ userId }) => (userId === own ? [] : [desk.trtcUserId(roomId, userId)])) }
      const now = JSON.stringify(news)
      if (person.room || person.toldCompany === now) continue
      person.toldCompany = now
      person.line.say(news)
    }
  }

  #tellOwnEntries(): void {
    for (const entry of this.#parts.desk.entries(this.#parts.roomId)) {
      const person = this.#people.get(entry.userId)
      const now = JSON.stringify(entry)
      if (person === undefined || person.told === now) continue
      person.told = now
      person.line.say({ type: 'seat', entry })
    }
  }

  #tellTable(): void {
    const { roomId, desk, warn } = this.#parts
    const stage = this.#stage
    if (stage === null) return
    desk.view(roomId).then(
      (table) => {
        // Names are looked up: an older table may be ready after a newer one.
        if (stage !== this.#stage || table.rev < (stage.table?.rev ?? 0)) return
        stage.table = table
        stage.line.say({ type: 'seats', table })
        this.#tellLines()
      },
      (error: unknown) => warn(`the seats of ${roomId} were not told to the stage: ${error instanceof Error ? error.message : String(error)}`),
    )
  }

  /** Whose page is there and whose is not, to the stage, where that changed. */
  #tellLines(): void {
    const stage = this.#stage
    if (stage === null || stage.table === null) return
    const userIds = stage.table.entries.map(({ userId }) => userId)
    for (const userId of stage.told.keys()) if (!userIds.includes(userId)) stage.told.delete(userId)
    for (const userId of userIds) {
      const person = this.#people.get(userId)
      const sinceMs = person?.sinceMs ?? this.#parts.missingSinceMs(userId)
      // About to lose the place.
      if (sinceMs === null) continue
      const room = person?.room ?? false
      const now = `${person !== undefined} ${sinceMs} ${room}`
      if (stage.told.get(userId) === now) continue
      stage.told.set(userId, now)
      stage.line.say({ type: 'line', userId, open: person !== undefined, sinceMs, room })
      if (person?.checks) stage.line.say({ type: 'checks', from: userId, checks: person.checks })
    }
  }
}

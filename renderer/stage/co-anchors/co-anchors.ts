import {
  coAnchorsSchema,
  NO_CO_ANCHORS,
  type CoAnchorMedia,
  type CoAnchors as Told,
  type GuestChecks,
  type IceServer,
  type LineNews,
  type Signal,
  type Wish,
} from '../../../electron/shared/co-anchor-line'
import { FIRST_WISH } from '../../../electron/shared/picture-plan'
import { largestPlace } from '../../../electron/shared/seat-layout'
import type { SeatTableView } from '../../../electron/shared/seats'
import type { StageLine as Address } from '../../../electron/shared/room-link'
import type { SourceReading, ToWorker } from '../worker-protocol'
import { Call, type CallOptions } from './call'
import { Loudspeaker } from './loudspeaker'
import { PictureWish, type ProgramPace } from './picture-wish'
import { StageLine } from './stage-line'
import type { ShowEngine } from '../../../electron/shared/show-engine'

const TELL_AFTER_MS = 100
const READ_LINES_EVERY_MS = 2_000
/** After an end that was not meant for good. */
const LINE_AGAIN_MS = 2_000
/** Each call costs a connection: one page may not begin them faster. */
const CALL_EVERY_MS = 400
/** Without a picture for so long, and without a line, somebody is gone. */
const STALE_MS = 2_000

export interface CoAnchorsOptions {
  send(message: ToWorker, transfer?: Transferable[]): void
  onTold(coAnchors: Told): void
  /** The token does not hold any more. */
  onRefused(): void
  log(level: 'info' | 'warn', message: string): void
}

interface Person {
  call: Call | null
  /** Where the mix-minus goes; made once, each call sends it. */
  readonly sound: MediaStreamTrackGenerator<AudioData>
  readonly loudspeaker: Loudspeaker
  /** The stage of another room is on the line: it gets the scene, and not the program. */
  room: boolean
  open: boolean
  sinceMs: number
  wasConnected: boolean
  checks: GuestChecks | null
  /** When the last call began, milliseconds of this page. */
  calledAtMs: number
  /** What was wished of the picture last. */
  wished: string
  /** What the stage of another room has a use for. */
  wish: Wish
  rttMs: number | null
  loss: number | null
  reading: SourceReading | null
}

/**
 * The co-anchors as the stage meets them: the line to the room server, a call to each, their media into the program and the program back to them. Owns
 * all of that, and three timers.
 */
export class CoAnchors {
  readonly #options: CoAnchorsOptions
  readonly #people = new Map<string, Person>()
  #line: StageLine | null = null
  #table: SeatTableView | null = null
  #iceServers: Extract<LineNews, { type: 'welcome' }>['iceServers'] = []
  /** The program's picture for all of them. */
  #picture: MediaStreamTrackGenerator<VideoFrame> | null = null
  #scene: MediaStreamTrackGenerator<VideoFrame> | null = null
  #way: ShowEngine = 'stage'
  #hearing: string | null = null
  #talkingTo: string | null = null
  #tellTimer: ReturnType<typeof setTimeout> | null = null
  #readTimer: ReturnType<typeof setInterval> | null = null
  #againTimer: ReturnType<typeof setTimeout> | null = null
  #staged = ''
  readonly #wish = new PictureWish()

  constructor(options: CoAnchorsOptions) {
    this.#options = options
  }

  /** @param address null = there is no room */
  connect(address: Address | null): void {
    if (this.#againTimer !== null) clearTimeout(this.#againTimer)
    this.#againTimer = null
    this.#line?.close()
    this.#line = null
    if (address === null) {
      this.#seats(null)
      return
    }
    this.#line = new StageLine({
      address,
      way: () => this.#way,
      onNews: (news) => this.#heard(news),
      // Calls that stand go on without it; who comes and goes is known when it is back.
      onBroken: () => this.#options.log('info', 'the line to the room server broke'),
      onEnded: (reason) => {
        this.#options.log('warn', `the room server ended the stage's line: ${reason}`)
        if (reason === 'bad-token') this.#options.onRefused()
        // Without a line nobody could be taken off the air any more. Whoever took this one's place keeps it.
        else if (reason !== 'replaced') this.#againTimer = setTimeout(() => this.connect(address), LINE_AGAIN_MS)
      },
      log: (message) => this.#options.log('warn', message),
    })
  }

  /** By TRTC the co-anchors' pages do not call, and those that stand are over; the calls with other rooms are not touched. */
  setWay(way: ShowEngine): void {
    if (way === this.#way) return
    this.#way = way
    this.#line?.send({ type: 'way', way })
    if (way === 'trtc')
      for (const person of this.#people.values()) {
        if (person.room) continue
        person.call?.close()
        person.call = null
      }
    this.#stage()
    this.#tell()
  }

  hear(userId: string | null): void {
    this.#hearing = userId
    this.#applySound()
    this.#tell()
  }

  talkTo(userId: string | null): void {
    if (userId === this.#talkingTo || (userId !== null && !this.#people.has(userId))) return
    if (this.#talkingTo !== null) this.#line?.send({ type: 'talk', to: this.#talkingTo, on: false })
    this.#talkingTo = userId
    if (userId !== null) this.#line?.send({ type: 'talk', to: userId, on: true })
    this.#options.send({ type: 'talk-to', userId })
    this.#tell()
  }

  /** What the worker saw of their pictures, and how the program goes. */
  measured(readings: Readonly<Record<string, SourceReading>>, pace: Omit<ProgramPace, 'onAir' | 'tileHeight'>, programHeight: number): void {
    const seated = this.#table?.entries.filter(({ seat }) => seat > 0) ?? []
    const tileHeight = largestPlace(this.#table?.layout ?? 'solo', seated) * programHeight
    if (this.#wish.measured({ ...pace, onAir: seated.length, tileHeight }, performance.now()))
      this.#options.log('info', `co-anchors on the air: ${this.#wish.of(true).maxHeight}p${this.#wish.of(true).maxFps}`)
    for (const [userId, person] of this.#people) person.reading = readings[userId] ?? null
    if (this.#people.size === 0) return
    this.#wishAll()
    this.#stage()
    this.#tell()
  }

  #heard(news: LineNews): void {
    switch (news.type) {
      case 'welcome':
        this.#iceServers = news.iceServers
        break
      case 'seats':
        this.#seats(news.table)
        break
      case 'line':
        this.#lineIs(news)
        break
      case 'checks': {
        const person = this.#people.get(news.from)
        if (person !== undefined) person.checks = news.checks
        break
      }
      case 'signal':
        if (news.from !== null) this.#signalled(news.from, news.call, news.signal)
        break
      case 'wish': {
        const person = news.from === undefined ? undefined : this.#people.get(news.from)
        if (person === undefined) break
        person.wish = news.wish
        person.call?.wish(news.wish)
        break
      }
      // These are for the co-anchors.
      case 'stage':
      case 'way':
      case 'company':
      case 'seat':
      case 'talk':
      case 'bye':
        break
    }
    this.#tell()
  }

  #seats(table: SeatTableView | null): void {
    this.#table = table
    const entries = table?.entries ?? []
    for (const userId of [...this.#people.keys()]) if (!entries.some((entry) => entry.userId === userId)) this.#gone(userId)
    for (const { userId } of entries) if (!this.#people.has(userId)) this.#people.set(userId, this.#newPerson(userId))
    this.#stage()
    this.#wishAll()
    this.#applySound()
    this.#readTimer ??= setInterval(() => void this.#readLines(), READ_LINES_EVERY_MS)
    if (this.#people.size === 0) {
      clearInterval(this.#readTimer)
      this.#readTimer = null
    }
    this.#tell()
  }

  #newPerson(userId: string): Person {
    const person: Person = {
      call: null,
      sound: new MediaStreamTrackGenerator<AudioData>({ kind: 'audio' }),
      loudspeaker: new Loudspeaker((message) => this.#options.log('warn', message)),
      room: false,
      open: false,
      sinceMs: Date.now(),
      wasConnected: false,
      checks: null,
      calledAtMs: -Infinity,
      wished: '',
      wish: FIRST_WISH,
      rttMs: null,
      loss: null,
      reading: null,
    }
    const { writable } = person.sound
    this.#options.send({ type: 'guest-return', userId, samples: writable }, [writable])
    return person
  }

  #programPicture(): MediaStreamTrackGenerator<VideoFrame> {
    if (this.#picture === null) {
      this.#picture = new MediaStreamTrackGenerator<VideoFrame>({ kind: 'video' })
      const { writable } = this.#picture
      this.#options.send({ type: 'program-return', frames: writable }, [writable])
    }
    return this.#picture
  }

  #lineIs({ userId, open, sinceMs, room }: Extract<LineNews, { type: 'line' }>): void {
    const person = this.#people.get(userId)
    if (person === undefined) return
    person.open = open
    if (open) person.room = room
    person.sinceMs = sinceMs
    // A page that is there anew knows of no wish.
    person.wished = ''
    this.#wishAll()
    if (this.#talkingTo === userId && open) this.#line?.send({ type: 'talk', to: userId, on: true })
    this.#stage()
  }

  #signalled(userId: string, callId: string, signal: Extract<LineNews, { type: 'signal' }>['signal']): void {
    const person = this.#people.get(userId)
    if (person === undefined) return
    if (this.#way === 'trtc' && !person.room) return
    if (person.call?.id !== callId) {
      // Only an offer begins a call; the rest is late for an earlier one.
      if (!('description' in signal) || signal.description.type !== 'offer') return
      const now = performance.now()
      if (now - person.calledAtMs < CALL_EVERY_MS) return
      person.calledAtMs = now
      person.call?.close()
      person.call = this.#newCall(userId, callId, person)
    }
    person.call.take(signal)
  }

  /** The anchor's own scene, for other rooms. */
  scenePicture(): MediaStreamTrackGenerator<VideoFrame> {
    if (this.#scene === null) {
      this.#scene = new MediaStreamTrackGenerator<VideoFrame>({ kind: 'video' })
      const { writable } = this.#scene
      this.#options.send({ type: 'scene-return', frames: writable }, [writable])
    }
    return this.#scene
  }

  /**
   * A call to another room in the name of its anchor, who has a place here: what comes is this one's picture and sound. `wish`: what the other room has a use for.
   * @returns null: the place is not there (yet)
   * @throws DOMException: the browser makes no connection with these servers; a call that stands goes on
   */
  callOut(userId: string, iceServers: readonly IceServer[], wish: Wish, onSignal: (call: string, signal: Signal) => void): Call | null {
    const person = this.#people.get(userId)
    if (person === undefined) return null
    const id = crypto.randomUUID()
    const call = this.#newCall(userId, id, person, { iceServers, picture: this.scenePicture(), wish, onSignal: (signal) => onSignal(id, signal) })
    person.call?.close()
    person.call = call
    call.offer()
    return call
  }

  #newCall(userId: string, id: string, person: Person, change: Partial<CallOptions> = {}): Call {
    const isCurrent = (): boolean => this.#people.get(userId) === person && person.call?.id === id
    return new Call({
      id,
      iceServers: this.#iceServers,
      picture: person.room ? this.scenePicture() : this.#programPicture(),
      sound: person.sound,
      wish: person.room ? person.wish : null,
      onSignal: (signal) => this.#line?.send({ type: 'signal', to: userId, call: id, signal }),
      onTrack: (track) => {
        if (isCurrent()) this.#newTrack(userId, person, track)
      },
      onState: (state) => {
        if (!isCurrent()) return
        person.wasConnected ||= state === 'connected'
        this.#stage()
        this.#tell()
      },
      log: (message) => this.#options.log('info', message),
      ...change,
    })
  }

  #newTrack(userId: string, person: Person, track: MediaStreamTrack): void {
    if (track.kind === 'video') {
      const frames = new MediaStreamTrackProcessor<VideoFrame>({ track, maxBufferSize: 2 }).readable
      this.#options.send({ type: 'guest-video', userId, frames }, [frames])
      return
    }
    const samples = new MediaStreamTrackProcessor<AudioData>({ track }).readable
    this.#options.send({ type: 'guest-audio', userId, samples }, [samples])
    person.loudspeaker.play(track)
    this.#applySound()
  }

  #gone(userId: string): void {
    const person = this.#people.get(userId)
    if (person === undefined) return
    this.#people.delete(userId)
    person.call?.close()
    person.loudspeaker.close()
    person.sound.stop()
    this.#options.send({ type: 'guest-return-ended', userId })
    if (this.#hearing === userId) this.#hearing = null
    if (this.#talkingTo === userId) {
      this.#talkingTo = null
      this.#options.send({ type: 'talk-to', userId: null })
    }
  }

  /** The anchor hears those on the air, and one of the greenroom at will. */
  #applySound(): void {
    for (const { userId, seat } of this.#table?.entries ?? []) this.#people.get(userId)?.loudspeaker.setHeard(seat > 0 || userId === this.#hearing)
  }

  #stage(): void {
    const guests = (this.#table?.entries ?? []).map(({ userId, nick, seat, muted, volume, spotlight }) => ({
      ...{ userId, nick, seat, muted, volume, spotlight },
      lost: this.#mediaOf(userId) === 'lost',
    }))
    const message = { type: 'guests' as const, layout: this.#table?.layout ?? 'solo', guests }
    const key = JSON.stringify(message)
    if (key === this.#staged) return
    this.#staged = key
    this.#options.send(message)
  }

  #wishAll(): void {
    for (const { userId, seat } of this.#table?.entries ?? []) {
      const person = this.#people.get(userId)
      const wish = this.#wish.of(seat > 0)
      const key = JSON.stringify(wish)
      if (person === undefined || !person.open || person.wished === key) continue
      person.wished = key
      this.#line?.send({ type: 'wish', to: userId, wish })
    }
  }

  #mediaOf(userId: string): CoAnchorMedia['state'] {
    const person = this.#people.get(userId)
    if (person === undefined) return 'waiting'
    // Media that flows counts more than the line: that may break with the room server. A page that is gone takes seconds to be missed by its call.
    const flows = person.call?.state === 'connected'
    if (flows && (person.open || (person.reading?.ageMs ?? 0) < STALE_MS)) return 'connected'
    if (!person.open) return person.wasConnected ? 'lost' : 'waiting'
    return 'connecting'
  }

  async #readLines(): Promise<void> {
    for (const person of [...this.#people.values()]) {
      if (person.call?.state !== 'connected') continue
      const { rttMs, loss } = await person.call.reading()
      person.rttMs = rttMs
      person.loss = loss
    }
  }

  #tell(): void {
    this.#tellTimer ??= setTimeout(() => {
      this.#tellTimer = null
      this.#options.onTold(this.#told())
    }, TELL_AFTER_MS)
  }

  #told(): Told {
    if (this.#table === null) return NO_CO_ANCHORS
    const media = Object.fromEntries(
      [...this.#people].map(([userId, { reading, rttMs, loss, checks, sinceMs }]) => {
        const state = this.#mediaOf(userId)
        const { width = 0, height = 0, fps = 0 } = state === 'connected' ? (reading ?? {}) : {}
        return [userId, { state, lostAtMs: state === 'lost' ? sinceMs : null, width, height, fps: Math.round(fps), rttMs, loss, checks }]
      }),
    )
    return coAnchorsSchema.parse({ table: this.#table, media, hearing: this.#hearing, talkingTo: this.#talkingTo })
  }
}

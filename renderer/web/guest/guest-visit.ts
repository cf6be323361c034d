import { ADMISSION_GRACE_MS, type GuestChecks, type IceServer, type LineNews, type Wish } from '../../../electron/shared/co-anchor-line'
import { FIRST_WISH } from '../../../electron/shared/picture-plan'
import { RoomApiError } from '../../room/api-request'
import type { SessionSource } from '../../room/session'
import { lineFacts, type LineFacts } from './checks'
import type { CoAnchorLine, LineHandlers } from './co-anchor-line'
import type { Identity } from './guest-memory'
import { guestRefusal } from './guest-refusal'
import { nextState, START, type GuestEvent, type GuestState } from './guest-state'
import type { MediaKind } from './own-media'
import type { SeatApi } from './seat-api'
import { StageCall, type CallOptions } from './stage-call'
import { loadTrtcSdk } from './trtc/trtc-sdk'
import { TrtcVisit, type TrtcVisitOptions } from './trtc/trtc-visit'
import type { ShowEngine } from '../../../electron/shared/show-engine'

const AWAY_AGAIN_MS = 2_000
const NOT_YET_AGAIN_MS = 700
const TOO_FAST_AGAIN_MS = 4_000
/** Pauses between two calls, milliseconds; the last one goes on. */
const CALLS_MS = [500, 1_000, 2_000, 4_000] as const

export interface GuestVisitOptions {
  readonly identity: Pick<Identity, 'ready' | 'forget'>
  readonly session: SessionSource
  readonly seats: SeatApi
  readonly makeLine: (handlers: LineHandlers) => Pick<CoAnchorLine, 'open' | 'send' | 'renew' | 'close'>
  readonly makeCall?: (options: CallOptions) => StageCall
  readonly makeTrtc?: (options: TrtcVisitOptions) => TrtcVisit
  onState(state: GuestState): void
  /** The program as it comes back; null = there is no call. */
  onProgram(stream: MediaStream | null): void
  /** Resolves when the camera gives what it will give. */
  onWish(wish: Wish): Promise<void>
}

/** One co-anchor's visit: comes in, keeps the place, the line, and the way of the media: the call to the stage, or the show's TRTC room. Owns all of them and the timers between. */
export class GuestVisit {
  readonly #options: GuestVisitOptions
  readonly #line: ReturnType<GuestVisitOptions['makeLine']>
  readonly #trtc: TrtcVisit
  #state: GuestState = START
  #timer: ReturnType<typeof setTimeout> | null = null
  #call: StageCall | null = null
  #callTimer: ReturnType<typeof setTimeout> | null = null
  #callAttempt = 0
  #iceServers: readonly IceServer[] = []
  #wish: Wish = FIRST_WISH
  #tracks: { audio: MediaStreamTrack | null; video: MediaStreamTrack | null } = { audio: null, video: null }
  #checks: GuestChecks | null = null
  /** Since when one waits to be let in, milliseconds; null = one does not. */
  #waitingSinceMs: number | null = null
  #closed = false

  constructor(options: GuestVisitOptions) {
    this.#options = options
    this.#trtc = (options.makeTrtc ?? ((made: TrtcVisitOptions) => new TrtcVisit(made)))({
      load: loadTrtcSdk,
      ticket: () => options.seats.ticket(options.session.token),
      onView: (view) => this.#dispatch({ type: 'trtc', view }),
      onProgram: (stream) => options.onProgram(stream),
    })
    this.#line = options.makeLine({
      token: async () => options.session.token,
      onNews: (news) => this.#hear(news),
      onState: (state) => this.#dispatch({ type: 'line', state }),
    })
  }

  get state(): GuestState {
    return this.#state
  }

  /** Whoever has a name comes in; others are asked for one. */
  start(): void {
    if (this.#options.session.named) void this.enter()
    else this.#dispatch({ type: 'name-wanted' })
  }

  /** @param nick '' = the one that was chosen before @returns the refusal of the name, to be said beside its field */
  async enter(nick = ''): Promise<RoomApiError | null> {
    const { session, seats, identity } = this.#options
    this.#stopTimer()
    this.#dispatch({ type: 'entering' })
    try {
      await session.open()
      if (nick !== '') await session.rename(nick)
      await seats.ready(session.token, identity.ready.get())
    } catch (error) {
      if (!(error instanceof RoomApiError)) throw error
      if (!this.#closed) return this.#notIn(error, nick)
      return null
    }
    if (this.#closed) return null
    this.#dispatch({ type: 'entered' })
    this.#line.open()
    return null
  }

  /** @returns null: it was heard */
  async ready(ready: boolean): Promise<RoomApiError | null> {
    const { session, seats, identity } = this.#options
    try {
      await seats.ready(session.token, ready)
      identity.ready.set(ready)
      return null
    } catch (error) {
      if (error instanceof RoomApiError) return error
      throw error
    }
  }

  /** The place is given up for good. */
  async leave(): Promise<void> {
    const { session, seats, identity } = this.#options
    this.#end()
    this.#dispatch({ type: 'left' })
    identity.forget()
    try {
      await seats.leave(session.token)
    } catch (error) {
      // Who has no place left has none to give up; what nobody hears ends with the line.
      if (!(error instanceof RoomApiError)) throw error
    }
  }

  /** Own picture or sound is another. */
  take(kind: MediaKind, track: MediaStreamTrack | null): void {
    this.#tracks[kind] = track
    if (this.#state.way === 'trtc') this.#trtc.take(kind, track)
    void this.#call?.replace(kind, track)
  }

  /** Switched off or on by its owner: the track itself says it to a call. */
  turn(kind: MediaKind, off: boolean): void {
    this.#trtc.turn(kind, off)
  }

  /** What comes by TRTC is played by its SDK. @param volume 0 … 1 @param speaker '' = the system's */
  play(volume: number, speaker: string): void {
    this.#trtc.setVolume(volume)
    this.#trtc.setSpeaker(speaker)
  }

  /** The page was touched: sound that waited for it may play. */
  hear(): Promise<void> {
    return this.#trtc.hear()
  }

  checks(checks: GuestChecks): void {
    this.#checks = checks
    this.#tellChecks()
  }

  /** Of the own line; null = there is none. */
  async facts(): Promise<Omit<LineFacts, 'connected'> | null> {
    if (this.#state.way === 'trtc') return this.#trtc.facts
    return this.#state.call === 'connected' && this.#call !== null ? lineFacts(await this.#call.stats()) : null
  }

  close(): void {
    this.#closed = true
    this.#end()
    this.#trtc.close()
    this.#options.session.close()
  }

  #end(): void {
    this.#stopTimer()
    this.#dropMedia()
    this.#line.close()
  }

  #notIn(error: RoomApiError, nick: string): RoomApiError | null {
    const again = (ms: number): null => {
      this.#timer = setTimeout(() => void this.enter(nick), ms)
      return null
    }
    if (error.passing) {
      this.#dispatch({ type: 'server-away' })
      return again(AWAY_AGAIN_MS)
    }
    if (error.code === 'seat.not-admitted' && this.#mayWait()) return again(NOT_YET_AGAIN_MS)
    if (nick !== '' && (error.code === 'text.refused' || error.code === 'request.invalid')) {
      this.#dispatch({ type: 'name-wanted' })
      return error
    }
    this.#refuse(error)
    return null
  }

  /** Somebody who was just let in may be here before the seats say so. */
  #mayWait(): boolean {
    this.#waitingSinceMs ??= Date.now()
    return Date.now() - this.#waitingSinceMs < ADMISSION_GRACE_MS
  }

  #refuse(error: RoomApiError): void {
    this.#waitingSinceMs = null
    this.#end()
    this.#dispatch({ type: 'refused', refusal: guestRefusal(error, this.#state.wasOpen) })
  }

  #hear(news: LineNews): void {
    const { way } = this.#state
    this.#dispatch({ type: 'news', news })
    switch (news.type) {
      case 'welcome':
        this.#waitingSinceMs = null
        this.#iceServers = news.iceServers
        this.#tellChecks()
        break
      case 'stage':
        this.#callAttempt = 0
        if (!news.present) break
        if (this.#state.way === 'trtc') this.#trtc.tryNow()
        else this.#newCall()
        break
      case 'way':
        if (news.way !== way) this.#go(news.way)
        break
      case 'company':
        this.#trtc.company({ anchor: news.anchor, heard: news.heard })
        break
      case 'seat':
        this.#trtc.mute(news.entry.muted)
        break
      case 'signal':
        void this.#call?.take(news.call, news.signal)
        break
      case 'wish':
        this.#wish = news.wish
        this.#trtc.apply(news.wish)
        // How much smaller the picture has to be depends on what the camera gives by then.
        void this.#options.onWish(news.wish).then(() => this.#call?.apply(this.#wish))
        break
      case 'bye':
        this.#afterBye(news.reason)
        break
      default:
    }
  }

  #afterBye(reason: Extract<LineNews, { type: 'bye' }>['reason']): void {
    this.#stopTimer()
    switch (reason) {
      case 'bad-token':
        this.#freshLine()
        break
      case 'not-admitted':
        if (this.#mayWait()) this.#timer = setTimeout(() => void this.enter(), NOT_YET_AGAIN_MS)
        else this.#refuse(new RoomApiError('refused', { code: 'seat.not-admitted' }))
        break
      case 'too-fast':
        this.#timer = setTimeout(() => this.#line.open(), TOO_FAST_AGAIN_MS)
        break
      default:
        this.#dropMedia()
    }
  }

  /** The program goes another way, perhaps in the middle of a show: the place stays, the media moves. */
  #go(way: ShowEngine): void {
    if (way === 'trtc') {
      this.#dropCall()
      for (const kind of ['audio', 'video'] as const) this.#trtc.take(kind, this.#tracks[kind])
      this.#trtc.want(true)
      return
    }
    this.#dropTrtc()
    this.#callAttempt = 0
    if (this.#state.stage) this.#newCall()
  }

  #dropMedia(): void {
    this.#dropCall()
    this.#dropTrtc()
  }

  #dropTrtc(): void {
    this.#trtc.want(false)
    for (const kind of ['audio', 'video'] as const) this.#trtc.take(kind, null)
  }

  #freshLine(): void {
    this.#options.session.fresh().then(
      () => (this.#closed ? undefined : this.#line.open()),
      (error: unknown) => {
        if (!(error instanceof RoomApiError)) throw error
        if (this.#closed) return
        if (error.passing) this.#timer = setTimeout(() => this.#freshLine(), AWAY_AGAIN_MS)
        else this.#refuse(error)
      },
    )
  }

  #newCall(): void {
    this.#dropCall()
    const makeCall = this.#options.makeCall ?? ((options: CallOptions) => new StageCall(options))
    const call = makeCall({
      iceServers: this.#iceServers,
      ...this.#tracks,
      wish: this.#wish,
      handlers: {
        send: (id, signal) => this.#line.send({ type: 'signal', to: null, call: id, signal }),
        onConnected: () => {
          this.#callAttempt = 0
          this.#dispatch({ type: 'call', state: 'connected' })
        },
        onFailed: (answered) => this.#callFailed(answered),
      },
    })
    this.#call = call
    this.#dispatch({ type: 'call', state: 'connecting' })
    this.#options.onProgram(call.program)
    void call.start()
  }

  #callFailed(answered: boolean): void {
    this.#dropCall()
    // Without a stage its return is waited for; without a line, the line's.
    if (!this.#state.stage || this.#state.line !== 'open') return
    const ms = CALLS_MS[Math.min(this.#callAttempt, CALLS_MS.length - 1)] ?? 4_000
    this.#callAttempt += 1
    this.#dispatch({ type: 'call', state: 'connecting' })
    this.#callTimer = setTimeout(() => (answered ? this.#newCall() : this.#line.renew()), ms)
  }

  #dropCall(): void {
    if (this.#callTimer !== null) clearTimeout(this.#callTimer)
    this.#callTimer = null
    const call = this.#call
    this.#call = null
    if (call === null) return
    call.close()
    this.#dispatch({ type: 'call', state: 'none' })
    this.#options.onProgram(null)
  }

  #tellChecks(): void {
    if (this.#checks !== null) this.#line.send({ type: 'checks', checks: this.#checks })
  }

  #dispatch(event: GuestEvent): void {
    const next = nextState(this.#state, event)
    if (next === this.#state) return
    this.#state = next
    if (!this.#closed) this.#options.onState(next)
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}

import type { Wish } from '../../../../electron/shared/co-anchor-line'
import type { TrtcTicket } from '../../../../electron/shared/trtc-ticket'
import { RoomApiError } from '../../../room/api-request'
import type { LineFacts } from '../checks'
import type { MediaKind } from '../own-media'
import { Company, type CompanyNews } from './company'
import { OwnPart } from './own-part'
import type { TrtcRoom, TrtcSdk } from './trtc-sdk'
import { goesOn, troubleOf } from './trtc-trouble'
import { NO_TRTC, type TrtcView } from './trtc-view'
import { OUTSIDE, stepStay, type StayEffect, type StayEvent, type TrtcStay } from './visit-machine'

export interface TrtcVisitOptions {
  load(): Promise<TrtcSdk>
  /** A fresh one: this person's own. @throws RoomApiError */
  ticket(): Promise<TrtcTicket>
  onView(view: TrtcView): void
  /** The anchor's picture; null = none. */
  onProgram(stream: MediaStream | null): void
}

/** Browsers list the system's own choice under this id. */
const SYSTEM_SPEAKER = 'default'

interface Stay {
  readonly room: TrtcRoom
  readonly company: Company
  /** Where the SDK plays it; '' = the system's. */
  speaker: string
}

/** The co-anchor's media by TRTC, as long as that is wanted: the SDK, the room, the own part and the others. Owns all of it, and its timer. */
export class TrtcVisit {
  readonly #options: TrtcVisitOptions
  readonly #own = new OwnPart({ onTrouble: (trouble) => this.#dispatch({ type: 'trouble', trouble }) })
  #state: TrtcStay = OUTSIDE
  #sdk: TrtcSdk | null = null
  #ticket: TrtcTicket | null = null
  #stay: Stay | null = null
  #news: CompanyNews | null = null
  #facts: Omit<LineFacts, 'connected'> = { rttMs: null, loss: null }
  #timer: ReturnType<typeof setTimeout> | null = null
  /** Of those whose sound waits for a touch of the page. */
  readonly #resumes = new Map<string, () => Promise<void>>()
  #preparations = 0
  #anchor = false
  #volume = 1
  #speaker = ''
  #told = JSON.stringify(NO_TRTC)

  constructor(options: TrtcVisitOptions) {
    this.#options = options
  }

  want(wanted: boolean): void {
    if (!wanted) this.#stopTimer()
    this.#dispatch({ type: 'want', wanted })
  }

  /** There is a reason to think that it goes now. */
  tryNow(): void {
    this.#stopTimer()
    this.#dispatch({ type: 'again' })
  }

  take(kind: MediaKind, track: MediaStreamTrack | null): void {
    this.#own.take(kind, track)
  }

  turn(kind: MediaKind, off: boolean): void {
    this.#own.turn(kind, off)
  }

  mute(muted: boolean): void {
    this.#own.mute(muted)
  }

  apply(wish: Wish): void {
    this.#own.apply(wish)
  }

  company(news: CompanyNews): void {
    this.#news = news
    this.#stay?.company.set(news)
  }

  setVolume(volume: number): void {
    this.#volume = volume
    this.#stay?.company.setVolume(volume)
  }

  /** @param deviceId '' = the system's */
  setSpeaker(deviceId: string): void {
    this.#speaker = deviceId
    void this.#applySpeaker()
  }

  /** By a touch of the page. */
  async hear(): Promise<void> {
    const stay = this.#stay
    const waiting = [...this.#resumes]
    this.#resumes.clear()
    this.#tell()
    // All of them at once: the touch allows what is begun now.
    const hear = async ([userId, resume]: (typeof waiting)[number]): Promise<void> => {
      try {
        await resume()
      } catch (error) {
        if (!(error instanceof Error)) throw error
        if (stay === this.#stay) this.#resumes.set(userId, resume)
      }
    }
    await Promise.all(waiting.map(hear))
    this.#tell()
  }

  /** Round trip and loss; null = there is no connection. */
  get facts(): Omit<LineFacts, 'connected'> | null {
    return this.#state.phase === 'in' && !this.#state.away ? this.#facts : null
  }

  close(): void {
    this.want(false)
    this.#own.close()
  }

  #dispatch(event: StayEvent): void {
    const { state, effects } = stepStay(this.#state, event)
    this.#state = state
    for (const effect of effects) this.#do(effect)
    this.#tell()
  }

  #do(effect: StayEffect): void {
    switch (effect.type) {
      case 'prepare':
        void this.#prepare()
        break
      case 'enter':
        void this.#enter()
        break
      case 'exit':
        void this.#exit()
        break
      case 'wait':
        this.#stopTimer()
        this.#timer = setTimeout(() => this.#dispatch({ type: 'again' }), effect.ms)
    }
  }

  async #prepare(): Promise<void> {
    // Only the newest one counts: an answer to one that was given up would act on the next.
    const number = (this.#preparations += 1)
    const isCurrent = (): boolean => this.#state.phase === 'preparing' && number === this.#preparations
    try {
      this.#sdk ??= await this.#options.load()
    } catch (error) {
      if (!(error instanceof Error)) throw error
      if (isCurrent()) this.#dispatch({ type: 'failed', trouble: 'load' })
      return
    }
    if (!isCurrent()) return
    try {
      const ticket = await this.#options.ticket()
      if (!isCurrent()) return
      this.#ticket = ticket
    } catch (error) {
      if (!(error instanceof RoomApiError)) throw error
      if (isCurrent()) this.#dispatch({ type: 'failed', trouble: 'ticket' })
      return
    }
    this.#dispatch({ type: 'prepared' })
  }

  async #enter(): Promise<void> {
    const [sdk, ticket] = [this.#sdk, this.#ticket]
    this.#ticket = null
    if (sdk === null || ticket === null) return
    const anchor = this.#own.hasMedia
    let stay: Stay | null = null
    try {
      stay = this.#open(sdk)
      await stay.room.enterRoom({
        sdkAppId: ticket.sdkAppId,
        userId: ticket.userId,
        userSig: ticket.userSig,
        strRoomId: ticket.roomId,
        ...(ticket.privateMapKey === '' ? {} : { privateMapKey: ticket.privateMapKey }),
        scene: sdk.TYPE.SCENE_LIVE,
        role: anchor ? sdk.TYPE.ROLE_ANCHOR : sdk.TYPE.ROLE_AUDIENCE,
        // Whom to hear is said by the room server; pictures are asked for one by one.
        autoReceiveAudio: false,
        autoReceiveVideo: false,
        enableAutoPlayDialog: false,
      })
    } catch (error) {
      // Called off by its own exit, which ends the stay.
      if (stay !== this.#stay || this.#state.phase !== 'entering') return
      const trouble = troubleOf(error) ?? 'failed'
      this.#over(stay)
      this.#dispatch({ type: 'failed', trouble })
      return
    }
    if (stay !== this.#stay || this.#state.phase !== 'entering') return
    this.#own.entered(sdk, stay.room, anchor)
    this.#dispatch({ type: 'entered' })
    await this.#applySpeaker()
  }

  #open(sdk: TrtcSdk): Stay {
    const room = sdk.create()
    const isCurrent = (): boolean => this.#stay?.room === room
    const company = new Company({
      sdk,
      room,
      onPicture: (stream) => (isCurrent() ? this.#options.onProgram(stream) : undefined),
      onAnchor: (present) => {
        if (!isCurrent()) return
        this.#anchor = present
        this.#tell()
      },
      onBlocked: (userId, resume) => {
        if (!isCurrent()) return
        this.#resumes.set(userId, resume)
        this.#tell()
      },
      onTrouble: (trouble) => this.#dispatch({ type: 'trouble', trouble }),
    })
    const stay: Stay = { room, company, speaker: '' }
    this.#stay = stay
    company.setVolume(this.#volume)
    if (this.#news !== null) company.set(this.#news)
    room.on(sdk.EVENT.REMOTE_USER_EXIT, ({ userId }) => {
      if (isCurrent() && this.#resumes.delete(userId)) this.#tell()
    })
    room.on(sdk.EVENT.CONNECTION_STATE_CHANGED, ({ state }) => {
      if (isCurrent()) this.#dispatch({ type: 'connection', away: !/^(RE)?CONNECTED$/.test(state) })
    })
    room.on(sdk.EVENT.KICKED_OUT, ({ reason }) => {
      if (!isCurrent()) return
      this.#over(stay)
      this.#dispatch({ type: 'sent-out', trouble: String(reason) === 'kick' ? 'elsewhere' : 'sent-out' })
    })
    room.on(sdk.EVENT.ERROR, (error) => {
      // While it is being entered, the entry itself says what becomes of it.
      if (!isCurrent() || this.#state.phase !== 'in') return
      const trouble = troubleOf(error)
      if (goesOn(error)) this.#dispatch({ type: 'trouble', trouble })
      else if (trouble !== null) this.#dispatch({ type: 'failed', trouble })
    })
    room.on(sdk.EVENT.PUBLISH_STATE_CHANGED, ({ state, reason, error }) => {
      if (!isCurrent()) return
      if (state === 'started') this.#dispatch({ type: 'trouble', trouble: null })
      else if (reason === 'timeout') this.#dispatch({ type: 'trouble', trouble: 'network' })
      else if (reason === 'error') this.#dispatch({ type: 'trouble', trouble: troubleOf(error) ?? 'media' })
    })
    room.on(sdk.EVENT.STATISTICS, ({ rtt, upLoss, downLoss }) => {
      if (isCurrent()) this.#facts = { rttMs: rtt, loss: Math.max(upLoss, downLoss) / 100 }
    })
    return stay
  }

  async #exit(): Promise<void> {
    const stay = this.#stay
    this.#stay = null
    this.#own.left()
    if (stay !== null) {
      this.#quiet(stay)
      try {
        await stay.room.exitRoom()
      } catch (error) {
        // There was nothing (any more) to leave.
        if (!(error instanceof Error)) throw error
      }
      destroy(stay.room)
    }
    this.#dispatch({ type: 'left' })
  }

  /** A stay that needs no exit: not let in, or sent out. */
  #over(stay: Stay | null): void {
    if (stay === null) return
    this.#stay = null
    this.#own.left()
    this.#quiet(stay)
    destroy(stay.room)
  }

  #quiet(stay: Stay): void {
    stay.company.close()
    this.#anchor = false
    this.#resumes.clear()
    this.#facts = { rttMs: null, loss: null }
    this.#options.onProgram(null)
  }

  async #applySpeaker(): Promise<void> {
    const [sdk, stay] = [this.#sdk, this.#stay]
    if (sdk === null || stay === null || this.#speaker === stay.speaker) return
    stay.speaker = this.#speaker
    try {
      await sdk.setCurrentSpeaker(this.#speaker === '' ? SYSTEM_SPEAKER : this.#speaker)
    } catch (error) {
      // It is gone, or not allowed: the sound goes on where it was.
      if (!(error instanceof Error)) throw error
    }
  }

  #tell(): void {
    const { phase, away, wanted, trouble } = this.#state
    const view: TrtcView = {
      state: phase === 'in' && !away ? 'in' : wanted ? 'connecting' : 'out',
      anchor: this.#anchor,
      trouble: wanted ? trouble : null,
      blocked: this.#resumes.size > 0,
    }
    const now = JSON.stringify(view)
    if (now === this.#told) return
    this.#told = now
    this.#options.onView(view)
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}

function destroy(room: TrtcRoom): void {
  try {
    room.destroy()
  } catch (error) {
    // The SDK thinks that it is still inside; nobody listens to this one any more.
    if (!(error instanceof Error)) throw error
  }
}

import type { IceServer, LineNews, Wish } from '../../../electron/shared/co-anchor-line'
import { FIRST_WISH } from '../../../electron/shared/picture-plan'
import type { OtherRoomState, RoomLink as Wanted } from '../../../electron/shared/room-link'
import type { Call } from './call'
import type { CoAnchors } from './co-anchors'
import { StageLine } from './stage-line'

const LOOK_EVERY_MS = 1_000
/** A call that does not flow any more, or never began to, for so many looks is made anew. */
const PATIENCE = { flowed: 3, begins: 10 } as const
/** After so many calls in vain the line itself may be dead, though it looks open. */
const CALLS_IN_VAIN = 2

export interface RoomLinkOptions {
  readonly link: Wanted
  readonly coAnchors: Pick<CoAnchors, 'callOut'>
  onState(state: OtherRoomState): void
  /** In one of the two rooms this anchor's readiness has to be said again. */
  onUnready(): void
  log(message: string): void
  /** Another socket in tests. */
  readonly socket?: (url: string) => WebSocket
}

/**
 * The link to another room: there this stage is a co-anchor, here the other anchor has a place among the co-anchors, and one call carries both. Two lines: one to
 * the other room server for the call, one to the own for the place, which is held as long as this object lives. Owns lines and timer; the call is
 * the co-anchors'. Where the rooms are connected over TRTC the places are all there is to do.
 */
export class RoomLink {
  readonly #options: RoomLinkOptions
  readonly #there: StageLine
  readonly #here: StageLine
  /** null = there is no call to look after. */
  readonly #timer: ReturnType<typeof setInterval> | null
  #iceServers: readonly IceServer[] = []
  /** What the other room has a use for of this one's scene. */
  #wish: Wish = FIRST_WISH
  /** What this room has a use for of the other one's: its stage hears of it by the line there. */
  #ownWish: Wish | null = null
  #stageIsThere = false
  #call: Call | null = null
  #stalled = 0
  #flowed = false
  #inVain = 0
  #calledInLook = false
  #told: OtherRoomState | null = null
  #over = false

  constructor(options: RoomLinkOptions) {
    this.#options = options
    const { link, log, socket } = options
    const common = { log, ...(socket === undefined ? {} : { socket }) }
    this.#there = new StageLine({
      ...common,
      address: link.there,
      as: 'room',
      onNews: (news) => this.#heard(news),
      onBroken: () => (this.#stageIsThere = false),
      onEnded: (reason) => this.#end(reason === 'removed' ? 'removed' : 'refused'),
    })
    this.#here = new StageLine({
      ...common,
      address: link.here,
      as: 'co-anchor',
      onNews: (news) => {
        if (news.type === 'seat') this.#seated(news)
        else if (news.type === 'wish') {
          this.#ownWish = news.wish
          this.#tellWish()
        }
      },
      onBroken: () => undefined,
      onEnded: () => this.#end('left'),
    })
    this.#timer = link.media === 'trtc' ? null : setInterval(() => this.#look(), LOOK_EVERY_MS)
    this.#tell('connecting')
  }

  /** @returns whether it is the same link, with other tokens perhaps: they are kept for lines that break */
  takes({ there, here, userId, media }: Wanted): boolean {
    const { link } = this.#options
    const isSame = (one: Wanted['there'], other: Wanted['there']): boolean => one.wire === other.wire && one.room === other.room
    if (this.#over || userId !== link.userId || media !== link.media || !isSame(there, link.there) || !isSame(here, link.here)) return false
    this.#there.setToken(there.token)
    this.#here.setToken(here.token)
    return true
  }

  close(): void {
    this.#over = true
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#there.close()
    this.#here.close()
  }

  #heard(news: LineNews): void {
    if (news.type === 'welcome') this.#iceServers = news.iceServers
    else if (news.type === 'seat') this.#seated(news)
    else if (news.type === 'stage') {
      this.#stageIsThere = news.present
      // A call to an earlier stage is void. Not more often than is looked.
      if (this.#timer === null) return
      if (news.present && this.#calledInLook) this.#call = null
      else if (news.present) this.#callNow()
      if (news.present) this.#tellWish()
    } else if (news.type === 'wish') {
      this.#wish = news.wish
      this.#call?.wish(news.wish)
    } else if (news.type === 'signal' && news.call === this.#call?.id) this.#call.take(news.signal)
  }

  #tellWish(): void {
    if (this.#ownWish !== null) this.#there.send({ type: 'wish', to: null, wish: this.#ownWish })
  }

  /** A place that was lost and is new: its owner has not said yet that he is ready. */
  #seated({ entry }: Extract<LineNews, { type: 'seat' }>): void {
    if (!entry.ready && entry.seat === 0) this.#options.onUnready()
  }

  #look(): void {
    const state = this.#call?.state
    this.#calledInLook = false
    if (state === 'connected') {
      this.#stalled = 0
      this.#inVain = 0
      this.#flowed = true
      this.#tell('connected')
      return
    }
    this.#stalled += 1
    if (this.#told === 'connected') this.#tell('lost')
    if (!this.#stageIsThere) return
    // The own room server has not told of the place yet.
    if (this.#call === null) this.#callNow()
    else if (state === 'failed' || state === 'closed' || this.#stalled >= (this.#flowed ? PATIENCE.flowed : PATIENCE.begins)) {
      this.#inVain += 1
      if (this.#inVain <= CALLS_IN_VAIN) this.#callNow()
      else {
        this.#inVain = 0
        this.#there.renew()
      }
    }
  }

  #callNow(): void {
    this.#stalled = 0
    this.#flowed = false
    this.#calledInLook = true
    const { coAnchors, link, log } = this.#options
    try {
      // Null until the own room server has told of the place: the next look tries again.
      this.#call = coAnchors.callOut(link.userId, this.#iceServers, this.#wish, (call, signal) => this.#there.send({ type: 'signal', to: null, call, signal }))
    } catch (error) {
      if (!(error instanceof DOMException)) throw error
      log(`no connection is made with what the other room server says: ${error.message}`)
      this.#end('refused')
    }
  }

  #end(state: OtherRoomState): void {
    if (this.#over) return
    this.close()
    this.#tell(state)
  }

  #tell(state: OtherRoomState): void {
    if (state === this.#told) return
    this.#told = state
    this.#options.onState(state)
  }
}

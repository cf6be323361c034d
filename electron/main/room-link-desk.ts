import type { RoomPlace } from '../shared/cloud'
import { AnchorError, isPermanent, type ErrorInfo } from '../shared/errors'
import { parseJoinLink, type JoinLink } from '../shared/join-link'
import type { RoomSession } from '../shared/room-api'
import type { OtherRoom, OtherRoomState, RoomLink, ShowWay } from '../shared/room-link'
import type { RoomServerAddresses } from '../shared/room-server'
import type { TrtcUser } from '../shared/seats'
import type { StageCommand } from '../shared/stage'
import type { TrtcReport } from '../shared/trtc'
import { askShowWay, LinkWatch } from './link-watch'
import {
  comeIn,
  connectBackend,
  disconnectBackend,
  giveBack,
  isForGood,
  letIn,
  newClaim,
  renewSession,
  sayReady,
  titleOf,
  type LinkClaim,
  type LinkSession,
} from './link-requests'
import { linkWay } from './link-way'
import type { SnapshotStore } from './snapshot-store'
import { TokenRenewal } from './token-renewal'

export interface RoomLinkDeskOptions {
  readonly store: SnapshotStore
  place(): RoomPlace | null
  /** By which names the room server of this machine is known. */
  addresses(): RoomServerAddresses | null
  /** A session of the anchor in the own room. @throws AnchorError room.unavailable */
  session(): Promise<RoomSession>
  /** The anchor's name, for the other room. */
  name(): string
  /** How the own show goes. */
  own(): ShowWay
  /** A rehearsal's room is gone in a minute: it is linked with none. */
  isRehearsal(): boolean
  commandStage(command: StageCommand): void
  /** Whom the own TRTC room is to be connected with; null = nobody (any more). */
  connectTrtc(other: TrtcUser | null): void
  log(level: 'info' | 'warn', message: string): void
}

interface Held {
  readonly link: RoomLink
  /** Bases of both APIs. */
  readonly here: string
  readonly there: string
  /** Token of the anchor in the own room, which another may have taken the place of when this link ends. */
  readonly anchor: string
}

/**
 * The link of the own room with another one: gets each anchor a place in the other's room, and tells the stage, the TRTC window and, for a PK, the own backend. Whoever pasted the link
 * does this for both: the other app finds the places. Ends with the app, with whoever of the two ends it, and when a show takes another way.
 */
export class RoomLinkDesk {
  readonly #options: RoomLinkDeskOptions
  #held: Held | null = null
  #renewals: readonly TokenRenewal[] = []
  #watch: LinkWatch | null = null
  /** The last link that was used, and as whom: it lets no second person in, and what stood in the way may be gone at the next attempt. */
  #visit: (LinkClaim & { readonly key: string }) | null = null
  #turn: Promise<unknown> = Promise.resolve()

  constructor(options: RoomLinkDeskOptions) {
    this.#options = options
  }

  /** @throws AnchorError co-anchor.bad-link | room-link.* | room.unavailable */
  link(text: string): Promise<void> {
    return this.#inTurn(async () => {
      const there = parseJoinLink(text)
      if (there === null) throw new AnchorError('co-anchor.bad-link')
      if (this.#options.isRehearsal()) throw new AnchorError('room.unavailable')
      await this.#unlink()
      try {
        await this.#link(there)
      } catch (error) {
        await this.#unlink()
        throw error
      }
    })
  }

  unlink(): Promise<void> {
    return this.#inTurn(() => this.#unlink())
  }

  /** The own room is there anew, is at another address, or a rehearsal has taken its place: the other anchor's place is not there then. */
  roomMoved(): void {
    const held = this.#held
    if (held === null) return
    if (!this.#isPresent(held)) void this.unlink()
    // A server that was away has forgotten it.
    else void this.#inTurn(() => this.#tellBackend())
  }

  /** Until all that was begun is through: as long the own room is asked in the anchor's name. */
  get settled(): Promise<unknown> {
    return this.#turn
  }

  /** Each may put the other on the air at once: both have chosen to be here. Over TRTC when there is something to be seen: to viewers a seat without anybody is black. */
  async sayReady(): Promise<void> {
    const held = this.#held
    if (held === null || (held.link.media === 'trtc' && this.#options.store.current.otherRoom?.state !== 'connected')) return
    try {
      await readyInBoth(held, true)
    } catch (error) {
      this.#options.log('info', `readiness was not said in a linked room: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  /** The app ends: the stage and the room servers find out by themselves. */
  close(): void {
    for (const renewal of this.#renewals) renewal.close()
    this.#watch?.close()
  }

  /** A stage that is there anew. */
  stageUp(): void {
    if (this.#held !== null) this.#options.commandStage({ type: 'link-room', link: this.#held.link })
  }

  /** What the stage says: of the places, and of its call. */
  reported(state: OtherRoomState): void {
    const { otherRoom } = this.#options.store.current
    // What ended it is said already.
    if (otherRoom === null || otherRoom.state === 'ended') return
    const isOver = state === 'removed' || state === 'left' || state === 'refused'
    if (!isOver && this.#held?.link.media === 'trtc') return
    this.#show({ ...otherRoom, state, error: null })
    if (isOver) void this.#inTurn(() => this.#release())
  }

  /** What the TRTC window says of the connected rooms. */
  connectionIs({ state, error }: { readonly state: Extract<TrtcReport, { type: 'room-connection' }>['state']; readonly error: ErrorInfo | null }): void {
    const { otherRoom } = this.#options.store.current
    if (otherRoom === null || this.#held?.link.media !== 'trtc' || state === 'none') return
    this.#show({ ...otherRoom, state: state === 'failed' ? 'connecting' : state, error })
    if (state === 'connected') void this.sayReady()
    if (error !== null && isPermanent(error)) this.#endBy(error)
    // The other show may be over, or go another way.
    else if (error !== null) void this.#watch?.look()
  }

  /** The own show began, ended, or takes another way. */
  ownChanged(): void {
    const media = this.#held?.link.media
    if (media === undefined) return
    const { engine, onAir } = this.#options.own()
    if (media === 'trtc' && engine === 'stage') this.#endBy({ code: 'room-link.way-changed', context: {} })
    else if (engine === 'trtc' && (media === 'stage' || !onAir)) this.#endBy({ code: 'room-link.own-off-air', context: {} })
  }

  /** The app is in the room that this link is of. */
  #isPresent({ here, link }: Held): boolean {
    const place = this.#options.place()
    return place?.http === here && place.roomId === link.here.room
  }

  async #link(link: JoinLink): Promise<void> {
    const place = this.#options.place()
    if (place === null) throw new AnchorError('room.unavailable')
    const there = `${link.secure ? 'https' : 'http'}://${link.host}`
    if (isOwn(link, place, this.#options.addresses()) && link.room === place.roomId) throw new AnchorError('room-link.own-room')
    const anchor = await this.#options.session()
    // Another server that is named with the same invitation is not to hear who came by it.
    const key = `${there} ${link.room} ${link.invite}`
    const visit = this.#visit?.key === key ? this.#visit : { key, ...newClaim() }
    // Before it is used: the answer may be lost.
    this.#visit = visit
    const guest = await comeIn(there, link, this.#options.name(), visit)
    this.#visit = { ...visit, token: guest.token }
    const title = await titleOf(there, link.room, guest.token)
    const way = linkWay(this.#options.own(), await askShowWay(there, { room: link.room, token: guest.token }))
    if (!way.ok) throw new AnchorError(way.error.code, { context: way.error.context })
    const other = await letIn(place.http, place.roomId, anchor.token, title)
    const held: Held = {
      here: place.http,
      there,
      anchor: anchor.token,
      link: {
        media: way.media,
        there: { wire: there.replace(/^http/, 'ws'), room: link.room, token: guest.token },
        here: { wire: place.wire, room: place.roomId, token: other.token },
        userId: other.userId,
      },
    }
    this.#held = held
    // The app may have moved meanwhile, and was told that there is no link.
    if (!this.#isPresent(held)) throw new AnchorError('room.unavailable')
    this.#renewals = [this.#renewal('there', guest.expiresAt), this.#renewal('here', other.expiresAt)]
    this.#show({ title, userId: other.userId, state: 'connecting', error: null, isLast: false })
    this.#options.commandStage({ type: 'link-room', link: held.link })
    await this.#tellBackend()
    await readyInBoth(held, way.media === 'stage')
    this.#watch = this.#newWatch()
    await this.#watch.start()
  }

  #newWatch(): LinkWatch {
    return new LinkWatch({
      held: () => this.#held,
      own: () => this.#options.own(),
      onOther: (other) => this.#options.connectTrtc(other),
      onEnd: (error) => this.#endBy(error),
      log: (level, message) => this.#options.log(level, message),
    })
  }

  /** Both places are given back; what is shown says why. */
  #endBy(error: ErrorInfo): void {
    const ending = this.#held
    void this.#inTurn(async () => {
      // A newer one is not meant.
      if (ending === null || this.#held?.link.userId !== ending.link.userId) return
      const { there, link } = this.#held
      const { otherRoom } = this.#options.store.current
      if (otherRoom !== null) this.#show({ ...otherRoom, state: 'ended', error })
      await this.#release()
      await this.#leave(there, link.there)
    })
  }

  /** For a PK the own backend speaks to the other one. Without it the rooms are linked all the same. */
  async #tellBackend(): Promise<void> {
    // Another room's token is not for this one.
    if (this.#held === null || !this.#isPresent(this.#held)) return
    const title = this.#options.store.current.otherRoom?.title ?? ''
    try {
      const { token } = await this.#options.session()
      const { here, there, link } = this.#held
      this.#held = { here, there, link, anchor: token }
      await connectBackend(here, there, link, token, title)
    } catch (error) {
      this.#options.log('warn', `the own backend was not told of the linked room: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  /** Lines outlive their token, but are opened with it again after a break, and a PK is asked for with it every second. */
  #renewal(side: 'there' | 'here', expiresAtSec: number): TokenRenewal {
    return new TokenRenewal(expiresAtSec, {
      renew: () => this.#renew(side),
      onFinal: () => {
        const { otherRoom } = this.#options.store.current
        if (otherRoom !== null) this.#show({ ...otherRoom, isLast: true })
      },
      nowMs: () => Date.now(),
    })
  }

  /** @returns end of the new token, UNIX seconds; null = that room gives none any more */
  async #renew(side: 'there' | 'here'): Promise<number | null> {
    const before = this.#held
    if (before === null) return null
    let session: LinkSession
    try {
      session = await renewSession(before[side], before.link[side].token)
    } catch (error) {
      this.#options.log('warn', `a linked room's session (${side}) was not renewed: ${error instanceof Error ? error.message : String(error)}`)
      if (isForGood(error)) return null
      throw error
    }
    const held = this.#held
    if (held === null || held.link[side].token !== before.link[side].token) return null
    this.#held = { ...held, link: { ...held.link, [side]: { ...held.link[side], token: session.token } } }
    this.#options.commandStage({ type: 'link-room', link: this.#held.link })
    if (side === 'there') void this.#inTurn(() => this.#tellBackend())
    return session.expiresAt
  }

  async #forgetAtBackend({ here, link, anchor }: Held): Promise<void> {
    try {
      await disconnectBackend(here, link.here.room, anchor)
    } catch (error) {
      this.#options.log('info', `the own backend still asks the linked room: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  async #unlink(): Promise<void> {
    const held = this.#held
    await this.#release()
    if (held !== null) await this.#leave(held.there, held.link.there)
    this.#options.store.set({ otherRoom: null })
  }

  /** Nothing of it goes on here. What is shown stays: it says why. */
  async #release(): Promise<void> {
    const held = this.#held
    this.#held = null
    for (const renewal of this.#renewals) renewal.close()
    this.#renewals = []
    this.#watch?.close()
    this.#watch = null
    if (held === null) return
    this.#options.connectTrtc(null)
    this.#options.commandStage({ type: 'link-room', link: null })
    await this.#forgetAtBackend(held)
    await this.#leave(held.here, held.link.here)
  }

  async #leave(base: string, line: RoomLink['here']): Promise<void> {
    try {
      await giveBack(base, line)
    } catch (error) {
      // A place that nobody holds is freed by itself.
      this.#options.log('info', `a place in a linked room was not given back: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  #show(otherRoom: OtherRoom): void {
    this.#options.store.set({ otherRoom })
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(act)
    this.#turn = done.catch(() => undefined)
    return done
  }
}

async function readyInBoth({ here, there, link }: Held, ready: boolean): Promise<void> {
  await Promise.all([sayReady(there, link.there, ready), sayReady(here, link.here, ready)])
}

/** By whatever name this machine is called. */
function isOwn({ host }: JoinLink, place: RoomPlace, addresses: RoomServerAddresses | null): boolean {
  if (new URL(place.http).host === host) return true
  if (!place.local || addresses === null) return false
  const { http, shared, secureGuest } = addresses
  const port = new URL(http).port
  const names = [http, ...(shared === null ? [] : [shared]), ...(secureGuest === null ? [] : [secureGuest])].map((address) => new URL(address).host)
  return names.includes(host) || host === `localhost:${port}`
}

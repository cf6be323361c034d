import { z } from 'zod'
import type { RoomPlace } from '../shared/cloud'
import { cutBytes } from '../shared/cut-bytes'
import { AnchorError } from '../shared/errors'
import { parseJoinLink, type JoinLink } from '../shared/join-link'
import type { RoomSession } from '../shared/room-api'
import type { OtherRoom, OtherRoomState, RoomLink } from '../shared/room-link'
import type { RoomServerAddresses } from '../shared/room-server'
import type { StageCommand } from '../shared/stage'
import { askLinkedRoom } from './room-request'
import type { SnapshotStore } from './snapshot-store'
import { TokenRenewal } from './token-renewal'

/** Of a nickname (the room API's own bound). */
const NICK_BYTES = 60

const sessionAnswer = z.object({ token: z.string().max(2_048), userId: z.string().min(1).max(64), expiresAt: z.number() })
type Session = z.infer<typeof sessionAnswer>
const statusAnswer = z.object({ title: z.string().max(1_000) })
const inviteAnswer = z.object({ token: z.string().max(2_048) })

export interface RoomLinkDeskOptions {
  readonly store: SnapshotStore
  place(): RoomPlace | null
  /** By which names the room server of this machine is known. */
  addresses(): RoomServerAddresses | null
  /** A session of the anchor in the own room. @throws AnchorError room.unavailable */
  session(): Promise<RoomSession>
  /** The anchor's name, for the other room. */
  name(): string
  /** The web stage makes the program: it alone has the other room's picture. */
  isByStage(): boolean
  /** A rehearsal's room is gone in a minute: it is linked with none. */
  isRehearsal(): boolean
  commandStage(command: StageCommand): void
  log(level: 'info' | 'warn', message: string): void
}

interface Held {
  readonly link: RoomLink
  /** Bases of both APIs. */
  readonly here: string
  readonly there: string
}

/**
 * The link of the own room with another one: gets each anchor a place in the other's room, and tells the stage and, for a PK, the own backend. Ends with
 * the app, and with whoever of the two ends it.
 */
export class RoomLinkDesk {
  readonly #options: RoomLinkDeskOptions
  #held: Held | null = null
  #renewals: readonly TokenRenewal[] = []
  #turn: Promise<unknown> = Promise.resolve()

  constructor(options: RoomLinkDeskOptions) {
    this.#options = options
  }

  /** @throws AnchorError co-anchor.bad-link | room-link.* | room.unavailable */
  link(text: string): Promise<void> {
    return this.#inTurn(async () => {
      const there = parseJoinLink(text)
      if (there === null) throw new AnchorError('co-anchor.bad-link')
      if (!this.#options.isByStage()) throw new AnchorError('room-link.by-trtc')
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
    const place = this.#options.place()
    if (place?.http !== held.here || place.roomId !== held.link.here.room) void this.unlink()
    // A server that was away has forgotten it.
    else void this.#inTurn(() => this.#tellBackend())
  }

  /** Each may put the other on the air at once: both have chosen to be here. */
  async sayReady(): Promise<void> {
    const held = this.#held
    if (held === null) return
    try {
      await Promise.all([this.#ready(held.there, held.link.there), this.#ready(held.here, held.link.here)])
    } catch (error) {
      this.#options.log('info', `readiness was not said in a linked room: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  /** The app ends: the stage and the room servers find out by themselves. */
  close(): void {
    for (const renewal of this.#renewals) renewal.close()
  }

  /** A stage that is there anew. */
  stageUp(): void {
    if (this.#held !== null) this.#options.commandStage({ type: 'link-room', link: this.#held.link })
  }

  reported(state: OtherRoomState): void {
    const { otherRoom } = this.#options.store.current
    if (otherRoom === null) return
    this.#show({ ...otherRoom, state })
    if (state === 'removed' || state === 'left' || state === 'refused') void this.#inTurn(() => this.#release())
  }

  async #link(link: JoinLink): Promise<void> {
    const place = this.#options.place()
    if (place === null) throw new AnchorError('room.unavailable')
    const there = `${link.secure ? 'https' : 'http'}://${link.host}`
    if (isOwn(link, place, this.#options.addresses()) && link.room === place.roomId) throw new AnchorError('room-link.own-room')
    const anchor = await this.#options.session()
    const guest = await askLinkedRoom(there, 'POST', `/api/rooms/${link.room}/sessions`, sessionAnswer, {
      body: { nick: nickOf(this.#options.name()), invite: link.invite },
    })
    const { title } = await askLinkedRoom(there, 'GET', `/api/rooms/${link.room}/status`, statusAnswer, { token: guest.token })
    const { held, hereEndsSec } = await this.#makePlace(place, anchor.token, link, { there, guest, title })
    this.#held = held
    this.#renewals = [this.#renewal('there', guest.expiresAt), this.#renewal('here', hereEndsSec)]
    this.#show({ title, userId: held.link.userId, state: 'connecting', isLast: false })
    this.#options.commandStage({ type: 'link-room', link: held.link })
    await this.#tellBackend()
    await Promise.all([this.#ready(held.there, held.link.there), this.#ready(held.here, held.link.here)])
  }

  /** For a PK the own backend speaks to the other one. Without it the rooms are linked all the same. */
  async #tellBackend(): Promise<void> {
    if (this.#held === null) return
    const { here, there, link } = this.#held
    const nick = this.#options.store.current.otherRoom?.title ?? ''
    try {
      const { token } = await this.#options.session()
      const body = { base: there, room: link.there.room, token: link.there.token, nick: nickOf(nick) }
      await askLinkedRoom(here, 'PUT', `/api/rooms/${link.here.room}/connection`, z.unknown(), { token, body })
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
    let session: Session
    try {
      session = await askLinkedRoom(before[side], 'POST', '/api/session/renew', sessionAnswer, { token: before.link[side].token, body: {} })
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

  async #forgetAtBackend(here: string, room: string): Promise<void> {
    try {
      const { token } = await this.#options.session()
      await askLinkedRoom(here, 'DELETE', `/api/rooms/${room}/connection`, z.unknown(), { token })
    } catch (error) {
      this.#options.log('info', `the own backend still asks the linked room: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  async #makePlace(
    place: RoomPlace,
    token: string,
    link: JoinLink,
    { there, guest, title }: { there: string; guest: Session; title: string },
  ): Promise<{ readonly held: Held; readonly hereEndsSec: number }> {
    const { http: here, wire, roomId } = place
    try {
      const invite = await askLinkedRoom(here, 'POST', `/api/rooms/${roomId}/invites`, inviteAnswer, { token, body: { role: 'coanchor', seconds: 24 * 3_600 } })
      const other = await askLinkedRoom(here, 'POST', `/api/rooms/${roomId}/sessions`, sessionAnswer, { body: { nick: nickOf(title), invite: invite.token } })
      const both = {
        there: { wire: there.replace(/^http/, 'ws'), room: link.room, token: guest.token },
        here: { wire, room: roomId, token: other.token },
      }
      return { held: { here, there, link: { ...both, userId: other.userId } }, hereEndsSec: other.expiresAt }
    } catch (error) {
      throw new AnchorError('room-link.no-place', {
        cause: error,
        context: { reason: error instanceof AnchorError ? String(error.context['reason'] ?? error.code) : String(error) },
      })
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
    if (held === null) return
    this.#options.commandStage({ type: 'link-room', link: null })
    await this.#forgetAtBackend(held.here, held.link.here.room)
    await this.#leave(held.here, held.link.here)
  }

  async #ready(base: string, { room, token }: RoomLink['here']): Promise<void> {
    await askLinkedRoom(base, 'PUT', `/api/rooms/${room}/seats/me`, z.unknown(), { token, body: { ready: true } })
  }

  async #leave(base: string, { room, token }: RoomLink['here']): Promise<void> {
    try {
      await askLinkedRoom(base, 'DELETE', `/api/rooms/${room}/seats/me`, z.unknown(), { token })
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

/** By whatever name this machine is called. */
function isOwn({ host }: JoinLink, place: RoomPlace, addresses: RoomServerAddresses | null): boolean {
  if (new URL(place.http).host === host) return true
  if (!place.local || addresses === null) return false
  const { http, shared, secureGuest } = addresses
  const port = new URL(http).port
  const names = [http, ...(shared === null ? [] : [shared]), ...(secureGuest === null ? [] : [secureGuest])].map((address) => new URL(address).host)
  return names.includes(host) || host === `localhost:${port}`
}

/** As a person's name may be. */
function nickOf(title: string): string {
  return cutBytes(title.trim(), NICK_BYTES).trim() || 'AnchorDesk'
}

/** That room knows this session and says no. What may pass by itself: it is away, does too much, or is broken. */
function isForGood(error: unknown): boolean {
  if (!(error instanceof AnchorError) || error.code !== 'room-link.refused') return false
  const status = Number(error.context['status'])
  return status >= 400 && status < 500 && status !== 408 && status !== 429
}

import { z } from 'zod'
import type { RoomPlace } from '../shared/cloud'
import { AnchorError } from '../shared/errors'
import { parseJoinLink, type JoinLink } from '../shared/join-link'
import type { RoomSession } from '../shared/room-api'
import type { OtherRoom, OtherRoomState, RoomLink } from '../shared/room-link'
import type { RoomServerAddresses } from '../shared/room-server'
import type { StageCommand } from '../shared/stage'
import type { SnapshotStore } from './snapshot-store'

const ANSWER_MS = 5_000
/** Of a nickname (the room API's own bound). */
const NICK_BYTES = 60
/** Of an answer of another room server. */
const MAX_ANSWER_BYTES = 256 * 1024

const sessionAnswer = z.object({ token: z.string().max(2_048), userId: z.string().min(1).max(64) })
const statusAnswer = z.object({ title: z.string().max(1_000) })
const inviteAnswer = z.object({ token: z.string().max(2_048) })
const refusalAnswer = z.object({ message: z.string().max(500) })

export interface RoomLinkDeskOptions {
  readonly store: SnapshotStore
  place(): RoomPlace | null
  /** By which names the room server of this machine is known. */
  addresses(): RoomServerAddresses | null
  /** A session of the anchor in the own room. @throws AnchorError room.unavailable */
  session(): Promise<RoomSession>
  /** The anchor's name, for the other room. */
  name(): string
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

  /** The own room is at another address, or a rehearsal has taken its place: the other anchor's place is not there. */
  roomMoved(): void {
    const held = this.#held
    if (held !== null && (this.#options.place()?.http !== held.here || this.#options.place()?.roomId !== held.link.here.room)) void this.unlink()
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
    const guest = await ask(there, 'POST', `/api/rooms/${link.room}/sessions`, sessionAnswer, {
      body: { nick: nickOf(this.#options.name()), invite: link.invite },
    })
    const { title } = await ask(there, 'GET', `/api/rooms/${link.room}/status`, statusAnswer, { token: guest.token })
    const held = await this.#makePlace(place, anchor.token, link, { there, guest, title })
    this.#held = held
    this.#show({ title, userId: held.link.userId, state: 'connecting' })
    this.#options.commandStage({ type: 'link-room', link: held.link })
    await this.#tellBackend(held, title)
    await Promise.all([this.#ready(held.there, held.link.there), this.#ready(held.here, held.link.here)])
  }

  /** For a PK the own backend speaks to the other one. Without it the rooms are linked all the same. */
  async #tellBackend({ here, there, link }: Held, nick: string): Promise<void> {
    try {
      const { token } = await this.#options.session()
      const body = { base: there, room: link.there.room, token: link.there.token, nick: nickOf(nick) }
      await ask(here, 'PUT', `/api/rooms/${link.here.room}/connection`, z.unknown(), { token, body })
    } catch (error) {
      this.#options.log('warn', `the own backend was not told of the linked room: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  async #forgetAtBackend(here: string, room: string): Promise<void> {
    try {
      const { token } = await this.#options.session()
      await ask(here, 'DELETE', `/api/rooms/${room}/connection`, z.unknown(), { token })
    } catch (error) {
      this.#options.log('info', `the own backend still asks the linked room: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  async #makePlace(
    place: RoomPlace,
    token: string,
    link: JoinLink,
    { there, guest, title }: { there: string; guest: { token: string }; title: string },
  ): Promise<Held> {
    const { http: here, wire, roomId } = place
    try {
      const invite = await ask(here, 'POST', `/api/rooms/${roomId}/invites`, inviteAnswer, { token, body: { role: 'coanchor', seconds: 24 * 3_600 } })
      const other = await ask(here, 'POST', `/api/rooms/${roomId}/sessions`, sessionAnswer, { body: { nick: nickOf(title), invite: invite.token } })
      return {
        here,
        there,
        link: {
          there: { wire: there.replace(/^http/, 'ws'), room: link.room, token: guest.token },
          here: { wire, room: roomId, token: other.token },
          userId: other.userId,
        },
      }
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
    if (held === null) return
    this.#options.commandStage({ type: 'link-room', link: null })
    await this.#forgetAtBackend(held.here, held.link.here.room)
    await this.#leave(held.here, held.link.here)
  }

  async #ready(base: string, { room, token }: RoomLink['here']): Promise<void> {
    await ask(base, 'PUT', `/api/rooms/${room}/seats/me`, z.unknown(), { token, body: { ready: true } })
  }

  async #leave(base: string, { room, token }: RoomLink['here']): Promise<void> {
    try {
      await ask(base, 'DELETE', `/api/rooms/${room}/seats/me`, z.unknown(), { token })
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

/** As a person's name may be: 60 bytes of UTF-8, and no half character. */
function nickOf(title: string): string {
  let nick = ''
  for (const character of title.trim()) {
    if (Buffer.byteLength(nick + character) > NICK_BYTES) break
    nick += character
  }
  return nick.trim() || 'AnchorDesk'
}

/** @throws AnchorError room-link.unreachable | room-link.refused */
async function ask<T>(base: string, method: string, path: string, answer: z.ZodType<T>, { token, body }: { token?: string; body?: unknown }): Promise<T> {
  const host = base.replace(/^https?:\/\//, '')
  let response: Response
  let text: string
  try {
    response = await fetch(`${base}${path}`, {
      method,
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_MS),
      headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    text = await boundedText(response)
  } catch (error) {
    throw new AnchorError('room-link.unreachable', { cause: error, context: { host } })
  }
  const parsed = readJson(text)
  if (!response.ok) {
    const refusal = refusalAnswer.safeParse(parsed)
    throw new AnchorError('room-link.refused', { context: { reason: refusal.success ? refusal.data.message : `HTTP ${response.status}` } })
  }
  const known = answer.safeParse(parsed)
  if (!known.success) throw new AnchorError('room-link.refused', { context: { reason: 'its answer was not understood' } })
  return known.data
}

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength
    if (length > MAX_ANSWER_BYTES) throw new Error('the answer is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

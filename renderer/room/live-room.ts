import type { RoomMessage } from '../../electron/shared/room-message'
import type { RoomSession } from '../../electron/shared/room-api'
import type { CoAnchorRefusal } from '../../electron/shared/asking'
import { AskingDesk } from './asking-desk'
import { useAsking } from './asking-store'
import { ChatConnection, type ChatHandlers, type ChatLine, type ChatLineOptions } from './chat-connection'
import { useChat } from './chat-store'
import { GiftDesk } from './gift-desk'
import { useGifts } from './gift-store'
import { LikeSender } from './like-sender'
import { usePulse } from './pulse-store'
import { refusalOf, type Refusal } from './refusal'
import { RoomApiError } from './api-request'
import type { RoomApi } from './room-api-client'
import { readHistory, type Heard } from './room-messages'
import { useRoom } from './room-store'
import type { SessionSource } from './session'
import { useVisit } from './visit-store'

const AGAIN_MS = 3_000

export interface LiveRoomOptions {
  readonly roomId: string
  readonly api: RoomApi
  readonly session: SessionSource
  /** Hears every room message that is news here. */
  readonly onMessage?: (message: RoomMessage) => void
  /** Find out whether a quiet room is quiet or cut off. */
  readonly heartbeat?: boolean
  /** Another line in tests. */
  readonly line?: (roomId: string, handlers: ChatHandlers, options: ChatLineOptions) => ChatLine
}

/**
 * One page in one room: comes in over HTTP, goes on by chat, and keeps the stores right. Owns the session, the line, and all timers of the
 * room. A page makes one, and closes it.
 */
export class LiveRoom {
  readonly #options: LiveRoomOptions
  readonly #session: SessionSource
  readonly #line: ChatLine
  readonly #likes: LikeSender
  readonly #gifts: GiftDesk
  readonly #asking: AskingDesk
  readonly #visit = useVisit()
  readonly #room = useRoom()
  readonly #chat = useChat()
  readonly #pulse = usePulse()
  readonly #giftStore = useGifts()
  #anchor = ''
  #timer: ReturnType<typeof setTimeout> | null = null
  #wanted = false
  #current: RoomSession | null = null
  /** What comes while a snapshot is on its way is applied after it. */
  #held: RoomMessage[] | null = null
  #rowId = 0
  #closed = false

  constructor(options: LiveRoomOptions) {
    this.#options = options
    this.#session = options.session
    const makeLine = options.line ?? ((...line: ConstructorParameters<typeof ChatConnection>) => new ChatConnection(...line))
    const handlers: ChatHandlers = {
      onPacket: (messages) => this.#pulse.heard(messages),
      onHeard: (heard) => this.#hear(heard),
      onAsking: (news) => this.#asking.hear(news),
      onState: (state, kick) => {
        this.#visit.chat = state
        this.#visit.kick = kick
        if (state === 'removed') void this.#out()
      },
      onJoined: () => void this.#load(),
      freshSession: async () => (this.#current = await this.#session.fresh()),
    }
    this.#line = makeLine(options.roomId, handlers, { heartbeat: options.heartbeat ?? false })
    this.#likes = new LikeSender(
      (count) => this.#line.like(count),
      (count) => this.#room.liked(-count),
    )
    this.#asking = new AskingDesk({
      roomId: options.roomId,
      line: this.#line,
      store: useAsking(),
      anchor: () => this.#anchor,
      isCrew: () => this.#room.isCrew,
      person: (userId) => this.#chat.person(userId),
    })
    this.#gifts = new GiftDesk({
      api: options.api,
      store: this.#giftStore,
      token: () => this.#session.token,
      me: () => this.#room.me,
      onDoubt: () => void this.#load(),
    })
  }

  /** Comes in over HTTP, and draws the room. Tries again by itself while nobody answers. */
  async enter(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    if (this.#closed) return
    this.#visit.phase = 'entering'
    try {
      this.#current = await this.#session.open()
      this.#visit.named = this.#session.named
      if (!(await this.#load()) || this.#closed) return
      this.#visit.phase = 'inside'
      if (this.#wanted) await this.#line.open(this.#current)
    } catch (error) {
      if (!(error instanceof RoomApiError)) throw error
      // Another room has taken this one's place.
      if (!this.#closed) this.#notIn(error)
    }
  }

  /** Opens the chat's line, now or when the page has come in: the picture is first. */
  async connect(): Promise<void> {
    if (this.#wanted) return
    this.#wanted = true
    if (this.#visit.phase === 'inside' && this.#current !== null) await this.#line.open(this.#current)
  }

  /** Comes in anew: after a removal that was taken back, or when another page took this one's place. */
  async reenter(): Promise<void> {
    await this.#line.close()
    this.#wanted = true
    await this.enter()
  }

  /** @returns null: it was said */
  async say(text: string): Promise<Refusal | null> {
    const { me } = this.#room
    if (me === null) return refusalOf(null)
    this.#rowId += 1
    const id = `own-${this.#rowId}`
    this.#chat.put({ kind: 'said', id, msgSeq: 0, ...me, text, own: true, sending: true })
    try {
      const { msgSeq } = await this.#line.say(text, this.#room.isCrew ? 'High' : 'Normal')
      this.#chat.sent(id, msgSeq)
      this.#room.spoke(Date.now())
      return null
    } catch (error) {
      this.#chat.drop(id)
      const refusal = refusalOf(error)
      if (refusal.reason === 'slow-mode') this.#room.waitUntil(Date.now() + refusal.seconds * 1_000)
      // Muted by a word that did not arrive: the room is asked for the reason and the end.
      if (refusal.reason === 'muted') void this.#load()
      return refusal
    }
  }

  /** One tap: shown at once, sent merged. */
  like(): void {
    if (this.#likes.tap()) this.#room.liked(1)
  }

  give(giftId: string, count: number, preset: boolean): ReturnType<GiftDesk['give']> {
    return this.#gifts.give(giftId, count, preset)
  }

  /** Asks the anchor for the mic; how it goes stands in `useAsking().own`. */
  askForMic(): Promise<void> {
    return this.#asking.askForMic()
  }

  withdraw(): Promise<void> {
    return this.#asking.withdraw()
  }

  /** @returns false: it was not heard, as with the next four */
  answerInvitation(accept: boolean): Promise<boolean> {
    return this.#asking.answerInvitation(accept)
  }

  inviteToMic(userId: string, nick: string): Promise<boolean> {
    return this.#asking.inviteToMic(userId, nick)
  }

  cancelInvitation(inviteId: string): Promise<boolean> {
    return this.#asking.cancelInvitation(inviteId)
  }

  /** The backend gives the place, and first. */
  acceptApplication(inviteId: string): Promise<boolean> {
    return this.#asking.acceptApplication(inviteId)
  }

  declineApplication(inviteId: string, reason: CoAnchorRefusal): Promise<boolean> {
    return this.#asking.declineApplication(inviteId, reason)
  }

  /** @returns null: the name is one's own now */
  async rename(nick: string): Promise<Refusal | null> {
    try {
      await this.#session.rename(nick)
    } catch (error) {
      return refusalOf(error)
    }
    this.#room.renamed(nick)
    this.#visit.named = true
    return null
  }

  /** Something says that the server is there. */
  nudge(): void {
    this.#line.nudge()
    if (this.#visit.phase === 'waiting') void this.enter()
  }

  async close(): Promise<void> {
    this.#closed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#session.close()
    this.#likes.close()
    this.#gifts.close()
    this.#asking.close()
    this.#giftStore.clear()
    this.#chat.clear()
    this.#room.clear()
    this.#pulse.clear()
    await this.#line.close()
  }

  #notIn(error: RoomApiError): void {
    const { code, kind, message, remedy, passing } = error
    if (code === 'auth.blocked') {
      this.#visit.removedFor = error.reason
      this.#visit.phase = 'removed'
    } else if (kind === 'not-served') this.#visit.phase = 'absent'
    else if (passing) {
      this.#visit.phase = 'waiting'
      this.#timer = setTimeout(() => void this.enter(), AGAIN_MS)
    } else {
      this.#visit.refusal = { message, remedy }
      this.#visit.phase = 'refused'
    }
  }

  /** The whole room again. @returns false: another is on its way, or it could not be read while chat goes on. @throws RoomApiError on entry */
  async #load(): Promise<boolean> {
    if (this.#held !== null) return false
    this.#held = []
    try {
      const snapshot = await this.#options.api.snapshot(this.#session.token)
      if (this.#closed) return false
      this.#anchor = snapshot.anchor
      this.#room.load(snapshot)
      this.#giftStore.load(snapshot, this.#gifts.ordering)
      this.#chat.hear(...readHistory(snapshot).map((said) => ({ ...said, kind: 'said' as const, own: said.userId === snapshot.me.userId, sending: false })))
      if (snapshot.draw !== null) this.#chat.hear({ kind: 'house', id: `draw-open-${snapshot.draw.drawId}`, msgSeq: 0, message: snapshot.draw })
      this.#gifts.repair(snapshot.giftSeq)
      return true
    } catch (error) {
      if (!(error instanceof RoomApiError) || this.#visit.phase === 'entering') throw error
      if (error.code === 'auth.blocked') this.#visit.phase = 'removed'
      return false
    } finally {
      const held = this.#held
      this.#held = null
      // Newcomers are given older messages too: numbers that have been passed are not news.
      for (const message of held) if (message.kind !== 'counters' || message.likes >= this.#room.likes) this.#take(message)
    }
  }

  #hear(heard: Heard): void {
    if (heard.kind === 'out') return
    if (heard.kind === 'said') {
      const own = heard.said.userId === this.#room.me?.userId
      this.#chat.hear({ ...heard.said, kind: 'said', own, sending: false })
      return
    }
    const { message, msgSeq } = heard
    if (message.kind === 'broadcast') this.#chat.hear({ kind: 'house', id: heard.id, msgSeq, message })
    if (message.kind === 'draw-open' || message.kind === 'draw-result' || message.kind === 'draw-cancelled')
      this.#chat.hear({ kind: 'house', id: `${message.kind}-${message.drawId}`, msgSeq, message })
    if (this.#held === null) this.#take(message)
    else this.#held.push(message)
  }

  #take(message: RoomMessage): void {
    this.#options.onMessage?.(message)
    if (message.kind === 'gift' || message.kind === 'refund') this.#gifts.hear(message)
    else if (message.kind === 'retract') this.#chat.retract(message.msgSeq)
    else if (message.kind === 'remove') void this.#removed(message.userIds, message.reason)
    else {
      this.#room.hear(message)
      if (message.kind === 'counters') this.#gifts.repair(message.giftSeq)
    }
  }

  /** IM took this client out; why, the API knows. */
  async #out(): Promise<void> {
    this.#visit.phase = 'removed'
    try {
      await this.#options.api.snapshot(this.#session.token)
    } catch (error) {
      if (!(error instanceof RoomApiError)) throw error
      this.#visit.removedFor ||= error.reason
    }
  }

  async #removed(userIds: readonly string[], reason: string): Promise<void> {
    const me = this.#room.me?.userId
    if (me === undefined || !userIds.includes(me)) return
    // Newcomers are given older messages too: whoever was let in again reads of the removal. The API knows what holds.
    try {
      await this.#options.api.snapshot(this.#session.token)
      return
    } catch (error) {
      if (!(error instanceof RoomApiError)) throw error
    }
    this.#visit.removedFor = reason
    this.#visit.phase = 'removed'
    await this.#line.close()
  }
}

import { createPinia, setActivePinia } from 'pinia'
import type { RoomMessage, RoomMessageOf } from '../../../../electron/shared/room-message'
import type { GiftOrder, RoomSession, RoomSnapshot } from '../../../../electron/shared/room-api'
import type { ChatHandlers, ChatLine, SentMessage, SpeechPriority } from '../../../../renderer/room/chat-connection'
import { LiveRoom } from '../../../../renderer/room/live-room'
import { GuestSession } from '../../../../renderer/room/session'
import type { RoomApiError } from '../../../../renderer/room/api-request'
import type { GiftEvent, GiftPage, OrderRequest, RoomApi } from '../../../../renderer/room/room-api-client'

export const ME = 'g-me'

export function snapshotWith(changes: Partial<RoomSnapshot> = {}): RoomSnapshot {
  return {
    room: { roomId: 'program', title: 'Friday', cover: '', startsAt: 0, status: 'live', show: 1, liveSince: 1, rev: 5, online: 2 },
    notice: { form: 'plain', text: 'Welcome' },
    introduction: { form: 'plain', text: '' },
    muteAll: false,
    slowModeSec: 0,
    likes: 10,
    popularity: 0,
    giftSeq: 0,
    gifts: [
      { giftId: 'rose', name: { en: 'Rose', 'zh-CN': '玫瑰' }, coins: 1, emoji: '🌹', effect: 'small' },
      { giftId: 'rocket', name: { en: 'Rocket', 'zh-CN': '火箭' }, coins: 520, emoji: '🚀', effect: 'large' },
    ],
    history: [],
    draw: null,
    seats: { v: 1, kind: 'seats', rev: 0, layout: 'solo', seats: [] },
    pk: null,
    anchor: 'anchor',
    me: { userId: ME, role: 'viewer', nick: 'Bo', avatar: '', level: 3, coins: 1_000, member: false, follows: false, mute: null },
    callbacks: 'arriving',
    ...changes,
  }
}

export function giftEvent(seq: number, changes: Partial<RoomMessageOf<'gift'>> = {}): RoomMessageOf<'gift'> {
  const from = { userId: 'g-ann', nick: 'Ann', avatar: '', level: 1, role: 'viewer' as const }
  const at = Math.floor(Date.now() / 1_000)
  return { v: 1, kind: 'gift', seq, show: 1, from, giftId: 'rose', count: 1, coins: 1, combo: `series-${seq}`, total: 1, at, ...changes }
}

/** The API as a page knows it, without a server. What is put into `fail` is thrown by the next call of that name. */
export class FakeApi implements RoomApi {
  snapshotNow = snapshotWith()
  readonly orders: OrderRequest[] = []
  ledger: GiftEvent[] = []
  readonly opened: { nick: string; token: string | null }[] = []
  readonly fail: Partial<Record<'open' | 'snapshot' | 'order' | 'rename', RoomApiError[]>> = {}
  /** A snapshot waits for it. */
  hold: Promise<void> = Promise.resolve()

  async open({ nick }: { readonly nick: string }, token: string | null): Promise<RoomSession> {
    this.#mayFail('open')
    this.opened.push({ nick, token })
    return this.#session(nick)
  }

  async renew(): Promise<RoomSession> {
    return this.#session('Bo')
  }

  async rename(): Promise<void> {
    this.#mayFail('rename')
  }

  async snapshot(): Promise<RoomSnapshot> {
    this.#mayFail('snapshot')
    const answer = this.snapshotNow
    await this.hold
    return answer
  }

  async order(_token: string, order: OrderRequest): Promise<GiftOrder> {
    this.orders.push(order)
    this.#mayFail('order')
    const distinct = new Map(this.orders.map((one) => [one.orderId, one]))
    const coins = [...distinct.values()].reduce((sum, one) => sum + one.count, 0)
    return { orderId: order.orderId, state: 'paid', giftId: order.giftId, count: order.count, coins: order.count, balance: 1_000 - coins }
  }

  async giftsAfter(_token: string, seq: number): Promise<GiftPage> {
    return { latest: this.ledger.at(-1)?.seq ?? 0, events: this.ledger.filter((event) => event.seq > seq).slice(0, 5) }
  }

  #mayFail(name: 'open' | 'snapshot' | 'order' | 'rename'): void {
    const error = this.fail[name]?.shift()
    if (error !== undefined) throw error
  }

  #session(nick: string): RoomSession {
    const ends = Math.floor(Date.now() / 1_000) + 43_200
    return {
      token: 'token-1',
      expiresAt: ends,
      userId: ME,
      role: 'viewer',
      roomId: 'program',
      nick,
      avatar: '',
      sdkAppId: 1,
      userSig: 'sig',
      userSigExpiresAt: ends,
      admin: 'administrator',
      wire: 'ws://127.0.0.1:1',
    }
  }
}

/** The chat's line without the SDK. */
export class FakeLine implements ChatLine {
  readonly handlers: ChatHandlers
  readonly said: string[] = []
  readonly priorities: SpeechPriority[] = []
  readonly liked: number[] = []
  readonly asked: { userId: string; data: string; seconds: number }[] = []
  readonly answers: { inviteId: string; accept: boolean; data: string }[] = []
  readonly takenBack: string[] = []
  readonly nicks = new Map<string, string>()
  refuse: unknown = null
  opened = 0
  closed = 0
  #seq = 100

  constructor(handlers: ChatHandlers) {
    this.handlers = handlers
  }

  async open(): Promise<void> {
    this.opened += 1
    this.handlers.onState('ready', '')
    this.handlers.onJoined()
  }

  async say(text: string, priority: SpeechPriority): Promise<SentMessage> {
    if (this.refuse !== null) throw this.refuse
    this.priorities.push(priority)
    this.said.push(text)
    return { id: `sdk-${text}`, msgSeq: ++this.#seq }
  }

  async like(count: number): Promise<void> {
    if (this.refuse !== null) throw this.refuse
    this.liked.push(count)
  }

  async ask(userId: string, data: string, seconds: number): Promise<string> {
    if (this.refuse !== null) throw this.refuse
    this.asked.push({ userId, data, seconds })
    return `question-${this.asked.length}`
  }

  async answer(inviteId: string, accept: boolean, data: string): Promise<void> {
    if (this.refuse !== null) throw this.refuse
    this.answers.push({ inviteId, accept, data })
  }

  async takeBack(inviteId: string): Promise<void> {
    if (this.refuse !== null) throw this.refuse
    this.takenBack.push(inviteId)
  }

  async nickOf(userId: string): Promise<string> {
    return this.nicks.get(userId) ?? ''
  }

  nudge(): void {
    return undefined
  }

  async close(): Promise<void> {
    this.closed += 1
  }

  tell(message: RoomMessage, msgSeq = 0): void {
    this.handlers.onHeard({ kind: 'room', message, msgSeq, id: `room-${msgSeq}-${message.kind}` })
  }
}

export interface Rig {
  readonly api: FakeApi
  readonly room: LiveRoom
  readonly line: FakeLine
  readonly kept: Map<string, string>
}

/** A page's room with stores of its own. */
/** @param pinia of another room's stores, where this one takes its place */
export function makeRoom(kept = new Map<string, string>(), pinia = createPinia()): Rig {
  setActivePinia(pinia)
  const api = new FakeApi()
  const lines: FakeLine[] = []
  const session = new GuestSession({
    api,
    keeper: { read: () => kept.get('visit') ?? null, write: (text) => void kept.set('visit', text) },
    invite: null,
    guestName: () => 'Guest 1234',
  })
  const room = new LiveRoom({
    roomId: 'program',
    api,
    session,
    line: (_roomId, handlers) => {
      const line = new FakeLine(handlers)
      lines.push(line)
      return line
    },
  })
  const [line] = lines
  if (line === undefined) throw new Error('a room makes its line at once')
  return { api, room, line, kept }
}

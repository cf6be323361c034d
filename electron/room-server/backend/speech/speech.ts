import { CLIENT_KINDS, readRoomMessage, ROOM_MESSAGE_VERSION, type MessagePriority, type MessageTag, MESSAGE_PRIORITY } from '../../../shared/room-message'
import type { Activity } from '../audience/activity'
import type { Counters } from '../audience/counters'
import type { Standings } from '../audience/standing'
import { DROP, PASS, refuse, type CallbackAnswer, type GroupMessageCallback, type MessageElement } from '../chat/callback-schema'
import { nowSec, type Clock } from '../clock'
import type { BackendConfig } from '../config'
import type { Draws } from '../draws/draws'
import type { People } from '../identity/people'
import { isCrew } from '../identity/rights'
import { LikeCaps } from '../likes/like-caps'
import { LossAccount } from '../losses/loss-account'
import type { Moderation } from '../moderation/moderation'
import { SlowMode } from '../moderation/slow-mode'
import type { WordList } from '../moderation/word-list'
import type { Rooms, RoomRow } from '../rooms/rooms'
import type { History } from './history'

/** Looks at pictures, sounds and files after they were said; null = nothing against it. Whatever it finds takes the message back. */
export type Reviewer = (message: {
  readonly roomId: string
  readonly userId: string
  readonly msgSeq: number
  readonly body: readonly MessageElement[]
}) => Promise<string | null>

export interface SpeechParts {
  readonly rooms: Rooms
  readonly people: People
  readonly moderation: Moderation
  readonly words: WordList
  readonly standings: Standings
  readonly activity: Activity
  readonly counters: Counters
  readonly draws: Draws
  readonly history: History
  readonly config: BackendConfig
  readonly clock: Clock
  readonly reviewer: Reviewer | null
}

const MAX_TAG_CHARS = 8_000

/** What is said in rooms: judged before, counted after. It hears IM by callbacks alone. */
export class Speech {
  readonly #parts: SpeechParts
  readonly #caps = new LikeCaps()
  readonly #losses = new Map<string, LossAccount>()
  readonly #slow = new Map<string, SlowMode>()

  constructor(parts: SpeechParts) {
    this.#parts = parts
  }

  losses(roomId: string): LossAccount {
    const known = this.#losses.get(roomId) ?? new LossAccount()
    this.#losses.set(roomId, known)
    return known
  }

  async before(message: GroupMessageCallback): Promise<CallbackAnswer> {
    const { rooms, config } = this.#parts
    const room = rooms.find(message.GroupId)
    if (room === null) return PASS
    const answer = message.From_Account === config.chat.admin ? PASS : await this.#judge(room, message)
    if (answer.ErrorCode === 0) this.losses(room.room_id).before(keyOf(message), priorityOf(message), this.#parts.clock.nowMs())
    return answer
  }

  async after(message: GroupMessageCallback): Promise<void> {
    const { rooms, config, activity, history, draws, standings, people, clock } = this.#parts
    const room = rooms.find(message.GroupId)
    if (room === null) return
    this.losses(room.room_id).after(keyOf(message), clock.nowMs())
    const userId = message.From_Account
    if (userId === config.chat.admin) return
    const { MsgSeq: msgSeq } = message
    this.#review(room.room_id, message)
    const text = textOf(message.MsgBody)
    if (text === '') return
    activity.add(room.room_id, room.show, userId, 'message', 1)
    const at = message.MsgTime ?? nowSec(clock)
    if (msgSeq !== undefined) await history.add(room.room_id, { msgSeq, userId, text, tag: (message.CloudCustomData ?? '').slice(0, MAX_TAG_CHARS), at })
    await draws.enter(room.room_id, msgSeq ?? 0, {
      userId,
      text,
      atMs: eventMs(message, clock.nowMs()),
      level: await standings.level(room.room_id, userId),
      follows: await people.follows(room.room_id, userId),
    })
  }

  /** Why somebody may not come in; the code goes to their client. */
  beforeJoin(groupId: string, userId: string): CallbackAnswer {
    const block = this.#parts.moderation.blocks.find(groupId, userId)
    return block === null ? PASS : refuse('blocked', { until: block.until })
  }

  async #judge(room: RoomRow, message: GroupMessageCallback): Promise<CallbackAnswer> {
    const { moderation, people, clock } = this.#parts
    const userId = message.From_Account
    const roomId = room.room_id
    if (moderation.isBlocked(roomId, userId)) return refuse('blocked')
    const mute = moderation.mutes.find(roomId, userId)
    // IM refuses the muted itself (10017); this holds also while it has not been told yet.
    if (mute !== null) return refuse('muted', { until: mute.until })
    const custom = message.MsgBody.filter((element) => element.MsgType === 'TIMCustomElem')
    if (custom.length > 0) return this.#custom(room, userId, custom, message.MsgBody.length)
    const words = this.#filtered(message.MsgBody)
    if (words === 'refuse') return refuse('sensitive-word')
    if (words === 'drop') return DROP
    const turn = isCrew(people.role(roomId, userId)) ? null : this.#slowMode(room).speak(userId, clock.nowMs())
    if (turn?.ok === false) return refuse('slow-mode', { seconds: Math.ceil(turn.waitMs / 1_000) })
    const body = words ?? message.MsgBody
    return { ...PASS, MsgBody: body, CloudCustomData: tagged(message.CloudCustomData ?? '', await this.#tag(roomId, userId, words !== null)) }
  }

  /** Clients say likes and nothing else this way: whoever could forge a status or a gift could do anything. */
  #custom(room: RoomRow, userId: string, custom: readonly MessageElement[], elements: number): CallbackAnswer {
    const { activity, counters, clock } = this.#parts
    const data = custom[0]?.MsgContent['Data']
    const said = typeof data === 'string' ? readRoomMessage(data) : null
    if (elements !== 1 || said === null || said.kind !== 'like' || !CLIENT_KINDS.has(said.kind)) return refuse('forged')
    const counted = this.#caps.count(userId, said.count, clock.nowMs())
    if (counted === 0) return refuse('too-many-likes')
    activity.add(room.room_id, room.show, userId, 'like', counted)
    counters.addLikes(room.room_id, counted)
    if (counted === said.count) return PASS
    // What others are shown is what was counted.
    const data2 = JSON.stringify({ v: ROOM_MESSAGE_VERSION, kind: 'like', count: counted })
    return { ...PASS, MsgBody: [{ MsgType: 'TIMCustomElem', MsgContent: { Data: data2, Desc: 'like', Ext: '' } }] }
  }

  /** Null: nothing to change. */
  #filtered(body: readonly MessageElement[]): 'refuse' | 'drop' | readonly MessageElement[] | null {
    let changed = false
    const next: MessageElement[] = []
    for (const element of body) {
      const text = element.MsgContent['Text']
      const verdict = typeof text === 'string' ? this.#parts.words.judge(text) : null
      if (verdict?.kind === 'refuse' || verdict?.kind === 'drop') return verdict.kind
      if (verdict?.kind === 'mask') changed = true
      next.push(verdict?.kind === 'mask' ? { ...element, MsgContent: { ...element.MsgContent, Text: verdict.text } } : element)
    }
    return changed ? next : null
  }

  async #tag(roomId: string, userId: string, masked: boolean): Promise<MessageTag> {
    const { nick, avatar, level, role } = await this.#parts.standings.person(roomId, userId)
    return { v: ROOM_MESSAGE_VERSION, level, role, nick, avatar, ...(masked ? { masked } : {}) }
  }

  /** In its own time: the message is on the screens already. */
  #review(roomId: string, message: GroupMessageCallback): void {
    const { reviewer, moderation, config } = this.#parts
    const { MsgSeq: msgSeq, From_Account: userId, MsgBody: body } = message
    if (reviewer === null || msgSeq === undefined || body.every(({ MsgType }) => MsgType === 'TIMTextElem' || MsgType === 'TIMCustomElem')) return
    reviewer({ roomId, userId, msgSeq, body })
      .then((reason) => (reason === null ? undefined : moderation.retractReviewed(roomId, msgSeq, userId, reason)))
      .catch((error: unknown) => config.log('warn', `a review failed: ${error instanceof Error ? error.message : String(error)}`))
  }

  #slowMode(room: RoomRow): SlowMode {
    const slow = this.#slow.get(room.room_id) ?? new SlowMode()
    this.#slow.set(room.room_id, slow)
    slow.set(room.slow_mode_sec * 1_000)
    return slow
  }
}

/** What the client wrote there stays; what it wrote under our name does not. */
function tagged(cloudCustomData: string, live: MessageTag): string {
  const own = readObject(cloudCustomData)
  const whole = JSON.stringify({ ...own, live })
  return whole.length > MAX_TAG_CHARS ? JSON.stringify({ live }) : whole
}

function readObject(text: string): Readonly<Record<string, unknown>> {
  if (!text.startsWith('{')) return {}
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
}

function textOf(body: readonly MessageElement[]): string {
  return body.map(({ MsgType, MsgContent }) => (MsgType === 'TIMTextElem' && typeof MsgContent['Text'] === 'string' ? MsgContent['Text'] : '')).join('')
}

/** When IM took the message; callbacks come a little later. */
function eventMs({ EventTime }: GroupMessageCallback, nowMs: number): number {
  const at = Number(EventTime)
  return Number.isFinite(at) && Math.abs(nowMs - at) < 60_000 ? at : nowMs
}

function keyOf(message: GroupMessageCallback): { readonly from: string; readonly random: number } {
  return { from: message.From_Account, random: Number(message.Random) }
}

/** Callbacks do not name the priority: what is of which kind travels with which is the house's own rule. */
function priorityOf(message: GroupMessageCallback): MessagePriority {
  const [first] = message.MsgBody
  const data = first?.MsgType === 'TIMCustomElem' ? first.MsgContent['Data'] : undefined
  const said = typeof data === 'string' ? readRoomMessage(data) : null
  return said === null ? 'Normal' : MESSAGE_PRIORITY[said.kind]
}

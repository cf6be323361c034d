import type { ChatFacts, LogEntry } from '../domain/room-log'
import { EVENT, type ItemFrame } from '../domain/tips'
import { random31, type ImContext } from './context'
import type { Room } from './room-book'
import type { Write } from '../../store/write-queue'

/** Somebody who waits for news of a room. */
export interface Listener {
  readonly userId: string
  /** `poll`: told once, then gone until it asks again. `push`: told each time. */
  readonly mode: 'poll' | 'push'
  /** First cursor that it has not. */
  cursor: number
  /** UNIX ms before which it is not told; the feed's own, 0 to begin with. */
  readyMs: number
  /** UNIX ms at which a parked poll is answered with nothing. */
  readonly untilMs: number
  deliver(news: News): void
}

/** News as bytes made once for all who get the same. */
export interface News {
  readonly nextCursor: number
  readonly entries: readonly LogEntry[]
  /** The items, comma separated: the inside of a poll answer's list. Broadcasts have a list of their own. */
  readonly items: Buffer
  readonly broadcasts: Buffer
  /** The whole push frame. */
  push(): Buffer
}

/**
 * Up to this many in a room are told at once. Beyond, each one's news are gathered for a while from the moment it asked, so that the number of
 * polls stays what one core can answer. Each has its own while: told all together, thousands would also ask again all together.
 */
const SMALL_ROOM = 64
const GATHER_MS = { perThousand: 50, most: 150 }
/** How often a room with news looks for who may be told. */
const LOOK_EVERY_MS = { small: 4, large: 8 }

/** Different places in one room's log that news are kept for; each new entry makes them all anew. */
const KEPT_NEWS = 64

/** Writes what a room is told into its log, and tells it. */
export class RoomFeed {
  readonly #of: () => ImContext
  #sweep: NodeJS.Timeout | null = null

  /** Late, because the context holds this feed. */
  constructor(context: () => ImContext) {
    this.#of = context
  }

  get #context(): ImContext {
    return this.#of()
  }

  start(): void {
    this.#sweep = setInterval(() => this.#answerExpired(), 500)
  }

  close(): void {
    if (this.#sweep !== null) clearInterval(this.#sweep)
  }

  /** A frame for an item of the system that is about to be appended. */
  frame(room: Room): ItemFrame {
    const { group } = room
    return {
      groupId: group.groupId,
      groupName: group.profile.name,
      cursor: this.#context.sequence.next(),
      random: random31(this.#context),
      atSec: this.#context.nowSec(),
    }
  }

  /**
   * Appends in the order of calls. Resolves when it is on disk; members are told right after, never before.
   * `also` goes into the same transaction.
   */
  async append(room: Room, cursor: number, event: number, json: string, chat: ChatFacts | null, also?: Write): Promise<void> {
    // Its rows were deleted: one more would be found by the next group of that name.
    if (room.dismissed) return
    const atSec = this.#context.nowSec()
    const groupId = room.group.groupId
    await this.#context.store.add(async (db) => {
      await also?.(db)
      await db
        .insertInto('room_log')
        .values({ cursor, group_id: groupId, item: json, msg_seq: chat?.msgSeq ?? 0, chat: chat === null ? '' : JSON.stringify(chat), at_sec: atSec })
        .execute()
    })
    if (room.dismissed) return
    const keptFrom = room.log.append({ cursor, event, json, chat })
    room.news.clear()
    if (keptFrom !== null) this.#forget(groupId, keptFrom)
    this.#schedule(room)
  }

  /** Asks for news from `listener.cursor` on. A parked poll of the same user is answered with nothing. */
  listen(room: Room, listener: Listener): void {
    const before = room.listeners.get(listener.userId)
    // Removed first: the order of the map is the order of their deadlines.
    room.listeners.delete(listener.userId)
    if (before?.mode === 'poll' && listener.mode === 'poll') before.deliver(this.#news([], before.cursor))
    room.listeners.set(listener.userId, listener)
    listener.readyMs = this.#context.nowMs() + gatherMs(room)
    if (listener.cursor <= room.log.lastCursor) this.#schedule(room)
  }

  /** What a poll that is given up is answered with. */
  nothing(cursor: number): News {
    return this.#news([], cursor)
  }

  unlisten(room: Room, listener: Listener): void {
    if (room.listeners.get(listener.userId) === listener) room.listeners.delete(listener.userId)
  }

  /** Tells everybody now: before the room is gone. */
  flush(room: Room): void {
    this.#tellWhoIsReady(room, Infinity)
  }

  #tellWhoIsReady(room: Room, now: number): void {
    if (room.lookTimer !== null) clearTimeout(room.lookTimer)
    room.lookTimer = null
    const { lastCursor } = room.log
    let later = false
    for (const listener of [...room.listeners.values()]) {
      if (listener.cursor > lastCursor) continue
      if (listener.readyMs <= now) this.#tell(room, listener)
      if (listener.cursor <= lastCursor) later = true
    }
    if (later) this.#schedule(room)
  }

  /** A poll is answered and gone; a push receiver stays. */
  #tell(room: Room, listener: Listener): void {
    let news = room.news.get(listener.cursor)
    if (news === undefined) {
      news = this.#news(room.log.from(listener.cursor), listener.cursor)
      if (room.news.size >= KEPT_NEWS) room.news.clear()
      room.news.set(listener.cursor, news)
    }
    if (listener.mode === 'poll') room.listeners.delete(listener.userId)
    listener.cursor = news.nextCursor
    listener.readyMs = this.#context.nowMs() + gatherMs(room)
    listener.deliver(news)
  }

  #schedule(room: Room): void {
    if (room.lookTimer !== null || room.dismissed) return
    const everyMs = gatherMs(room) === 0 ? LOOK_EVERY_MS.small : LOOK_EVERY_MS.large
    room.lookTimer = setTimeout(() => this.#tellWhoIsReady(room, this.#context.nowMs()), everyMs)
  }

  #news(entries: readonly LogEntry[], cursor: number): News {
    const joined = (broadcasts: boolean): Buffer =>
      Buffer.from(
        entries
          .filter(({ event }) => (event === EVENT.broadcast) === broadcasts)
          .map(({ json }) => json)
          .join(','),
      )
    let frame: Buffer | null = null
    return {
      entries,
      items: joined(false),
      broadcasts: joined(true),
      nextCursor: entries.length === 0 ? cursor : (entries.at(-1)?.cursor ?? cursor) + 1,
      push: () => (frame ??= pushFrame(entries)),
    }
  }

  #answerExpired(): void {
    const now = this.#context.nowMs()
    for (const room of this.#context.rooms.all()) {
      for (const listener of room.listeners.values()) {
        if (listener.mode === 'push') continue
        if (listener.untilMs > now) break
        room.listeners.delete(listener.userId)
        listener.deliver(this.#news([], listener.cursor))
      }
    }
  }

  #forget(groupId: string, below: number): void {
    this.#context.store
      .add((db) => db.deleteFrom('room_log').where('group_id', '=', groupId).where('cursor', '<', below).execute())
      .catch((error: unknown) => this.#context.config.log('warn', `the log of a room was not shortened: ${String(error)}`))
  }
}

function gatherMs({ group }: Room): number {
  return group.present <= SMALL_ROOM ? 0 : Math.min(GATHER_MS.most, (group.present * GATHER_MS.perThousand) / 1_000)
}

/** Events that the SDK expects in a push under another name than in a poll. */
function pushFrame(entries: readonly LogEntry[]): Buffer {
  const events = entries.map(({ event, json }) => {
    if (event === EVENT.chat || event === EVENT.broadcast) return `{"Event":${event},"GroupMsgArray":[${json}]}`
    // A revoke is a notice here.
    return `{"Event":${event === EVENT.revoke ? EVENT.notice : event},"GroupTips":[${event === EVENT.revoke ? json.replace('"Event":20', '"Event":5') : json}]}`
  })
  return Buffer.from(`{"head":{"servcmd":"im_open_push.msg_push","seq":1},"body":{"EventArray":[${events.join(',')}]}}`)
}

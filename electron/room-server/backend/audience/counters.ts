import { sendMessage, COMMAND } from '../chat/calls'
import { ChatRestError, type ChatRest } from '../chat/chat-rest'
import { nowSec, type Clock } from '../clock'
import type { BackendConfig } from '../config'
import { CountNotice } from '../online/count-notice'
import type { Rooms } from '../rooms/rooms'
import type { Presence } from './presence'
import type { Standings } from './standing'

/** Likes and gifts change the numbers more often than anybody reads them. */
const NUMBERS_EVERY_MS = 2_000
const LIKES_EVERY_MS = 1_000

interface Told {
  readonly notice: CountNotice
  timer: NodeJS.Timeout | null
  dueMs: number
}

/**
 * Tells a room its numbers: the count of viewers when its change matters, likes and gifts soon after they change. Nobody is told what has not
 * changed. Likes go to IM's group counter too, where newcomers and those outside read them.
 */
export class Counters {
  readonly #parts: { rest: ChatRest; rooms: Rooms; presence: Presence; standings: Standings; config: BackendConfig; clock: Clock }
  readonly #told = new Map<string, Told>()
  readonly #likes = new Map<string, number>()
  #likeTimer: NodeJS.Timeout | null = null
  #likesWriting: Promise<void> = Promise.resolve()
  #closed = false

  constructor(parts: { rest: ChatRest; rooms: Rooms; presence: Presence; standings: Standings; config: BackendConfig; clock: Clock }) {
    this.#parts = parts
    parts.presence.onChange((roomId) => this.#countChanged(roomId))
  }

  /** Likes that a message brought. */
  addLikes(roomId: string, likes: number): void {
    this.#likes.set(roomId, (this.#likes.get(roomId) ?? 0) + likes)
    this.#likeTimer ??= setTimeout(() => void this.flushLikes(), LIKES_EVERY_MS)
  }

  /** Likes counted so far, those included that are not on disk yet. */
  likes(roomId: string): number {
    return (this.#parts.rooms.find(roomId)?.likes ?? 0) + (this.#likes.get(roomId) ?? 0)
  }

  /** The numbers will be told soon. */
  changed(roomId: string): void {
    this.#tellAt(roomId, this.#parts.clock.nowMs() + NUMBERS_EVERY_MS)
  }

  flushLikes(): Promise<void> {
    if (this.#likeTimer !== null) clearTimeout(this.#likeTimer)
    this.#likeTimer = null
    this.#likesWriting = this.#likesWriting.then(() => this.#writeLikes())
    return this.#likesWriting
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const { timer } of this.#told.values()) if (timer !== null) clearTimeout(timer)
    await this.flushLikes()
  }

  async #writeLikes(): Promise<void> {
    const { rooms, rest, config } = this.#parts
    const batch = [...this.#likes]
    for (const [roomId, likes] of batch) {
      await rooms.addLikes(roomId, likes)
      const left = (this.#likes.get(roomId) ?? 0) - likes
      if (left > 0) this.#likes.set(roomId, left)
      else this.#likes.delete(roomId)
      this.changed(roomId)
      if (!config.chat.edition.counters || this.#closed) continue
      try {
        const total = rooms.get(roomId).likes
        // The total, not the difference: a write that is lost is made good by the next.
        await rest.call(COMMAND.updateCounter, { GroupId: roomId, GroupCounter: [{ Key: 'like', Value: total }], Mode: 'Set' })
      } catch (error) {
        if (!(error instanceof ChatRestError)) throw error
        config.log('warn', `the like counter of ${roomId} was not written: ${error.message}`)
      }
    }
  }

  #countChanged(roomId: string): void {
    const { presence, clock } = this.#parts
    const count = presence.count(roomId)
    if (count === null) return
    const { notice } = this.#of(roomId)
    const now = clock.nowMs()
    if (notice.offer(count, now)) this.#tellAt(roomId, now)
    else {
      const due = notice.dueMs(count)
      if (due !== null) this.#tellAt(roomId, due)
    }
  }

  #tellAt(roomId: string, atMs: number): void {
    if (this.#closed) return
    const told = this.#of(roomId)
    if (told.timer !== null && told.dueMs <= atMs) return
    if (told.timer !== null) clearTimeout(told.timer)
    told.dueMs = atMs
    told.timer = setTimeout(
      () => {
        told.timer = null
        void this.#tell(roomId, told)
      },
      Math.max(0, atMs - this.#parts.clock.nowMs()),
    )
  }

  async #tell(roomId: string, told: Told): Promise<void> {
    const { rest, rooms, presence, standings, config, clock } = this.#parts
    const room = rooms.find(roomId)
    if (room === null || this.#closed) return
    const online = presence.count(roomId) ?? 0
    told.notice.offer(online, clock.nowMs())
    const message = {
      v: 1,
      kind: 'counters',
      online,
      likes: this.likes(roomId),
      popularity: standings.popularity(roomId),
      giftSeq: room.gift_seq,
      at: nowSec(clock),
    } as const
    try {
      const call = sendMessage(roomId, config.chat.admin, message, Math.floor(Math.random() * 4_294_967_295))
      await rest.call(call.command, call.body)
    } catch (error) {
      if (!(error instanceof ChatRestError)) throw error
      // Numbers grow old by themselves: the next ones come.
      config.log('warn', `the numbers of ${roomId} were not told: ${error.message}`)
    }
  }

  #of(roomId: string): Told {
    const told = this.#told.get(roomId) ?? { notice: new CountNotice(), timer: null, dueMs: 0 }
    this.#told.set(roomId, told)
    return told
  }
}

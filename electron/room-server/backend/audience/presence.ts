import { z } from 'zod'
import { COMMAND } from '../chat/calls'
import { ChatRestError, type ChatRest } from '../chat/chat-rest'
import type { Clock } from '../clock'
import type { BackendConfig } from '../config'
import type { Rooms } from '../rooms/rooms'
import type { Activity } from './activity'

interface Visit {
  readonly joinedMs: number
  /** Until when the time here has been counted. */
  countedMs: number
}

const membersSchema = z.object({
  MemberList: z.array(z.object({ Member_Account: z.string(), JoinTime: z.number().default(0) })).default([]),
  NextTimestamp: z.number().default(0),
})
const numberSchema = z.object({ OnlineMemberNum: z.number().int().nonnegative() })

/** Time here is counted each minute, so that a killed process loses no more. */
const COUNT_EVERY_MS = 60_000
/** How often IM is asked for the number where its callbacks do not tell. It changes each 10 s there (trtcio:38521). */
const ASK_EVERY_MS = 15_000
const MEMBER_PAGES = 4

/**
 * Who is in which room, from the callbacks of joining, leaving and connections. Where none arrive, the number is asked for, and nobody's name is
 * known.
 */
export class Presence {
  readonly #rest: ChatRest
  readonly #rooms: Rooms
  readonly #activity: Activity
  readonly #config: BackendConfig
  readonly #clock: Clock
  readonly #callbacksArrive: () => boolean
  readonly #here = new Map<string, Map<string, Visit>>()
  /** Rooms of those whose connection is cut: they come back to them by themselves. */
  readonly #away = new Map<string, Set<string>>()
  readonly #asked = new Map<string, number>()
  readonly #listeners: ((roomId: string) => void)[] = []
  readonly #timers: NodeJS.Timeout[] = []
  #closed = false

  constructor(parts: { rest: ChatRest; rooms: Rooms; activity: Activity; config: BackendConfig; clock: Clock; callbacksArrive: () => boolean }) {
    this.#rest = parts.rest
    this.#rooms = parts.rooms
    this.#activity = parts.activity
    this.#config = parts.config
    this.#clock = parts.clock
    this.#callbacksArrive = parts.callbacksArrive
  }

  onChange(listener: (roomId: string) => void): void {
    this.#listeners.push(listener)
  }

  /** Who was here before this process began, as far as IM's list goes. */
  async start(): Promise<void> {
    for (const { room_id: roomId } of this.#rooms.all()) if (!this.#closed) await this.#readMembers(roomId)
    // Closed meanwhile, or begun a second time.
    if (this.#closed || this.#timers.length > 0) return
    this.#timers.push(
      setInterval(() => this.#countAll(), COUNT_EVERY_MS),
      setInterval(() => void this.#ask(), ASK_EVERY_MS),
    )
  }

  close(): void {
    this.#closed = true
    for (const timer of this.#timers) clearInterval(timer)
    this.#countAll()
  }

  /** Null = not known. */
  count(roomId: string): number | null {
    const here = this.#here.get(roomId)?.size ?? 0
    if (this.#callbacksArrive() || here > 0) return here
    return this.#asked.get(roomId) ?? null
  }

  /** Newest first. */
  list(roomId: string): readonly { readonly userId: string; readonly joinedMs: number }[] {
    const visits = [...(this.#here.get(roomId) ?? [])].map(([userId, { joinedMs }]) => ({ userId, joinedMs }))
    return visits.sort((a, b) => b.joinedMs - a.joinedMs).slice(0, this.#config.chat.edition.listedMembers)
  }

  /** Since when somebody's time here is not in the sums yet; null = not here. */
  uncountedSinceMs(roomId: string, userId: string): number | null {
    return this.#here.get(roomId)?.get(userId)?.countedMs ?? null
  }

  joined(roomId: string, userIds: readonly string[]): void {
    const room = this.#rooms.find(roomId)
    if (room === null) return
    const now = this.#clock.nowMs()
    const here = this.#roomOf(roomId)
    for (const userId of userIds) {
      this.#notAway(roomId, userId)
      if (userId === this.#config.chat.admin || here.has(userId)) continue
      here.set(userId, { joinedMs: now, countedMs: now })
      this.#activity.add(roomId, room.show, userId, 'join', 1)
    }
    this.#changed(roomId)
  }

  left(roomId: string, userIds: readonly string[]): void {
    for (const userId of userIds) {
      this.#notAway(roomId, userId)
      this.#end(roomId, userId)
    }
    this.#changed(roomId)
  }

  state(userId: string, online: boolean): void {
    if (online) {
      const rooms = this.#away.get(userId)
      this.#away.delete(userId)
      for (const roomId of rooms ?? []) this.joined(roomId, [userId])
      return
    }
    for (const [roomId, here] of this.#here) {
      if (!here.has(userId)) continue
      const away = this.#away.get(userId) ?? new Set<string>()
      this.#away.set(userId, away)
      away.add(roomId)
      this.#end(roomId, userId)
      this.#changed(roomId)
    }
  }

  #notAway(roomId: string, userId: string): void {
    const rooms = this.#away.get(userId)
    rooms?.delete(roomId)
    if (rooms?.size === 0) this.#away.delete(userId)
  }

  #end(roomId: string, userId: string): void {
    this.#count(roomId, userId)
    this.#here.get(roomId)?.delete(userId)
  }

  #count(roomId: string, userId: string): void {
    const visit = this.#here.get(roomId)?.get(userId)
    const room = this.#rooms.find(roomId)
    if (visit === undefined || room === null) return
    const now = this.#clock.nowMs()
    this.#activity.add(roomId, room.show, userId, 'online', Math.max(0, now - visit.countedMs))
    visit.countedMs = now
  }

  #countAll(): void {
    for (const [roomId, here] of this.#here) for (const userId of here.keys()) this.#count(roomId, userId)
  }

  async #readMembers(roomId: string): Promise<void> {
    const here = this.#roomOf(roomId)
    try {
      let from = 0
      for (let page = 0; page < MEMBER_PAGES; page += 1) {
        const list = membersSchema.parse(await this.#rest.call(COMMAND.members, { GroupId: roomId, Timestamp: from }))
        const now = this.#clock.nowMs()
        for (const member of list.MemberList)
          if (member.Member_Account !== this.#config.chat.admin && !here.has(member.Member_Account))
            here.set(member.Member_Account, { joinedMs: member.JoinTime * 1_000, countedMs: now })
        from = list.NextTimestamp
        if (from === 0) break
      }
    } catch (error) {
      if (!(error instanceof ChatRestError) && !(error instanceof z.ZodError)) throw error
      this.#config.log('warn', `the members of ${roomId} are not known: ${error.message}`)
    }
  }

  async #ask(): Promise<void> {
    if (this.#callbacksArrive()) return
    for (const { room_id: roomId } of this.#rooms.all()) {
      try {
        const { OnlineMemberNum } = numberSchema.parse(await this.#rest.call(COMMAND.onlineNumber, { GroupId: roomId }))
        const before = this.#asked.get(roomId)
        this.#asked.set(roomId, OnlineMemberNum)
        if (before !== OnlineMemberNum) this.#changed(roomId)
      } catch (error) {
        if (!(error instanceof ChatRestError) && !(error instanceof z.ZodError)) throw error
        this.#asked.delete(roomId)
      }
    }
  }

  #roomOf(roomId: string): Map<string, Visit> {
    const here = this.#here.get(roomId) ?? new Map<string, Visit>()
    this.#here.set(roomId, here)
    return here
  }

  #changed(roomId: string): void {
    for (const listener of this.#listeners) listener(roomId)
  }
}

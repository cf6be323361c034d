import type { Kysely } from 'kysely'
import type { Audited, Muted, Penalty } from '../../../shared/crew-api'
import type { RoomDatabase } from '../../store/schema'
import { ApiError } from '../api/api-error'
import { banMembers, modifyGroup, muteMembers, recallMessages, unbanMembers } from '../chat/calls'
import type { Change, Outbox } from '../chat/outbox'
import { nowSec, type Clock } from '../clock'
import { FOR_EVER_SEC, LIMITS, type BackendConfig } from '../config'
import type { People } from '../identity/people'
import { outranks } from '../identity/rights'
import type { Caller } from '../identity/sessions'
import type { Rooms } from '../rooms/rooms'
import { Audit, type AuditDetail } from './audit'
import { Penalties } from './penalties'

/** For how long: a number of seconds, for this show, or for ever. */
export type Term = { readonly scope: 'timed'; readonly seconds: number } | { readonly scope: 'show' | 'forever' }

/** Tencent takes 20 bans and 500 mutes at once (im:50296, im:34951). */
const BANNED_AT_ONCE = 20

/**
 * Mutes, removals, blocks, slow mode and deleted messages. Each is on disk and in the audit log before anybody hears of it; what takes a measure
 * returns its number there.
 */
export class Moderation {
  readonly #outbox: Outbox
  readonly #rooms: Rooms
  readonly #people: People
  readonly #config: BackendConfig
  readonly #clock: Clock
  readonly audit: Audit
  readonly mutes: Penalties
  readonly blocks: Penalties
  /** Others whose people are gone when somebody is removed. */
  readonly #listeners: ((roomId: string, userIds: readonly string[], write: Change) => Promise<void>)[] = []

  constructor(parts: { db: Kysely<RoomDatabase>; outbox: Outbox; rooms: Rooms; people: People; config: BackendConfig; clock: Clock }) {
    this.#outbox = parts.outbox
    this.#rooms = parts.rooms
    this.#people = parts.people
    this.#config = parts.config
    this.#clock = parts.clock
    this.audit = new Audit(parts.db, parts.clock)
    this.mutes = new Penalties('mute', parts.clock)
    this.blocks = new Penalties('block', parts.clock)
    parts.rooms.onStatus(async ({ room, begun }, write) => {
      if (room.status === 'ended' || begun) await this.#endShow(write, room.room_id)
    })
  }

  async load(db: Kysely<RoomDatabase>): Promise<void> {
    await this.mutes.load(db)
    await this.blocks.load(db)
  }

  /** Runs in the transaction of each removal. */
  onRemoved(listener: (roomId: string, userIds: readonly string[], write: Change) => Promise<void>): void {
    this.#listeners.push(listener)
  }

  isBlocked(roomId: string, userId: string): boolean {
    return this.blocks.find(roomId, userId) !== null
  }

  async mute(roomId: string, caller: Caller, userId: string, term: Term, reason: string): Promise<Muted> {
    const penalty = { userId, ...this.#until(term), reason }
    const entry = await this.#act(
      roomId,
      caller,
      'mute',
      [userId],
      reason,
      { scope: term.scope, before: this.#standing(this.mutes, roomId, [userId]) },
      (write) => this.#putMute(write, roomId, penalty, caller.userId),
    )
    return { ...penalty, entry }
  }

  async unmute(roomId: string, caller: Caller, userId: string): Promise<number> {
    return this.#act(roomId, caller, 'unmute', [userId], '', { before: this.#standing(this.mutes, roomId, [userId]) }, (write) =>
      this.#liftMutes(write, roomId, [userId]),
    )
  }

  async muteAll(roomId: string, caller: Caller, on: boolean, reason: string): Promise<number> {
    return this.#act(roomId, caller, 'mute-all', [], reason, { on: this.#rooms.get(roomId).mute_all === 1 }, (write) => this.#setMuteAll(write, roomId, on))
  }

  async slowMode(roomId: string, caller: Caller, seconds: number, reason: string): Promise<number> {
    return this.#act(roomId, caller, 'slow-mode', [], reason, { seconds: this.#rooms.get(roomId).slow_mode_sec }, (write) =>
      this.#setSlowMode(write, roomId, seconds),
    )
  }

  /** Out at once, and not in again for the term: the guide's message and list, and IM's own ban where the edition has it. */
  async remove(roomId: string, caller: Caller, userIds: readonly string[], term: Term, reason: string): Promise<number> {
    return this.#act(roomId, caller, 'remove', userIds, reason, { scope: term.scope, before: this.#standing(this.blocks, roomId, userIds) }, (write) =>
      this.#putBlocks(
        write,
        roomId,
        userIds.map((userId) => ({ userId, ...this.#until(term), reason })),
        caller.userId,
      ),
    )
  }

  async unblock(roomId: string, caller: Caller, userId: string): Promise<number> {
    return this.#act(roomId, caller, 'unblock', [userId], '', { before: this.#standing(this.blocks, roomId, [userId]) }, (write) =>
      this.#liftBlocks(write, roomId, [userId]),
    )
  }

  /** Takes a message off every screen. */
  async deleteMessage(roomId: string, caller: Caller, msgSeq: number, reason: string): Promise<number> {
    this.#rooms.get(roomId)
    return this.#outbox.change(async (write) => {
      const author = await this.#retract(write, roomId, msgSeq, 'crew', reason)
      return this.audit.write(write.db, { roomId, action: 'delete-message', by: caller.userId, target: author, reason, detail: { msgSeq } })
    })
  }

  /** A later verdict of a reviewer. */
  async retractReviewed(roomId: string, msgSeq: number, userId: string, reason: string): Promise<void> {
    await this.#outbox.change(async (write) => {
      await this.#retract(write, roomId, msgSeq, 'review', reason)
      await this.audit.write(write.db, { roomId, action: 'review', by: 'reviewer', target: userId, reason, detail: { msgSeq } })
    })
  }

  /** Puts back what was there before. @returns the number of the undoing @throws ApiError audit.not-found | audit.not-undoable */
  async undo(roomId: string, caller: Caller, id: number): Promise<number> {
    const entry = await this.audit.find(roomId, id)
    if (entry === null) throw new ApiError('audit.not-found')
    const userIds = entry.target === '' ? [] : entry.target.split(',')
    const undo = this.#undoOf(roomId, entry.action, userIds, entry.detail, caller.userId)
    if (undo === null || entry.undoneBy !== '') throw new ApiError('audit.not-undoable')
    return this.#outbox.change(async (write) => {
      if (await this.audit.decidedSince(write.db, entry)) throw new ApiError('audit.not-undoable')
      if (!(await this.audit.markUndone(write.db, id, caller.userId))) throw new ApiError('audit.not-undoable')
      await undo(write)
      return this.audit.write(write.db, { roomId, action: 'undo', by: caller.userId, target: entry.target, reason: `#${id}`, detail: {} })
    })
  }

  #undoOf(roomId: string, action: Audited, userIds: readonly string[], detail: AuditDetail, by: string): ((write: Change) => Promise<void>) | null {
    // What would be over by now stays over.
    const before = (detail.before ?? []).filter(({ scope, until }) => scope !== 'timed' || until > nowSec(this.#clock))
    switch (action) {
      case 'mute':
      case 'unmute':
        return async (write) => {
          await this.#liftMutes(write, roomId, userIds)
          for (const penalty of before) await this.#putMute(write, roomId, penalty, by)
        }
      case 'remove':
      case 'unblock':
        return async (write) => {
          await this.#liftBlocks(write, roomId, userIds)
          if (before.length > 0) await this.#putBlocks(write, roomId, before, by)
        }
      case 'mute-all':
        return (write) => this.#setMuteAll(write, roomId, detail.on ?? false)
      case 'slow-mode':
        return (write) => this.#setSlowMode(write, roomId, detail.seconds ?? 0)
      case 'delete-message':
      case 'review':
      case 'undo':
        // What was taken off the screens was seen, or was not; it cannot be said again in somebody's name.
        return null
    }
  }

  /** @returns the number of the entry in the audit log */
  async #act(
    roomId: string,
    caller: Caller,
    action: Audited,
    userIds: readonly string[],
    reason: string,
    detail: AuditDetail,
    work: (write: Change) => Promise<void>,
  ): Promise<number> {
    this.#rooms.get(roomId)
    for (const userId of userIds) if (!outranks(caller.role, this.#people.role(roomId, userId))) throw new ApiError('moderation.protected')
    return this.#outbox.change(async (write) => {
      await work(write)
      return this.audit.write(write.db, { roomId, action, by: caller.userId, target: userIds.join(','), reason, detail })
    })
  }

  async #putMute(write: Change, roomId: string, penalty: Penalty, by: string): Promise<void> {
    await this.mutes.write(write.db, roomId, penalty, by)
    await write.add(roomId, muteMembers(roomId, [penalty.userId], this.#secondsOf(penalty)))
    await write.say(roomId, { v: 1, kind: 'mute', userId: penalty.userId, scope: penalty.scope, until: penalty.until, reason: penalty.reason })
    write.committed(() => this.mutes.put(roomId, penalty))
  }

  async #liftMutes(write: Change, roomId: string, userIds: readonly string[]): Promise<void> {
    await this.mutes.erase(write.db, roomId, userIds)
    if (userIds.length > 0) await write.add(roomId, muteMembers(roomId, userIds, 0))
    for (const userId of userIds) await write.say(roomId, { v: 1, kind: 'unmute', userId })
    write.committed(() => this.mutes.drop(roomId, userIds))
  }

  async #putBlocks(write: Change, roomId: string, penalties: readonly Penalty[], by: string): Promise<void> {
    for (const penalty of penalties) await this.blocks.write(write.db, roomId, penalty, by)
    const userIds = penalties.map(({ userId }) => userId)
    const [first] = penalties
    for (let at = 0; at < userIds.length; at += LIMITS.removedInMessage)
      await write.say(roomId, { v: 1, kind: 'remove', userIds: userIds.slice(at, at + LIMITS.removedInMessage), reason: first?.reason ?? '' })
    if (this.#config.chat.edition.ban && first !== undefined)
      for (let at = 0; at < userIds.length; at += BANNED_AT_ONCE)
        await write.add(roomId, banMembers(roomId, userIds.slice(at, at + BANNED_AT_ONCE), this.#secondsOf(first), first.reason))
    for (const listener of this.#listeners) await listener(roomId, userIds, write)
    write.committed(() => {
      for (const penalty of penalties) this.blocks.put(roomId, penalty)
    })
  }

  async #liftBlocks(write: Change, roomId: string, userIds: readonly string[]): Promise<void> {
    await this.blocks.erase(write.db, roomId, userIds)
    for (let at = 0; at < userIds.length; at += LIMITS.removedInMessage)
      await write.say(roomId, { v: 1, kind: 'unblock', userIds: userIds.slice(at, at + LIMITS.removedInMessage) })
    if (this.#config.chat.edition.ban)
      for (let at = 0; at < userIds.length; at += BANNED_AT_ONCE) await write.add(roomId, unbanMembers(roomId, userIds.slice(at, at + BANNED_AT_ONCE)))
    write.committed(() => this.blocks.drop(roomId, userIds))
  }

  async #setMuteAll(write: Change, roomId: string, on: boolean): Promise<void> {
    await write.db
      .updateTable('live_room')
      .set({ mute_all: on ? 1 : 0 })
      .where('room_id', '=', roomId)
      .execute()
    await write.add(roomId, modifyGroup(roomId, { muteAll: on }))
    await write.say(roomId, { v: 1, kind: 'mute-all', on })
    write.committed(() => this.#rooms.touch(roomId, { mute_all: on ? 1 : 0 }))
  }

  async #setSlowMode(write: Change, roomId: string, seconds: number): Promise<void> {
    await write.db.updateTable('live_room').set({ slow_mode_sec: seconds }).where('room_id', '=', roomId).execute()
    await write.say(roomId, { v: 1, kind: 'slow-mode', seconds })
    write.committed(() => this.#rooms.touch(roomId, { slow_mode_sec: seconds }))
  }

  /** @returns who said it; '' = it is not in the history any more */
  async #retract(write: Change, roomId: string, msgSeq: number, by: 'crew' | 'review', reason: string): Promise<string> {
    const said = await write.db.deleteFrom('room_message').where('room_id', '=', roomId).where('msg_seq', '=', msgSeq).returning('user_id').executeTakeFirst()
    await write.say(roomId, { v: 1, kind: 'retract', msgSeq, by })
    await write.add(roomId, recallMessages(roomId, [msgSeq], reason))
    return said?.user_id ?? ''
  }

  /** What was said to hold for a show ends with it. */
  async #endShow(write: Change, roomId: string): Promise<void> {
    const ofShow = (list: readonly Penalty[]): readonly string[] => list.filter(({ scope }) => scope === 'show').map(({ userId }) => userId)
    const muted = ofShow(this.mutes.list(roomId))
    const blocked = ofShow(this.blocks.list(roomId))
    if (muted.length > 0) await this.#liftMutes(write, roomId, muted)
    if (blocked.length > 0) await this.#liftBlocks(write, roomId, blocked)
  }

  #standing(penalties: Penalties, roomId: string, userIds: readonly string[]): Penalty[] {
    return userIds.map((userId) => penalties.find(roomId, userId)).filter((penalty) => penalty !== null)
  }

  #until(term: Term): { readonly scope: Penalty['scope']; readonly until: number } {
    return term.scope === 'timed' ? { scope: 'timed', until: nowSec(this.#clock) + term.seconds } : { scope: term.scope, until: 0 }
  }

  /** As IM takes it. What ends with the show has no time yet, and is lifted then. */
  #secondsOf(penalty: Penalty): number {
    return penalty.scope === 'timed' ? Math.max(1, penalty.until - nowSec(this.#clock)) : FOR_EVER_SEC
  }
}

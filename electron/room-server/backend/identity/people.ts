import { randomBytes } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Role } from '../../../shared/room-message'
import type { RoomDatabase } from '../../store/schema'
import { ApiError } from '../api/api-error'
import { COMMAND } from '../chat/calls'
import { ChatRestError, type ChatRest } from '../chat/chat-rest'
import { nowSec, type Clock } from '../clock'

export interface Profile {
  readonly userId: string
  readonly nick: string
  readonly avatar: string
  readonly member: boolean
}

const MAX_CACHED = 20_000

/** Accounts and what they are called, and their roles by room. */
export class People {
  readonly #db: Kysely<RoomDatabase>
  readonly #rest: ChatRest
  readonly #clock: Clock
  readonly #profiles = new Map<string, Profile>()
  /** Roles other than viewer: a few people a room. */
  readonly #roles = new Map<string, Role>()

  constructor(db: Kysely<RoomDatabase>, rest: ChatRest, clock: Clock) {
    this.#db = db
    this.#rest = rest
    this.#clock = clock
  }

  async load(): Promise<void> {
    for (const row of await this.#db.selectFrom('room_role').selectAll().execute()) this.#roles.set(`${row.room_id} ${row.user_id}`, row.role)
  }

  /** A user id that nobody has had: 20 letters and digits. */
  newUserId(prefix: 'g' | 'c' | 'p' | 'a'): string {
    return `${prefix}_${randomBytes(9).toString('hex')}`
  }

  async profile(userId: string): Promise<Profile | null> {
    const known = this.#profiles.get(userId)
    if (known !== undefined) return known
    const row = await this.#db.selectFrom('person').selectAll().where('user_id', '=', userId).executeTakeFirst()
    return row === undefined ? null : this.#keep({ userId, nick: row.nick, avatar: row.avatar, member: row.member === 1 })
  }

  /** What is shown of somebody, also of one that this business has not met. */
  async shown(userId: string): Promise<Profile> {
    return (await this.profile(userId)) ?? { userId, nick: userId, avatar: '', member: false }
  }

  /**
   * Writes a profile and brings it to IM, so that messages carry nick and avatar also where no callback rewrites them (the guide's FAQ 1).
   * @throws ApiError im.unavailable | im.refused
   */
  async write(userId: string, change: { readonly nick: string; readonly avatar: string }): Promise<Profile> {
    const row = { user_id: userId, nick: change.nick, avatar: change.avatar, member: 0, created_sec: nowSec(this.#clock) }
    await this.#db
      .insertInto('person')
      .values(row)
      .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ nick: change.nick, avatar: change.avatar }))
      .execute()
    this.#profiles.delete(userId)
    try {
      await this.#rest.insist(COMMAND.importAccount, { UserID: userId, Nick: change.nick, FaceUrl: change.avatar })
    } catch (error) {
      throw imFailure(error)
    }
    return this.shown(userId)
  }

  /** Makes sure that IM knows somebody. @throws ChatRestError */
  async ensureImported(userId: string): Promise<void> {
    const { nick, avatar } = await this.shown(userId)
    await this.#rest.insist(COMMAND.importAccount, { UserID: userId, Nick: nick, FaceUrl: avatar })
  }

  async setMember(userId: string, member: boolean): Promise<void> {
    const { numUpdatedRows } = await this.#db
      .updateTable('person')
      .set({ member: member ? 1 : 0 })
      .where('user_id', '=', userId)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) throw new ApiError('person.not-found')
    this.#profiles.delete(userId)
  }

  role(roomId: string, userId: string): Role {
    return this.#roles.get(`${roomId} ${userId}`) ?? this.#roles.get(`* ${userId}`) ?? 'viewer'
  }

  /** `roomId` '*' = in all rooms. */
  async setRole(roomId: string, userId: string, role: Role, inviteId: string): Promise<void> {
    await this.#db
      .insertInto('room_role')
      .values({ room_id: roomId, user_id: userId, role, invite_id: inviteId })
      .onConflict((conflict) => conflict.columns(['room_id', 'user_id']).doUpdateSet({ role, invite_id: inviteId }))
      .execute()
    this.#roles.set(`${roomId} ${userId}`, role)
  }

  /** Whoever came by the invitations is a viewer again. @returns who that is */
  async endRolesOf(inviteIds: readonly string[]): Promise<readonly string[]> {
    const ended = await this.#db.deleteFrom('room_role').where('invite_id', 'in', inviteIds).returning(['room_id', 'user_id']).execute()
    for (const row of ended) this.#roles.delete(`${row.room_id} ${row.user_id}`)
    return ended.map((row) => row.user_id)
  }

  async follow(roomId: string, userId: string, on: boolean): Promise<void> {
    if (on)
      await this.#db
        .insertInto('room_follow')
        .values({ room_id: roomId, user_id: userId, at_sec: nowSec(this.#clock) })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    else await this.#db.deleteFrom('room_follow').where('room_id', '=', roomId).where('user_id', '=', userId).execute()
  }

  async follows(roomId: string, userId: string): Promise<boolean> {
    const row = await this.#db.selectFrom('room_follow').select('at_sec').where('room_id', '=', roomId).where('user_id', '=', userId).executeTakeFirst()
    return row !== undefined
  }

  /** Those among them who follow the room's anchor. */
  async followers(roomId: string, userIds: readonly string[]): Promise<ReadonlySet<string>> {
    if (userIds.length === 0) return new Set()
    const rows = await this.#db.selectFrom('room_follow').select('user_id').where('room_id', '=', roomId).where('user_id', 'in', userIds).execute()
    return new Set(rows.map((row) => row.user_id))
  }

  #keep(profile: Profile): Profile {
    if (this.#profiles.size >= MAX_CACHED) this.#profiles.delete(this.#profiles.keys().next().value ?? '')
    this.#profiles.set(profile.userId, profile)
    return profile
  }
}

/** What a caller is told when IM did not take something. Other errors pass. */
export function imFailure(error: unknown): unknown {
  if (!(error instanceof ChatRestError)) return error
  return error.passing ? new ApiError('im.unavailable', {}, error) : new ApiError('im.refused', { imCode: error.code }, error)
}

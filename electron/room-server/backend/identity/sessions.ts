import { createHash, randomBytes } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Role } from '../../../shared/room-message'
import type { RoomDatabase } from '../../store/schema'
import { signUserSig } from '../../usersig'
import { ApiError } from '../api/api-error'
import { nowSec, type Clock } from '../clock'
import { LIMITS, type ChatTarget } from '../config'
import type { People } from './people'
import { Tokens, type TokenClaims } from './tokens'

/** Somebody who asks with a token. `roomId` '*' = all rooms. */
export interface Caller {
  readonly userId: string
  readonly role: Role
  readonly roomId: string
  /** The invitation that the session hangs on; '' = none. */
  readonly inviteId: string
  /** Stays the same when the token is renewed. */
  readonly sessionId: string
}

/** A token for one room is none for another. */
export function isFor(caller: Caller, roomId: string): boolean {
  return caller.roomId === '*' || caller.roomId === roomId
}

export interface OpenSession {
  readonly token: string
  readonly expiresAt: number
  readonly userId: string
  readonly role: Role
  readonly roomId: string
  readonly nick: string
  readonly avatar: string
  readonly sdkAppId: number
  readonly userSig: string
  readonly userSigExpiresAt: number
  readonly admin: string
}

export interface Invite {
  readonly inviteId: string
  readonly role: Role
  readonly expiresAt: number
  readonly token: string
}

/** The id of the anchor of this machine. */
export const LOCAL_ANCHOR = 'anchor'
/** How much longer than its last token an ended session is remembered. */
const ENDED_KEPT_SEC = 60
const TOKEN_KEY = 'token-key'
const USER_PREFIX = { anchor: 'a', producer: 'p', coanchor: 'c', viewer: 'g' } as const

/** Opens sessions: a bearer token for this API and a UserSig for the Chat SDK. */
export class Sessions {
  readonly #db: Kysely<RoomDatabase>
  readonly #people: People
  readonly #chat: ChatTarget
  readonly #clock: Clock
  readonly #tokens: Tokens
  readonly #listeners = new Set<() => void>()
  readonly #revoked = new Set<string>()
  /** Sessions that were ended, with the UNIX second from which on no token of them holds anyway. */
  readonly #ended = new Map<string, number>()

  private constructor(db: Kysely<RoomDatabase>, people: People, chat: ChatTarget, clock: Clock, tokens: Tokens) {
    this.#db = db
    this.#people = people
    this.#chat = chat
    this.#clock = clock
    this.#tokens = tokens
  }

  static async load(db: Kysely<RoomDatabase>, people: People, chat: ChatTarget, clock: Clock): Promise<Sessions> {
    const made = randomBytes(32).toString('hex')
    // Whichever process is first makes it; it is kept, so that sessions live over restarts.
    await db
      .insertInto('backend_setting')
      .values({ name: TOKEN_KEY, value: made })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    const { value } = await db.selectFrom('backend_setting').select('value').where('name', '=', TOKEN_KEY).executeTakeFirstOrThrow()
    const sessions = new Sessions(db, people, chat, clock, new Tokens(Buffer.from(value, 'hex')))
    for (const row of await db.selectFrom('invite').select('invite_id').where('revoked', '=', 1).execute()) sessions.#revoked.add(row.invite_id)
    for (const row of await db.selectFrom('ended_session').selectAll().execute()) sessions.#ended.set(row.session_id, row.expires_sec)
    return sessions
  }

  /** Who asks. @throws ApiError auth.invalid | auth.expired */
  authenticate(token: string): Caller {
    const check = this.#tokens.check(token, 'access', nowSec(this.#clock))
    if (!check.ok) throw new ApiError(check.reason === 'expired' ? 'auth.expired' : 'auth.invalid')
    const { u: userId, r: role, m: roomId, i: inviteId, s: sessionId = idOf(token) } = check.claims
    if (this.isOver({ inviteId, sessionId })) throw new ApiError('auth.invalid')
    return { userId, role, roomId, inviteId, sessionId }
  }

  /** Was the session ended before its time, or its invitation taken back? */
  isOver({ inviteId, sessionId }: Pick<Caller, 'inviteId' | 'sessionId'>): boolean {
    return this.#revoked.has(inviteId) || this.#ended.has(sessionId)
  }

  /** Runs when sessions were ended before their time. @returns ends it */
  onOver(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** A guest of one room. A token of an earlier visit keeps its id. */
  async guest(roomId: string, profile: { readonly nick: string; readonly avatar: string }, earlier: Caller | null): Promise<OpenSession> {
    const again = earlier !== null && earlier.roomId === roomId && earlier.role === 'viewer'
    const userId = again ? earlier.userId : this.#people.newUserId('g')
    await this.#people.write(userId, profile)
    return this.#session(roomId, 'viewer', userId, profile, '')
  }

  /**
   * A co-anchor's link is for whoever opens it first.
   * @param refuse throws where this person is not let in; asked before anything is kept of him
   * @param link with a claim, the same claim again is the same person: whose first answer was lost, or whose session is over for long, is not taken for somebody else
   * @throws ApiError invite.invalid | invite.expired | invite.ended | invite.used
   */
  async byInvite(
    roomId: string,
    link: { readonly invite: string; readonly claim?: string | undefined },
    profile: { readonly nick: string; readonly avatar: string },
    earlier: Caller | null,
    refuse: (userId: string) => void,
  ): Promise<OpenSession> {
    const claims = this.readInvite(link.invite)
    if (claims.m !== roomId) throw new ApiError('invite.invalid')
    const again = earlier !== null && earlier.roomId === roomId && earlier.role === claims.r
    const userId = claims.u !== '' ? claims.u : again ? earlier.userId : this.#newUserId(claims, link.claim)
    refuse(userId)
    const isForOne = claims.r === 'coanchor'
    if (isForOne && !(await this.#isFree(claims.i, userId))) throw new ApiError('invite.used')
    await this.#people.write(userId, profile)
    // Taken last: where IM is away nobody has come in, and the link is nobody's yet.
    if (isForOne) await this.#claim(claims.i, userId)
    await this.#people.setRole(roomId, userId, claims.r, claims.i)
    // Taken back while he came in: whoever did so found no role of his yet.
    if (this.#revoked.has(claims.i)) {
      await this.#people.endRolesOf([claims.i])
      throw new ApiError('invite.ended')
    }
    return this.#session(roomId, claims.r, userId, profile, claims.i)
  }

  /** The anchor of this machine, for whoever started the server: there is no endpoint for it. */
  async localAnchor(profile: { readonly nick: string; readonly avatar: string }): Promise<OpenSession> {
    await this.#people.write(LOCAL_ANCHOR, profile)
    await this.#people.setRole('*', LOCAL_ANCHOR, 'anchor', '')
    return this.#session('*', 'anchor', LOCAL_ANCHOR, profile, '')
  }

  /** The same person, longer. */
  async renew(caller: Caller): Promise<OpenSession> {
    const { nick, avatar } = await this.#people.shown(caller.userId)
    return this.#session(caller.roomId, caller.role, caller.userId, { nick, avatar }, caller.inviteId, caller.sessionId)
  }

  /** None of its tokens opens anything any more. The person stays who he is, and so does the invitation. */
  async end({ sessionId, role, inviteId }: Caller): Promise<void> {
    const now = nowSec(this.#clock)
    // One of its tokens may be renewed in this very moment.
    const expiresSec = now + tokenSeconds(role, inviteId) + ENDED_KEPT_SEC
    await this.#db
      .insertInto('ended_session')
      .values({ session_id: sessionId, expires_sec: expiresSec })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    this.#ended.set(sessionId, expiresSec)
    for (const listener of this.#listeners) listener()
    await this.#db.deleteFrom('ended_session').where('expires_sec', '<', now).execute()
    for (const [id, endsSec] of this.#ended) if (endsSec < now) this.#ended.delete(id)
  }

  /** @param userId as whom it lets somebody in; '' = as a new person */
  async invite(roomId: string, role: Role, seconds: number, by: string, userId = ''): Promise<Invite> {
    const inviteId = randomBytes(9).toString('hex')
    const expiresAt = nowSec(this.#clock) + Math.min(seconds, LIMITS.inviteMaxSec)
    const row = { invite_id: inviteId, room_id: roomId, role, expires_sec: expiresAt, revoked: 0, created_by: by, created_sec: nowSec(this.#clock) }
    await this.#db.insertInto('invite').values(row).execute()
    return { inviteId, role, expiresAt, token: this.#tokens.sign({ t: 'invite', u: userId, r: role, m: roomId, e: expiresAt, i: inviteId }) }
  }

  /**
   * Ends the invitation and every session that came by it.
   * @param sendAway whose sessions those were: they are told that before anything else ends with their sessions
   * @throws ApiError not-found
   */
  async revoke(roomId: string, inviteId: string, sendAway: (userIds: readonly string[]) => Promise<unknown>): Promise<void> {
    if (!(await this.#revoke(roomId, 'invite_id', inviteId, sendAway))) throw new ApiError('not-found')
  }

  /** As `revoke`, all links of the room that he came by: each would let him in again. @returns false: he came by none */
  async revokeOf(roomId: string, userId: string, sendAway: () => Promise<unknown>): Promise<boolean> {
    return this.#revoke(roomId, 'user_id', userId, sendAway)
  }

  /** @throws ApiError invite.invalid | invite.expired | invite.ended */
  readInvite(token: string): TokenClaims {
    const check = this.#tokens.check(token, 'invite', nowSec(this.#clock))
    if (!check.ok) throw new ApiError(check.reason === 'expired' ? 'invite.expired' : 'invite.invalid')
    if (this.#revoked.has(check.claims.i)) throw new ApiError('invite.ended')
    return check.claims
  }

  /** @param by what tells the invitations @returns false: there are none */
  async #revoke(roomId: string, by: 'invite_id' | 'user_id', value: string, sendAway: (userIds: readonly string[]) => Promise<unknown>): Promise<boolean> {
    const rows = await this.#db.updateTable('invite').set({ revoked: 1 }).where(by, '=', value).where('room_id', '=', roomId).returning('invite_id').execute()
    if (rows.length === 0) return false
    const inviteIds = rows.map((row) => row.invite_id)
    for (const inviteId of inviteIds) this.#revoked.add(inviteId)
    try {
      await sendAway(await this.#people.endRolesOf(inviteIds))
    } finally {
      for (const listener of this.#listeners) listener()
    }
    return true
  }

  #newUserId({ r: role, i: inviteId }: TokenClaims, claim: string | undefined): string {
    const prefix = USER_PREFIX[role]
    return claim === undefined ? this.#people.newUserId(prefix) : `${prefix}_${this.#tokens.digest(`${inviteId} ${claim}`).slice(0, 18)}`
  }

  /** It is nobody's yet, or his. */
  async #isFree(inviteId: string, userId: string): Promise<boolean> {
    const row = await this.#db.selectFrom('invite').select('user_id').where('invite_id', '=', inviteId).executeTakeFirst()
    return row !== undefined && ['', userId].includes(row.user_id)
  }

  async #claim(inviteId: string, userId: string): Promise<void> {
    const { numUpdatedRows } = await this.#db
      .updateTable('invite')
      .set({ user_id: userId })
      .where('invite_id', '=', inviteId)
      .where('user_id', 'in', ['', userId])
      .executeTakeFirst()
    if (numUpdatedRows === 0n) throw new ApiError('invite.used')
  }

  #session(
    roomId: string,
    role: Role,
    userId: string,
    profile: { readonly nick: string; readonly avatar: string },
    inviteId: string,
    sessionId = randomBytes(9).toString('hex'),
  ): OpenSession {
    const now = nowSec(this.#clock)
    const expiresAt = now + tokenSeconds(role, inviteId)
    const { sdkAppId, secretKey, admin } = this.#chat
    return {
      token: this.#tokens.sign({ t: 'access', u: userId, r: role, m: roomId, e: expiresAt, i: inviteId, s: sessionId }),
      expiresAt,
      userId,
      role,
      roomId,
      nick: profile.nick,
      avatar: profile.avatar,
      sdkAppId,
      userSig: signUserSig({ sdkAppId, key: secretKey, userId, expireSec: LIMITS.userSigSec, nowSec: now }),
      userSigExpiresAt: now + LIMITS.userSigSec,
      admin,
    }
  }
}

/** Of a token that names no session: it is one by itself. */
function idOf(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 32)
}

function tokenSeconds(role: Role, inviteId: string): number {
  if (role !== 'anchor') return LIMITS.accessTokenSec
  return inviteId === '' ? LIMITS.anchorTokenSec : LIMITS.linkedAnchorTokenSec
}

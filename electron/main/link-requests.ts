import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { cutBytes } from '../shared/cut-bytes'
import { AnchorError } from '../shared/errors'
import type { JoinLink } from '../shared/join-link'
import { NICK_LIMIT_BYTES } from '../shared/notice-text'
import type { RoomLink, StageLine } from '../shared/room-link'
import { askLinkedRoom } from './room-request'

const sessionAnswer = z.object({ token: z.string().max(2_048), userId: z.string().min(1).max(64), expiresAt: z.number() })
/** `expiresAt`: UNIX seconds. */
export type LinkSession = z.infer<typeof sessionAnswer>
const statusAnswer = z.object({ title: z.string().max(1_000) })
const inviteAnswer = z.object({ token: z.string().max(2_048) })

/** What a link of two rooms asks of the two room servers. All throw AnchorError room-link.unreachable | room-link.refused. */

/** By what a link that is for one person knows somebody again: random text, and the token of an earlier visit by it. */
export interface LinkClaim {
  readonly claim: string
  readonly token: string | null
}

export const newClaim = (): LinkClaim => ({ claim: randomBytes(16).toString('hex'), token: null })

/** A co-anchor's session in the room of the link. @param name of the own anchor */
export async function comeIn(
  base: string,
  { room, invite }: Pick<JoinLink, 'room' | 'invite'>,
  name: string,
  { claim, token }: LinkClaim,
): Promise<LinkSession> {
  const body = { nick: nickOf(name), invite, claim }
  return askLinkedRoom(base, 'POST', `/api/rooms/${room}/sessions`, sessionAnswer, { ...(token === null ? {} : { token }), body })
}

export async function titleOf(base: string, room: string, token: string): Promise<string> {
  return (await askLinkedRoom(base, 'GET', `/api/rooms/${room}/status`, statusAnswer, { token })).title
}

/** A session in the own room for the other anchor. @throws AnchorError room-link.no-place { reason } */
export async function letIn(base: string, room: string, token: string, name: string): Promise<LinkSession> {
  try {
    const invite = await askLinkedRoom(base, 'POST', `/api/rooms/${room}/invites`, inviteAnswer, { token, body: { role: 'coanchor', seconds: 24 * 3_600 } })
    return await comeIn(base, { room, invite: invite.token }, name, newClaim())
  } catch (error) {
    throw new AnchorError('room-link.no-place', {
      cause: error,
      context: { reason: error instanceof AnchorError ? String(error.context['reason'] ?? error.code) : String(error) },
    })
  }
}

export async function renewSession(base: string, token: string): Promise<LinkSession> {
  return askLinkedRoom(base, 'POST', '/api/session/renew', sessionAnswer, { token, body: {} })
}

/** Also the way into the greenroom. Who is not ready is not put on the air. */
export async function sayReady(base: string, { room, token }: StageLine, ready: boolean): Promise<void> {
  await askLinkedRoom(base, 'PUT', `/api/rooms/${room}/seats/me`, z.unknown(), { token, body: { ready } })
}

export async function giveBack(base: string, { room, token }: StageLine): Promise<void> {
  await askLinkedRoom(base, 'DELETE', `/api/rooms/${room}/seats/me`, z.unknown(), { token })
}

/** For a PK the own backend speaks to the other one. @param token of the own anchor @param name of the other room */
export async function connectBackend(here: string, there: string, link: RoomLink, token: string, name: string): Promise<void> {
  const body = { base: there, room: link.there.room, token: link.there.token, nick: nickOf(name) }
  await askLinkedRoom(here, 'PUT', `/api/rooms/${link.here.room}/connection`, z.unknown(), { token, body })
}

export async function disconnectBackend(here: string, room: string, token: string): Promise<void> {
  await askLinkedRoom(here, 'DELETE', `/api/rooms/${room}/connection`, z.unknown(), { token })
}

/** That room knows this session and says no. What may pass by itself: it is away, does too much, or is broken. */
export function isForGood(error: unknown): boolean {
  if (!(error instanceof AnchorError) || error.code !== 'room-link.refused') return false
  const status = Number(error.context['status'])
  return status >= 400 && status < 500 && status !== 408 && status !== 429
}

/** As a person's name may be. */
function nickOf(title: string): string {
  return cutBytes(title.trim(), NICK_LIMIT_BYTES).trim() || 'AnchorDesk'
}

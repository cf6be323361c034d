import { createHmac, timingSafeEqual } from 'node:crypto'
import { deflateSync, inflateSync } from 'node:zlib'
import { z } from 'zod'

/**
 * Tencent's UserSig, version 2 (TLSSigAPIv2): a signed note that says who somebody is, for how long, in which app. The same note opens Chat,
 * TRTC and this server. The key signs; it never leaves the server.
 */

export interface UserSigRequest {
  readonly sdkAppId: number
  /** The SECRETKEY text. It looks like hex and is used as it stands. */
  readonly key: string
  /** 1 to 32 bytes. */
  readonly userId: string
  /** Seconds from `nowSec` on. */
  readonly expireSec: number
  /** UNIX seconds. */
  readonly nowSec: number
  /** TRTC's room permission (PrivateMapKey); most signatures have none. */
  readonly userBuf?: Uint8Array
}

/** Why a signature is refused; the numbers are Tencent's (REST API's common error codes, product/679/131708). */
export const USERSIG_REFUSED = {
  /** Its time is over. */
  expired: 70001,
  /** It is no signature: cut, altered or not of this form. */
  malformed: 70003,
  /** Made with another key. */
  forged: 70009,
  /** Made for somebody else. */
  'other-user': 70013,
  /** Made for another app. */
  'other-app': 70014,
} as const
export type UserSigRefusal = keyof typeof USERSIG_REFUSED

export type UserSigCheck = { readonly ok: true; readonly expiresAtSec: number } | { readonly ok: false; readonly reason: UserSigRefusal }

/** A note may not be blown up: the JSON of a signature has some 300 bytes. */
const MAX_SIGNED_BYTES = 4_096
const MAX_TEXT = 4_096

const noteSchema = z.object({
  'TLS.ver': z.literal('2.0'),
  'TLS.identifier': z.string().min(1).max(256),
  'TLS.sdkappid': z.number().int(),
  'TLS.time': z.number().int(),
  'TLS.expire': z.number().int(),
  'TLS.userbuf': z.string().max(1_024).optional(),
  'TLS.sig': z.string().max(128),
})
type Note = z.infer<typeof noteSchema>

export function signUserSig(request: UserSigRequest): string {
  const unsigned = {
    'TLS.ver': '2.0' as const,
    'TLS.identifier': request.userId,
    'TLS.sdkappid': request.sdkAppId,
    'TLS.time': request.nowSec,
    'TLS.expire': request.expireSec,
    ...(request.userBuf === undefined ? {} : { 'TLS.userbuf': Buffer.from(request.userBuf).toString('base64') }),
  }
  const note: Note = { ...unsigned, 'TLS.sig': signatureOf(unsigned, request.key) }
  return escape(deflateSync(Buffer.from(JSON.stringify(note))).toString('base64'))
}

/** Reads without checking; null when it is no note of this form. */
export function readUserSig(userSig: string): Note | null {
  if (userSig.length > MAX_TEXT || !/^[A-Za-z0-9*_-]+$/.test(userSig)) return null
  let json: unknown
  try {
    json = JSON.parse(inflateSync(Buffer.from(unescape(userSig), 'base64'), { maxOutputLength: MAX_SIGNED_BYTES }).toString('utf8'))
  } catch (error) {
    // Whatever a stranger sends: zlib and JSON say each in their own way that it is none.
    if (error instanceof Error) return null
    throw error
  }
  const parsed = noteSchema.safeParse(json)
  return parsed.success ? parsed.data : null
}

export function verifyUserSig(userSig: string, expected: { sdkAppId: number; key: string; userId: string; nowSec: number }): UserSigCheck {
  const note = readUserSig(userSig)
  if (note === null) return { ok: false, reason: 'malformed' }
  // The app comes first: another app has another key, and "other app" says more than "forged".
  if (note['TLS.sdkappid'] !== expected.sdkAppId) return { ok: false, reason: 'other-app' }
  if (!equal(note['TLS.sig'], signatureOf(note, expected.key))) return { ok: false, reason: 'forged' }
  if (note['TLS.identifier'] !== expected.userId) return { ok: false, reason: 'other-user' }
  const expiresAtSec = note['TLS.time'] + note['TLS.expire']
  return expected.nowSec >= expiresAtSec ? { ok: false, reason: 'expired' } : { ok: true, expiresAtSec }
}

function signatureOf(note: Omit<Note, 'TLS.sig'>, key: string): string {
  const lines = [
    `TLS.identifier:${note['TLS.identifier']}`,
    `TLS.sdkappid:${note['TLS.sdkappid']}`,
    `TLS.time:${note['TLS.time']}`,
    `TLS.expire:${note['TLS.expire']}`,
    ...(note['TLS.userbuf'] === undefined ? [] : [`TLS.userbuf:${note['TLS.userbuf']}`]),
  ]
  return createHmac('sha256', key)
    .update(lines.map((line) => `${line}\n`).join(''))
    .digest('base64')
}

function equal(left: string, right: string): boolean {
  const a = Buffer.from(left)
  const b = Buffer.from(right)
  return a.length === b.length && timingSafeEqual(a, b)
}

/** Tencent's own alphabet, not RFC 4648's. */
function escape(base64: string): string {
  return base64.replace(/\+/g, '*').replace(/\//g, '-').replace(/=/g, '_')
}

function unescape(text: string): string {
  return text.replace(/\*/g, '+').replace(/-/g, '/').replace(/_/g, '=')
}

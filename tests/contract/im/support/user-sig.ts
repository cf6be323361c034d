import { createHmac } from 'node:crypto'
import { deflateSync, inflateSync } from 'node:zlib'

/** What a UserSig says, written from Tencent's TLSSigAPIv2 documents. Times in UNIX seconds. */
export interface UserSigClaims {
  readonly sdkAppId: number
  readonly userId: string
  readonly time: number
  readonly expire: number
  /** Bytes of a TRTC room permission. */
  readonly userBuf?: Uint8Array
}

interface UserSigJson {
  'TLS.ver': string
  'TLS.identifier': string
  'TLS.sdkappid': number
  'TLS.time': number
  'TLS.expire': number
  'TLS.userbuf'?: string
  'TLS.sig': string
}

const DAY_S = 86_400

export function nowS(): number {
  return Math.floor(Date.now() / 1_000)
}

/** The signature over the claims: the key is text and is not hex-decoded. */
export function signatureOf(claims: UserSigClaims, key: string): string {
  const userBuf = claims.userBuf === undefined ? '' : `TLS.userbuf:${Buffer.from(claims.userBuf).toString('base64')}\n`
  const content = `TLS.identifier:${claims.userId}\nTLS.sdkappid:${claims.sdkAppId}\nTLS.time:${claims.time}\nTLS.expire:${claims.expire}\n${userBuf}`
  return createHmac('sha256', key).update(content).digest('base64')
}

export function signUserSig(claims: UserSigClaims, key: string): string {
  return packUserSig({
    'TLS.ver': '2.0',
    'TLS.identifier': claims.userId,
    'TLS.sdkappid': claims.sdkAppId,
    'TLS.time': claims.time,
    'TLS.expire': claims.expire,
    ...(claims.userBuf === undefined ? {} : { 'TLS.userbuf': Buffer.from(claims.userBuf).toString('base64') }),
    'TLS.sig': signatureOf(claims, key),
  })
}

/** Packs any object the way a UserSig is packed. */
export function packUserSig(json: object): string {
  return deflateSync(JSON.stringify(json)).toString('base64').replaceAll('+', '*').replaceAll('/', '-').replaceAll('=', '_')
}

export function unpackUserSig(userSig: string): UserSigJson {
  const bytes = Buffer.from(userSig.replaceAll('*', '+').replaceAll('-', '/').replaceAll('_', '='), 'base64')
  return JSON.parse(inflateSync(bytes).toString('utf8')) as UserSigJson
}

/** A signature that holds for a day from now. */
export function freshUserSig(sdkAppId: number, key: string, userId: string): string {
  return signUserSig({ sdkAppId, userId, time: nowS(), expire: DAY_S }, key)
}

/** The room permission of a TRTC PrivateMapKey. */
export function roomPermission(claims: UserSigClaims, room: number | string, privileges: number): Uint8Array {
  const account = Buffer.from(claims.userId)
  const name = typeof room === 'string' ? Buffer.from(room) : null
  const bytes = Buffer.alloc(1 + 2 + account.length + 20 + (name === null ? 0 : 2 + name.length))
  let at = bytes.writeUInt8(name === null ? 0 : 1, 0)
  at = bytes.writeUInt16BE(account.length, at)
  at += account.copy(bytes, at)
  at = bytes.writeUInt32BE(claims.sdkAppId, at)
  at = bytes.writeUInt32BE(typeof room === 'number' ? room : 0, at)
  at = bytes.writeUInt32BE(claims.time + claims.expire, at)
  at = bytes.writeUInt32BE(privileges, at)
  at = bytes.writeUInt32BE(0, at)
  if (name !== null) {
    at = bytes.writeUInt16BE(name.length, at)
    name.copy(bytes, at)
  }
  return bytes
}

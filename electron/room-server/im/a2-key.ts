import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'

/** Who a request is from, and by which login. */
export interface A2Claims {
  readonly userId: string
  readonly instance: number
  /** UNIX seconds. */
  readonly expiresAtSec: number
}

const MAX_POLL_KEYS = 20_000

/**
 * The A2 key that a login answers with and that every later request carries. It is signed, not stored: after a restart of the server the
 * clients' keys still hold, which is what lets them go on without signing in again.
 */
export class A2Keys {
  readonly #key: Buffer
  /** Each poll brings its key: those of the rooms that exist are checked once. */
  readonly #pollKeys = new Map<string, string>()

  constructor(secretKey: string, sdkAppId: number) {
    this.#key = Buffer.from(hkdfSync('sha256', secretKey, String(sdkAppId), 'a2', 32))
  }

  make(claims: A2Claims): string {
    const text = Buffer.from(JSON.stringify([claims.userId, claims.instance, claims.expiresAtSec])).toString('base64url')
    return `${text}.${this.#sign(text)}`
  }

  /** Null when it was not made here. Whether its time is over, or another login has replaced it, the caller decides. */
  read(a2: string): A2Claims | null {
    const [text, signature, more] = a2.split('.')
    if (text === undefined || signature === undefined || more !== undefined || a2.length > 512) return null
    const expected = Buffer.from(this.#sign(text))
    const given = Buffer.from(signature)
    if (expected.length !== given.length || !timingSafeEqual(expected, given)) return null
    const [userId, instance, expiresAtSec] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as [string, number, number]
    return { userId, instance, expiresAtSec }
  }

  /** The key of a long poll: says that its bearer was let into the room at some time. */
  pollKey(groupId: string): string {
    const text = Buffer.from(groupId).toString('base64url')
    const key = `${text}.${this.#sign(`poll ${text}`)}`
    if (this.#pollKeys.size >= MAX_POLL_KEYS) this.#pollKeys.clear()
    this.#pollKeys.set(key, groupId)
    return key
  }

  /** The group of a long-poll key; null when it was not made here. */
  readPollKey(key: string): string | null {
    const known = this.#pollKeys.get(key)
    if (known !== undefined) return known
    const [text, signature] = key.split('.')
    if (text === undefined || signature === undefined || key.length > 256) return null
    const expected = Buffer.from(this.#sign(`poll ${text}`))
    const given = Buffer.from(signature)
    if (expected.length !== given.length || !timingSafeEqual(expected, given)) return null
    const groupId = Buffer.from(text, 'base64url').toString('utf8')
    this.pollKey(groupId)
    return groupId
  }

  #sign(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('base64url')
  }
}

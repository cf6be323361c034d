import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { roleSchema } from '../../../shared/room-message'

/** What a bearer token or an invitation says, signed. The names are short because they travel with every request. */
const claimsSchema = z.strictObject({
  /** access: opens the API · invite: opens a session. */
  t: z.enum(['access', 'invite']),
  /** User id; '' in an invitation that is for anybody. */
  u: z.string().max(64),
  r: roleSchema,
  /** Room; '*' = all rooms of this server. */
  m: z.string().min(1).max(64),
  /** UNIX seconds at which it ends. */
  e: z.number().int().positive(),
  /** The invitation it comes from; '' = none. */
  i: z.string().max(64),
  /** The session that it and those renewed from it are of; an invitation has none, nor has a token of earlier versions. */
  s: z.string().max(64).optional(),
})
export type TokenClaims = z.infer<typeof claimsSchema>

export type TokenCheck = { readonly ok: true; readonly claims: TokenClaims } | { readonly ok: false; readonly reason: 'invalid' | 'expired' }

const MAX_CHARS = 1_024

/** Signs and checks tokens with a key that only this server has. */
export class Tokens {
  readonly #key: Buffer

  constructor(key: Buffer) {
    this.#key = key
  }

  sign(claims: TokenClaims): string {
    const body = Buffer.from(JSON.stringify(claims)).toString('base64url')
    return `${body}.${this.#signature(body)}`
  }

  check(token: string, type: TokenClaims['t'], nowSec: number): TokenCheck {
    const [body, signature, ...rest] = token.length > MAX_CHARS ? [] : token.split('.')
    if (body === undefined || signature === undefined || rest.length > 0 || !same(signature, this.#signature(body))) return { ok: false, reason: 'invalid' }
    // The signature is ours, and so is the JSON.
    const claims = claimsSchema.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')))
    if (!claims.success || claims.data.t !== type) return { ok: false, reason: 'invalid' }
    return claims.data.e <= nowSec ? { ok: false, reason: 'expired' } : { ok: true, claims: claims.data }
  }

  /** What nobody foretells who has not the key, and is the same each time. Hex. @param text no token's body: it has a space */
  digest(text: `${string} ${string}`): string {
    return createHmac('sha256', this.#key).update(text).digest('hex')
  }

  #signature(body: string): string {
    return createHmac('sha256', this.#key).update(body).digest('base64url')
  }
}

function same(left: string, right: string): boolean {
  const a = Buffer.from(left)
  const b = Buffer.from(right)
  return a.length === b.length && timingSafeEqual(a, b)
}

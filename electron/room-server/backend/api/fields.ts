import { z } from 'zod'
import { LIMITS } from '../config'
import { isHttps } from '../rooms/room-text'

/** Fields that several endpoints take. Sizes are bytes of UTF-8. */

export function bytes(limit: number): z.ZodString {
  return z
    .string()
    .max(limit)
    .refine((text) => Buffer.byteLength(text) <= limit, { error: `at most ${limit} bytes of UTF-8` })
}

/** No control characters: a name is one line. */
const line = (limit: number): z.ZodType<string> =>
  bytes(limit)
    .transform((text) => text.replace(/[\p{Cc}\u2028\u2029]/gu, ' ').trim())
    .pipe(z.string())

export const roomIdSchema = z.string().regex(/^(?!@TGS#)[A-Za-z0-9_-]{1,48}$/, 'letters, digits, "-" and "_", at most 48')
export const userIdSchema = z.string().regex(/^[A-Za-z0-9_-]{1,32}$/, 'letters, digits, "-" and "_", at most 32')
export const titleSchema = line(LIMITS.titleBytes)
export const nickSchema = line(LIMITS.nickBytes).refine((nick) => nick !== '', { error: 'a name has at least one character' })
export const coverSchema = httpsOrNone(LIMITS.coverBytes)
export const avatarSchema = httpsOrNone(LIMITS.avatarBytes)
export const reasonSchema = z.string().max(LIMITS.reasonChars).default('')
export const timeSchema = z.number().int().min(0).max(4_102_444_800)
export const emptySchema = z.object({})

function httpsOrNone(limit: number): z.ZodString {
  return bytes(limit).refine((address) => address === '' || isHttps(address), { error: 'an https address' })
}

/** A whole number in a query. */
export function numberInQuery(min: number, max: number, fallback: number): z.ZodType<number> {
  return z.coerce.number().int().min(min).max(max).default(fallback)
}

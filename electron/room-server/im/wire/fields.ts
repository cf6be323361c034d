import { z } from 'zod'

/** Fields that many requests share. Sizes here bound work; the documented limits are checked where their code is known. */
export const groupIdSchema = z.string().max(128)
export const userIdSchema = z.string().min(1).max(128)
export const userListSchema = z.array(userIdSchema).max(600)
export const textSchema = z.string().max(64 * 1_024)
export const onOffSchema = z.enum(['On', 'Off'])
export const appDataSchema = z.array(z.object({ Key: z.string().max(256), Value: z.string().max(8_192) })).max(64)
export const secondsSchema = z.number().int().min(0).max(4_294_967_295)
export const counterValueSchema = z.union([z.number().int(), z.string().regex(/^-?\d{1,19}$/)])
export const profileItemSchema = z.object({ Tag: z.string().max(64), Value: z.union([z.string().max(4_096), z.number().int()]) })

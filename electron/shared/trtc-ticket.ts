import { z } from 'zod'

/** What lets somebody into a TRTC room. UserSig and privateMapKey are secrets of this one person: for main and the TRTC window, or for the co-anchor's own page. */
export const trtcTicketSchema = z.strictObject({
  sdkAppId: z.number().int().positive(),
  /** At most 32 bytes. */
  userId: z.string().min(1).max(32),
  userSig: z.string().min(1).max(4_096),
  /** A string room id (TRTCParams.strRoomId), at most 64 bytes. */
  roomId: z.string().min(1).max(64),
  /** Room permission; '' where advanced permission control is off in the console. */
  privateMapKey: z.string().max(4_096),
  /** UNIX seconds when UserSig and privateMapKey end. */
  expiresAt: z.number().int().nonnegative(),
})
export type TrtcTicket = z.infer<typeof trtcTicketSchema>

import { z } from 'zod'

/** Who makes the program and sends it: the web stage (RTMP), or the TRTC window. */
export const showEngineSchema = z.enum(['stage', 'trtc'])
export type ShowEngine = z.infer<typeof showEngineSchema>

import { z } from 'zod'

/**
 * A request of the SDK: a head that names the command and its number, and a body. An answer repeats both. Everything else of the head is the
 * client's own business.
 */
const requestSchema = z.object({
  head: z.object({
    servcmd: z.string().min(1).max(96),
    seq: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
    a2: z.string().max(512).optional(),
    identifier: z.string().max(256).optional(),
    usersig: z.string().max(4_096).optional(),
    sdkappid: z.union([z.number().int(), z.string().max(16)]).optional(),
    platform: z.number().int().optional(),
  }),
  body: z.unknown().default({}),
})
export type WireRequest = z.infer<typeof requestSchema>
export type WireHead = WireRequest['head']

/** Null when it is none. */
export function readRequest(text: string): WireRequest | null {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
  const parsed = requestSchema.safeParse(json)
  return parsed.success ? parsed.data : null
}

export function answerFrame(head: WireHead, body: Readonly<Record<string, unknown>>): Buffer {
  return Buffer.from(JSON.stringify({ head: { servcmd: head.servcmd, seq: head.seq }, body }))
}

/** An answer to a long poll: the list inside was made once for all who wait for the same. */
export function pollFrame(head: WireHead, key: string, nextCursor: number, items: Buffer, broadcasts: Buffer): Buffer {
  const before = Buffer.from(
    `{"head":{"servcmd":"${POLL_COMMAND}","seq":${head.seq}},"body":{"ActionStatus":"OK","ErrorCode":0,"ErrorInfo":"","Key":"${key}","NextSeq":${nextCursor},"RspMsgList":[`,
  )
  return broadcasts.length === 0 ? Buffer.concat([before, items, POLL_END]) : Buffer.concat([before, items, POLL_BROADCASTS, broadcasts, POLL_END])
}

export function pushFrame(servcmd: string, body: Readonly<Record<string, unknown>>): Buffer {
  return Buffer.from(JSON.stringify({ head: { servcmd, seq: 1 }, body }))
}

export const POLL_COMMAND = 'group_open_long_polling_http_svc.get_msg'
const POLL_BROADCASTS = Buffer.from('],"RspBroadcastMsgList":[')
const POLL_END = Buffer.from(']}}')

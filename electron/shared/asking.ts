import { z } from 'zod'

/**
 * Asking for the mic and being asked: data of the Chat SDK's signaling between two people (`invite`, `accept`, `reject`, `cancel`), so that it is the same on Tencent's
 * cloud. An answer gives no place: the crew lets somebody in at the backend, and that is what counts.
 */

/** How long a question stands, seconds; the SDK ends it on both sides. */
export const ASKING_SEC = 30
/** Of the data, as text. */
const MAX_CHARS = 512

/** `apply`: a viewer to the anchor. `invite`: the crew to a viewer. */
const questionSchema = z.strictObject({ v: z.literal(1), kind: z.enum(['co-anchor-apply', 'co-anchor-invite']), roomId: z.string().min(1).max(64) })
export type CoAnchorQuestion = z.infer<typeof questionSchema>

/** With an accept or a reject. */
const answerSchema = z.strictObject({ v: z.literal(1), kind: z.literal('co-anchor-answer'), reason: z.enum(['', 'declined', 'full', 'blocked', 'busy']) })
export type CoAnchorAnswer = z.infer<typeof answerSchema>
export type CoAnchorRefusal = Exclude<CoAnchorAnswer['reason'], ''>

/** @returns null: the data is of something else, or of nothing */
export function readQuestion(data: string): CoAnchorQuestion | null {
  return read(questionSchema, data)
}

/** @returns null: as `readQuestion` */
export function readAnswer(data: string): CoAnchorAnswer | null {
  return read(answerSchema, data)
}

export function questionData(kind: CoAnchorQuestion['kind'], roomId: string): string {
  return JSON.stringify({ v: 1, kind, roomId } satisfies CoAnchorQuestion)
}

export function answerData(reason: CoAnchorAnswer['reason']): string {
  return JSON.stringify({ v: 1, kind: 'co-anchor-answer', reason } satisfies CoAnchorAnswer)
}

function read<T>(schema: z.ZodType<T>, data: string): T | null {
  if (data.length > MAX_CHARS) return null
  try {
    const parsed = schema.safeParse(JSON.parse(data))
    return parsed.success ? parsed.data : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

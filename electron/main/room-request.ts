import { z } from 'zod'
import { AnchorError } from '../shared/errors'

const ANSWER_MS = 5_000
/** Of an answer of another room server. */
const MAX_ANSWER_BYTES = 256 * 1024

const refusalAnswer = z.object({ message: z.string().max(500) })

/** One request to the API of a room server, be it a stranger's. @throws AnchorError room-link.unreachable | room-link.refused */
export async function askRoom<T>(
  base: string,
  method: string,
  path: string,
  answer: z.ZodType<T>,
  { token, body }: { readonly token?: string; readonly body?: unknown },
): Promise<T> {
  const host = base.replace(/^https?:\/\//, '')
  let response: Response
  let text: string
  try {
    response = await fetch(`${base}${path}`, {
      method,
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_MS),
      headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    text = await boundedText(response)
  } catch (error) {
    throw new AnchorError('room-link.unreachable', { cause: error, context: { host } })
  }
  const parsed = readJson(text)
  if (!response.ok) {
    const refusal = refusalAnswer.safeParse(parsed)
    throw new AnchorError('room-link.refused', {
      context: { reason: refusal.success ? refusal.data.message : `HTTP ${response.status}`, status: response.status },
    })
  }
  const known = answer.safeParse(parsed)
  if (!known.success) throw new AnchorError('room-link.refused', { context: { reason: 'its answer was not understood' } })
  return known.data
}

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength
    if (length > MAX_ANSWER_BYTES) throw new Error('the answer is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

import { z } from 'zod'

const refusalSchema = z.object({ code: z.string(), message: z.string(), remedy: z.string(), context: z.record(z.string(), z.union([z.string(), z.number()])) })

/**
 * A request that was not answered with success. `unreachable` = nobody answered; `not-served` = there is no room API at this address;
 * `refused` = the API said no, in the language of the page.
 */
export class RoomApiError extends Error {
  readonly kind: 'unreachable' | 'not-served' | 'refused'
  /** The API's code; '' where it said none. */
  readonly code: string
  readonly remedy: string
  /** Why one was removed, with `auth.blocked`; '' = nothing was said. */
  readonly reason: string
  /** What a later attempt may bring: no answer, a busy server, or one with a fault. */
  readonly passing: boolean

  constructor(
    kind: RoomApiError['kind'],
    facts: { code?: string; message?: string; remedy?: string; reason?: string; passing?: boolean; cause?: unknown } = {},
  ) {
    super(facts.message ?? kind, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.name = 'RoomApiError'
    this.kind = kind
    this.code = facts.code ?? ''
    this.remedy = facts.remedy ?? ''
    this.reason = facts.reason ?? ''
    this.passing = facts.passing ?? kind === 'unreachable'
  }
}

export interface ApiRequest<T> {
  /** '' = the server that the page came from. */
  readonly base: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  /** null = nobody's. */
  readonly token: string | null
  readonly answer: z.ZodType<T>
  readonly body?: unknown
}

/** One request to the room API. @throws RoomApiError */
export async function askApi<T>({ base, method, path, token, answer, body }: ApiRequest<T>): Promise<T> {
  let response: Response
  let value: unknown
  try {
    response = await fetch(`${base}${path}`, {
      method,
      cache: 'no-store',
      headers: {
        ...shownLanguage(),
        ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    value = readJson(await response.text())
  } catch (error) {
    throw new RoomApiError('unreachable', { cause: error })
  }
  if (!response.ok) throw refusalOf(response.status, value)
  const parsed = answer.safeParse(value)
  if (!parsed.success) throw new RoomApiError('not-served', { cause: parsed.error })
  return parsed.data
}

/** What the API says is read in the language that the page is shown in, which may be another than the browser's. */
function shownLanguage(): Readonly<Record<string, string>> {
  const lang = typeof document === 'undefined' ? '' : document.documentElement.lang
  return lang === '' ? {} : { 'Accept-Language': lang }
}

function refusalOf(status: number, value: unknown): RoomApiError {
  const passing = status === 429 || status >= 500
  const parsed = refusalSchema.safeParse(value)
  if (!parsed.success) return new RoomApiError(status === 404 ? 'not-served' : 'refused', { passing })
  const { code, message, remedy, context } = parsed.data
  return new RoomApiError('refused', { code, message, remedy, passing, reason: String(context['reason'] ?? '') })
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    // A page of a proxy, or of a server without the API.
    if (error instanceof SyntaxError) return null
    throw error
  }
}

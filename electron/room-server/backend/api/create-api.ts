import { IncomingMessage } from 'node:http'
import { performance } from 'node:perf_hooks'
import { Hono, type Context } from 'hono'
import { matchedRoutes } from 'hono/route'
import { z } from 'zod'
import { STUDIO_ORIGIN } from '../../../shared/origins'
import { DatabaseLostError } from '../../store/database-lost'
import { originOf } from '../../request-origin'
import { mayDo, SERVER_WIDE } from '../identity/rights'
import { isFor, type Caller, type Sessions } from '../identity/sessions'
import type { BackendObserver } from '../observer'
import { API_ERRORS, ApiError, errorBody } from './api-error'
import { DOCS_CSP, docsPage } from './docs-page'
import { openApi } from './openapi'
import type { ApiRates } from './rate'
import { bodyLimit, type RequestFacts, type Route } from './route'

export interface ApiOptions {
  readonly routes: readonly Route[]
  readonly sessions: Sessions
  readonly rates: ApiRates
  readonly observer: BackendObserver | null
  log(level: 'warn', message: string): void
}

/** What `@hono/node-server` adds to a request. */
const nodeEnvironment = z.object({ incoming: z.instanceof(IncomingMessage) })

const PREFLIGHT = {
  'Access-Control-Allow-Methods': 'GET, POST, PUT, PATCH, DELETE',
  'Access-Control-Allow-Headers': 'Authorization, Content-Type',
  'Access-Control-Max-Age': '600',
}

/** The HTTP API: every request goes through the same checks in the same order, then to its route. */
export function createApi(options: ApiOptions): Hono {
  const app = new Hono()
  const description = JSON.stringify(openApi(options.routes))
  const page = docsPage(options.routes)

  const { observer } = options
  if (observer !== null)
    app.use('*', async (context, next) => {
      const startMs = performance.now()
      await next()
      const patterns = matchedRoutes(context).map(({ path }) => path)
      observer.answered({
        method: context.req.method,
        route: patterns.filter((pattern) => pattern !== '/*').at(-1) ?? 'none',
        status: context.res.status,
        seconds: (performance.now() - startMs) / 1_000,
      })
    })
  app.use('*', async (context, next) => {
    context.header('X-Content-Type-Options', 'nosniff')
    context.header('Referrer-Policy', 'no-referrer')
    context.header('Cache-Control', 'no-store')
    context.header('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'")
    context.header('Vary', 'Origin')
    // The studio's window comes from no server: it is the one page that reads this API from another origin.
    if (context.req.header('origin') === STUDIO_ORIGIN) {
      context.header('Access-Control-Allow-Origin', STUDIO_ORIGIN)
      if (context.req.method === 'OPTIONS') return context.body(null, 204, PREFLIGHT)
    }
    await next()
    return undefined
  })
  app.get('/docs', (context) => {
    context.header('Content-Security-Policy', DOCS_CSP)
    return context.html(page)
  })
  app.get('/openapi.json', (context) => context.body(description, 200, { 'Content-Type': 'application/json' }))
  for (const route of options.routes) app.on(route.spec.method.toUpperCase(), route.spec.path, (context) => answer(context, route, options))
  app.notFound((context) => refuse(context, new ApiError('not-found')))
  app.onError((error, context) => {
    if (error instanceof DatabaseLostError || error.cause instanceof DatabaseLostError) return refuse(context, new ApiError('server.outcome-unknown'))
    if (error instanceof ApiError) return refuse(context, error)
    options.log('warn', `${context.req.method} ${context.req.path} failed: ${error.message}`)
    return refuse(context, new ApiError('internal'))
  })
  return app
}

async function answer(context: Context, route: Route, { sessions, rates }: ApiOptions): Promise<Response> {
  const { spec } = route
  const request = factsOf(context)
  const token = /^Bearer (.+)$/i.exec(context.req.header('authorization') ?? '')?.[1]
  const caller = authenticated(token, spec.action === null, sessions)
  if (spec.action !== null) {
    if (caller === null) throw new ApiError('auth.missing')
    authorise(caller, spec.action, context.req.param('room'))
  }
  const seconds = rates.take(spec.rate, caller?.userId ?? request.address)
  if (seconds > 0) {
    context.header('Retry-After', String(seconds))
    throw new ApiError('request.too-many', { seconds })
  }
  const query = parsed(spec.query ?? z.object({}), context.req.query())
  const body = spec.body === undefined ? undefined : parsed(spec.body, await readJson(context, bodyLimit(route)))
  const result = await route.run({ caller, params: context.req.param(), query, body, request })
  // Also what we answer is held against its description: nothing leaks that is not in it.
  return context.json(spec.answer.parse(result) as object)
}

function authenticated(token: string | undefined, open: boolean, sessions: Sessions): Caller | null {
  if (token === undefined) return null
  try {
    return sessions.authenticate(token)
  } catch (error) {
    // A visitor whose last session is over is a visitor.
    if (open && error instanceof ApiError) return null
    throw error
  }
}

function authorise(caller: Caller, action: Parameters<typeof mayDo>[1], room: string | undefined): void {
  const here = room !== undefined ? isFor(caller, room) : caller.roomId === '*' || !SERVER_WIDE.has(action)
  if (!here || !mayDo(caller.role, action)) throw new ApiError('auth.forbidden', { role: caller.role })
}

/** @throws ApiError request.invalid */
function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw new ApiError('request.invalid', { reason: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`.replace(/^: /, '').slice(0, 200) })
}

/** @throws ApiError request.too-large | request.invalid */
async function readJson(context: Context, limit: number): Promise<unknown> {
  const text = await readText(context.req.raw, limit)
  if (text === '') return {}
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ApiError('request.invalid', { reason: 'the body is no JSON' }, error)
  }
}

/** Reads a body, and stops where it becomes too long. @throws ApiError request.too-large */
export async function readText(request: Request | Response, limit: number): Promise<string> {
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw new ApiError('request.too-large')
  const reader = request.body?.getReader()
  if (reader === undefined) return ''
  const parts: Uint8Array[] = []
  let size = 0
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const bytes = part.value as Uint8Array
    size += bytes.length
    if (size > limit) {
      await reader.cancel()
      throw new ApiError('request.too-large')
    }
    parts.push(bytes)
  }
  return Buffer.concat(parts).toString('utf8')
}

export function factsOf(context: Context): RequestFacts {
  const environment = nodeEnvironment.safeParse(context.env)
  const { address, secure } = environment.success ? originOf(environment.data.incoming) : { address: '', secure: false }
  return { address, host: context.req.header('host') ?? '', secure }
}

function refuse(context: Context, error: ApiError): Response {
  const { status } = API_ERRORS[error.code]
  if (status === 503) context.header('Retry-After', '1')
  return context.json(errorBody(error, context.req.header('accept-language') ?? ''), status)
}

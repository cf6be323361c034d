import type { z } from 'zod'
import type { Action } from '../identity/rights'
import type { Caller } from '../identity/sessions'
import { LIMITS } from '../config'
import type { Rate } from './rate'

type Schema = z.ZodType
type Fields = z.ZodObject

/** What an endpoint takes, answers and needs. From this come its checks and its description. */
export interface RouteSpec<Query extends Fields, Body extends Schema, Answer extends Schema> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** `:room` is the room that the caller's token must be for. */
  readonly path: string
  readonly summary: string
  readonly group: string
  /** null: open to everybody, with or without a session. */
  readonly action: Action | null
  readonly rate: Rate
  readonly query?: Query
  readonly body?: Body
  readonly bodyBytes?: number
  readonly answer: Answer
}

export interface RouteInput<Query, Body> {
  /** Null only where the route is open and the request had no token. */
  readonly caller: Caller | null
  readonly params: Readonly<Record<string, string>>
  readonly query: Query
  readonly body: Body
  readonly request: RequestFacts
}

export interface RequestFacts {
  readonly address: string
  readonly host: string
  readonly secure: boolean
}

/** What a handler answers may be anybody's state: it is only read. */
export type DeepReadonly<T> = T extends object ? { readonly [Name in keyof T]: DeepReadonly<T[Name]> } : T

/** A route whose types have been checked and are of no more interest. */
export interface Route {
  readonly spec: RouteSpec<Fields, Schema, Schema>
  run(input: RouteInput<unknown, unknown>): Promise<unknown>
}

export function route<Query extends Fields, Body extends Schema, Answer extends Schema>(
  spec: RouteSpec<Query, Body, Answer>,
  run: (input: RouteInput<z.output<Query>, z.output<Body>>) => Promise<DeepReadonly<z.input<Answer>>>,
): Route {
  // `createApi` runs it with what the spec's own schemas parsed: the types hold by construction.
  return { spec, run: run as Route['run'] }
}

/** The caller of a route that is not open. */
export function callerOf(input: { readonly caller: Caller | null }): Caller {
  if (input.caller === null) throw new Error('an open route has no caller')
  return input.caller
}

export function param(input: { readonly params: Readonly<Record<string, string>> }, name: string): string {
  const value = input.params[name]
  if (value === undefined) throw new Error(`the path has no ${name}`)
  return value
}

export function bodyLimit(route: Route): number {
  return route.spec.bodyBytes ?? LIMITS.bodyBytes
}

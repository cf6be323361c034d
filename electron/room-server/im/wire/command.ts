import type { z } from 'zod'
import type { Caller } from '../caller'
import { CODES, ImError } from '../codes'
import type { ImContext } from '../service/context'
import type { Connection } from './connection'
import type { WireHead } from './frame'

export type Answer = Readonly<Record<string, unknown>>

/** What a command's code is given. */
export interface Asked<Body> {
  readonly context: ImContext
  readonly caller: Caller
  readonly connection: Connection
  readonly head: WireHead
  readonly body: Body
}

export interface Command {
  /** Null: the command answers by itself, later. */
  run(asked: Asked<unknown>): Promise<Answer | null>
}

export type Commands = Readonly<Record<string, Command>>

/** A command whose body has the shape of `schema`; any other body is refused with 10004. */
export function command<Schema extends z.ZodType>(schema: Schema, run: (asked: Asked<z.infer<Schema>>) => Promise<Answer | null> | Answer | null): Command {
  return {
    async run(asked) {
      const parsed = schema.safeParse(asked.body)
      if (!parsed.success) throw new ImError(CODES.INVALID_PARAMETER, complaint(parsed.error))
      return run({ ...asked, body: parsed.data })
    },
  }
}

/** Names the first field that is wrong. */
export function complaint(error: z.ZodError): string {
  const [issue] = error.issues
  return issue === undefined ? 'invalid request' : `${issue.path.join('.') || 'body'}: ${issue.message}`
}

import type { z } from 'zod'
import type { Caller } from '../caller'
import { CODES, ImError } from '../codes'
import type { ImContext } from '../service/context'
import { complaint } from '../wire/command'

export type RestAnswer = Readonly<Record<string, unknown>>

export interface RestAsked<Body> {
  readonly context: ImContext
  readonly caller: Caller
  readonly body: Body
}

export interface RestCommand {
  run(asked: RestAsked<unknown>): Promise<RestAnswer>
}

/** By `service/command`. */
export type RestCommands = Readonly<Record<string, RestCommand>>

/** A call whose body has the shape of `schema`; any other is refused with `code` (each service has its own for that). */
export function restCommand<Schema extends z.ZodType>(
  schema: Schema,
  run: (asked: RestAsked<z.infer<Schema>>) => Promise<RestAnswer> | RestAnswer,
  code: number = CODES.INVALID_PARAMETER,
): RestCommand {
  return {
    async run(asked) {
      const parsed = schema.safeParse(asked.body)
      if (!parsed.success) throw new ImError(code, complaint(parsed.error))
      return run({ ...asked, body: parsed.data })
    },
  }
}

import { z } from 'zod'
import type { BackendConfig } from '../config'
import { COMMAND } from './calls'
import { ChatRestError, type ChatRest } from './chat-rest'

/** What a room's attributes say, for newcomers and for those who look from outside: `rev` tells which of two words is the newer. */
export interface BoardValue {
  readonly rev: number
  readonly [field: string]: unknown
}

const attributesSchema = z.object({ GroupAttrAry: z.array(z.object({ key: z.string(), value: z.string() })).default([]) })
const revSchema = z.object({ rev: z.number() })

const ATTRIBUTE_CONFLICT = 10056
const ATTEMPTS = 8

/**
 * Keeps the group attributes of rooms at what the business last decided. Many changes at once become one write (IM takes 5 a second). Another
 * writer's conflict (10056) is read, merged and written again: per key the higher `rev` stays, keys of others are never touched.
 */
export class Board {
  readonly #rest: ChatRest
  readonly #config: BackendConfig
  readonly #wanted = new Map<string, Map<string, BoardValue>>()
  readonly #running = new Map<string, Promise<void>>()
  #closed = false

  constructor(rest: ChatRest, config: BackendConfig) {
    this.#rest = rest
    this.#config = config
  }

  put(roomId: string, key: string, value: BoardValue): void {
    const wanted = this.#wanted.get(roomId) ?? new Map<string, BoardValue>()
    this.#wanted.set(roomId, wanted)
    wanted.set(key, value)
    if (!this.#running.has(roomId)) this.#running.set(roomId, this.#write(roomId))
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.all(this.#running.values())
  }

  async #write(roomId: string): Promise<void> {
    for (let wanted = this.#wanted.get(roomId); wanted !== undefined && !this.#closed; wanted = this.#wanted.get(roomId)) {
      this.#wanted.delete(roomId)
      try {
        await this.#converge(roomId, wanted)
      } catch (error) {
        if (!(error instanceof ChatRestError)) throw error
        // Whoever is inside was told by message; the board is written whole again with the next change and the next start.
        this.#config.log('warn', `the attributes of ${roomId} were not written: ${error.message}`)
      }
    }
    this.#running.delete(roomId)
  }

  async #converge(roomId: string, wanted: ReadonlyMap<string, BoardValue>): Promise<void> {
    let values = wanted
    for (let attempt = 1; values.size > 0; attempt += 1) {
      try {
        await this.#rest.insist(COMMAND.setAttributes, {
          GroupId: roomId,
          GroupAttr: [...values].map(([key, value]) => ({ key, value: JSON.stringify(value) })),
        })
        return
      } catch (error) {
        if (!(error instanceof ChatRestError) || error.code !== ATTRIBUTE_CONFLICT || attempt >= ATTEMPTS) throw error
        values = newerThan(values, await this.#read(roomId))
      }
    }
  }

  async #read(roomId: string): Promise<ReadonlyMap<string, string>> {
    const parsed = attributesSchema.safeParse(await this.#rest.insist(COMMAND.getAttributes, { GroupId: roomId }))
    return new Map(parsed.success ? parsed.data.GroupAttrAry.map(({ key, value }) => [key, value] as const) : [])
  }
}

/** Of our values those that say something newer than what is there. */
export function newerThan(ours: ReadonlyMap<string, BoardValue>, there: ReadonlyMap<string, string>): ReadonlyMap<string, BoardValue> {
  return new Map([...ours].filter(([key, value]) => value.rev > revOf(there.get(key))))
}

function revOf(text: string | undefined): number {
  if (text === undefined) return -1
  try {
    const parsed = revSchema.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data.rev : -1
  } catch (error) {
    // Somebody else's text under our key.
    if (error instanceof SyntaxError) return -1
    throw error
  }
}

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
const valueSchema = z.looseObject({ rev: z.number() })

export interface BoardChange {
  readonly type: 'set' | 'modify' | 'clear' | 'delete'
  /** The business wrote it, this process or another of it. */
  readonly ours: boolean
  readonly items: readonly { readonly key: string; readonly value: string }[]
}

const ATTRIBUTE_CONFLICT = 10056
const ATTEMPTS = 8
/** Two writers that were refused together do not come back together. */
const PAUSE_MS = 20
/** Until it is asked again whether IM may be told. */
const MAY_TELL_MS = 100

/**
 * Keeps the group attributes of rooms at what the business last decided. Many changes at once become one write (IM takes 5 a second). Another
 * writer's conflict (10056) is read, merged and written again: per key the higher `rev` stays, keys of others are never touched. IM refuses only
 * what is written in the same moment: an older word that comes later, or anything that a member writes under these keys, is heard of by
 * callback and written over.
 */
export class Board {
  readonly #rest: ChatRest
  readonly #config: BackendConfig
  readonly #mayTell: () => boolean
  readonly #wanted = new Map<string, Map<string, BoardValue>>()
  /** The newest word of each key that this process wrote or heard of. */
  readonly #newest = new Map<string, Map<string, BoardValue>>()
  readonly #running = new Map<string, Promise<void>>()
  #closed = false

  /** @param mayTell asked before each write, which waits until it may be */
  constructor(rest: ChatRest, config: BackendConfig, mayTell: () => boolean = () => true) {
    this.#rest = rest
    this.#config = config
    this.#mayTell = mayTell
  }

  put(roomId: string, key: string, value: BoardValue): void {
    const newest = this.#newestOf(roomId)
    if ((newest.get(key)?.rev ?? -1) > value.rev) return
    newest.set(key, value)
    this.#want(roomId, key, value)
  }

  /** The attributes were written, by whomever. */
  changed(roomId: string, { type, ours, items }: BoardChange): void {
    const newest = this.#newestOf(roomId)
    const named = new Map(items.map(({ key, value }) => [key, value]))
    const written = type === 'set' || type === 'modify'
    if (ours && written)
      for (const [key, text] of named) {
        const value = readValue(text)
        if (value !== null && value.rev > (newest.get(key)?.rev ?? -1)) newest.set(key, value)
      }
    for (const [key, value] of newest) {
      const text = named.get(key)
      const lost = text === undefined ? type === 'set' || type === 'clear' : !written || (ours ? revOf(text) < value.rev : text !== JSON.stringify(value))
      if (lost) this.#want(roomId, key, value)
    }
  }

  /** Resolves when all that was put is written. */
  async settled(): Promise<void> {
    await Promise.all(this.#running.values())
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.settled()
  }

  #newestOf(roomId: string): Map<string, BoardValue> {
    const newest = this.#newest.get(roomId) ?? new Map<string, BoardValue>()
    this.#newest.set(roomId, newest)
    return newest
  }

  #want(roomId: string, key: string, value: BoardValue): void {
    const wanted = this.#wanted.get(roomId) ?? new Map<string, BoardValue>()
    this.#wanted.set(roomId, wanted)
    wanted.set(key, value)
    if (!this.#closed && !this.#running.has(roomId)) this.#running.set(roomId, this.#write(roomId))
  }

  async #write(roomId: string): Promise<void> {
    for (let wanted = this.#wanted.get(roomId); wanted !== undefined && !this.#closed; wanted = this.#wanted.get(roomId)) {
      if (!this.#mayTell()) {
        await new Promise((resolve) => setTimeout(resolve, MAY_TELL_MS))
        continue
      }
      this.#wanted.delete(roomId)
      try {
        await this.#converge(roomId, wanted)
      } catch (error) {
        if (!(error instanceof ChatRestError)) throw error
        if (!this.#mayTell()) {
          this.#wanted.set(roomId, new Map([...wanted, ...(this.#wanted.get(roomId) ?? [])]))
          continue
        }
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
        await new Promise((resolve) => setTimeout(resolve, Math.random() * PAUSE_MS * attempt))
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
  return readValue(text)?.rev ?? -1
}

function readValue(text: string | undefined): BoardValue | null {
  if (text === undefined) return null
  try {
    const parsed = valueSchema.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : null
  } catch (error) {
    // Somebody else's text under our key.
    if (error instanceof SyntaxError) return null
    throw error
  }
}

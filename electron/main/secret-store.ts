import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { writeAtomically } from './atomic-file'

/** What Electron's safeStorage offers, so that tests can bring their own. */
export interface Cipher {
  isAvailable(): boolean
  encrypt(text: string): Buffer
  decrypt(bytes: Buffer): string
}

const contentSchema = z.record(z.string().max(64), z.string().max(4_096))

/**
 * Keys of destinations and of the ingest, by id. Encrypted with the system's key store; where there is none they live only
 * until the app quits, and nothing is written in the clear.
 */
export class SecretStore {
  readonly #file: string
  readonly #cipher: Cipher
  readonly #secrets: Map<string, string>
  readonly kept: boolean

  constructor(folder: string, cipher: Cipher) {
    this.#file = join(folder, 'secrets.bin')
    this.#cipher = cipher
    this.kept = cipher.isAvailable()
    this.#secrets = this.#load()
  }

  get(id: string): string | null {
    return this.#secrets.get(id) ?? null
  }

  has(id: string): boolean {
    return this.#secrets.has(id)
  }

  /** null forgets. @throws AnchorError disk.full | settings.write-failed; the secret then holds until the app quits. */
  set(id: string, secret: string | null): void {
    if (secret === null) this.#secrets.delete(id)
    else this.#secrets.set(id, secret)
    if (this.kept) writeAtomically(this.#file, this.#cipher.encrypt(JSON.stringify(Object.fromEntries(this.#secrets))))
  }

  #load(): Map<string, string> {
    if (!this.kept || !existsSync(this.#file)) return new Map()
    try {
      const parsed = contentSchema.safeParse(JSON.parse(this.#cipher.decrypt(readFileSync(this.#file))))
      return new Map(parsed.success ? Object.entries(parsed.data) : [])
    } catch (error) {
      // Another user's or another machine's file cannot be read; the keys have to be given again.
      if (error instanceof Error) return new Map()
      throw error
    }
  }
}

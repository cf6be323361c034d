import { existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { AnchorError, type ErrorInfo } from '../shared/errors'
import { writeAtomically } from './atomic-file'

/** What Electron's safeStorage offers, so that tests can bring their own. */
export interface Cipher {
  isAvailable(): boolean
  encrypt(text: string): Buffer
  decrypt(bytes: Buffer): string
}

const contentSchema = z.record(z.string().max(64), z.string().max(4_096))

export interface SecretStoreOptions {
  readonly folder: string
  readonly cipher: Cipher
  /** secrets.session-only | secrets.unreadable | secrets.not-saved: the app goes on. */
  onProblem(error: ErrorInfo): void
}

/**
 * Keys of destinations and of the ingest, by id. Encrypted with the system's key store; where there is none they live only
 * until the app quits, and nothing is written in the clear. A file that cannot be read is set aside, never written over.
 */
export class SecretStore {
  readonly #options: SecretStoreOptions
  readonly #file: string
  readonly #secrets: Map<string, string>
  /** The system has a key store. */
  readonly kept: boolean
  #mayWrite: boolean

  constructor(options: SecretStoreOptions) {
    this.#options = options
    this.#file = join(options.folder, 'secrets.bin')
    this.kept = options.cipher.isAvailable()
    this.#mayWrite = this.kept
    this.#secrets = this.#load()
    if (!this.kept) options.onProblem({ code: 'secrets.session-only', context: {} })
  }

  get(id: string): string | null {
    return this.#secrets.get(id) ?? null
  }

  /** null forgets. It holds at once; what cannot be written is told and holds until the app quits. */
  set(id: string, secret: string | null): void {
    if (this.get(id) === secret) return
    if (secret === null) this.#secrets.delete(id)
    else this.#secrets.set(id, secret)
    if (!this.#mayWrite) return
    try {
      writeAtomically(this.#file, this.#options.cipher.encrypt(JSON.stringify(Object.fromEntries(this.#secrets))))
    } catch (error) {
      this.#options.onProblem({ code: 'secrets.not-saved', context: { reason: reasonOf(error) } })
    }
  }

  #load(): Map<string, string> {
    if (!this.kept || !existsSync(this.#file)) return new Map()
    try {
      return new Map(Object.entries(contentSchema.parse(JSON.parse(this.#options.cipher.decrypt(readFileSync(this.#file))))))
    } catch (error) {
      // Another user's or another machine's file, or a damaged one. A keyring that comes back may read it yet.
      const backup = this.#setAside()
      this.#mayWrite = backup !== null
      this.#options.onProblem({ code: 'secrets.unreadable', context: { backup: backup ?? this.#file, reason: reasonOf(error) } })
      return new Map()
    }
  }

  /** @returns where it is now; null = it could not be moved and must not be touched */
  #setAside(): string | null {
    const name = (number: number): string => `${this.#file}.broken${number === 0 ? '' : `-${number}`}`
    let number = 0
    while (existsSync(name(number))) number += 1
    try {
      renameSync(this.#file, name(number))
      return name(number)
    } catch (error) {
      if (error instanceof Error) return null
      throw error
    }
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof AnchorError) return error.code === 'disk.full' ? 'ENOSPC' : String(error.context['reason'] ?? error.code)
  if (error instanceof z.ZodError || error instanceof SyntaxError) return 'content'
  return error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? 'key store') : 'unknown'
}

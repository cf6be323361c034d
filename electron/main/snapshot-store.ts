import type { Snapshot, StatePatch } from '../shared/snapshot'

/** Patches leave at most this often: statistics come in bursts. */
const FLUSH_AFTER_MS = 40

type Slices = Omit<Snapshot, 'version'>

/** The one state that the studio shows. Changes are gathered and sent as patches with a version. */
export class SnapshotStore {
  #slices: Slices
  #version = 1
  #changed: Partial<Slices> = {}
  #timer: NodeJS.Timeout | null = null
  readonly #send: (patch: StatePatch) => void

  constructor(initial: Slices, send: (patch: StatePatch) => void) {
    this.#slices = initial
    this.#send = send
  }

  get current(): Slices {
    return this.#slices
  }

  /** The whole, as of now; patches that waited are in it. */
  snapshot(): Snapshot {
    this.#flush()
    return { version: this.#version, ...this.#slices }
  }

  set(change: Partial<Slices>): void {
    this.#slices = { ...this.#slices, ...change }
    this.#changed = { ...this.#changed, ...change }
    this.#timer ??= setTimeout(() => this.#flush(), FLUSH_AFTER_MS)
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #flush(): void {
    if (this.#timer === null) return
    this.close()
    this.#version += 1
    const changed = this.#changed
    this.#changed = {}
    this.#send({ version: this.#version, changed })
  }
}

import type { HealthSample } from '../shared/health'
import { applyPatch, type Snapshot, type StatePatch } from '../shared/snapshot'

/** Patches leave at most this often: statistics come in bursts. */
const FLUSH_AFTER_MS = 40

type Changes = StatePatch['changed']

/** The one state that the studio shows. Changes are gathered and sent as patches with a version. */
export class SnapshotStore {
  #snapshot: Snapshot
  #changed: Changes = {}
  #newSamples: readonly HealthSample[] = []
  #timer: NodeJS.Timeout | null = null
  readonly #send: (patch: StatePatch) => void

  constructor(initial: Omit<Snapshot, 'version'>, send: (patch: StatePatch) => void) {
    this.#snapshot = { version: 1, ...initial }
    this.#send = send
  }

  get current(): Omit<Snapshot, 'version'> {
    return this.#snapshot
  }

  /** The whole, as of now; patches that waited are in it. */
  snapshot(): Snapshot {
    this.#flush()
    return this.#snapshot
  }

  set(changed: Changes): void {
    this.#change({ changed })
  }

  addSample(sample: HealthSample): void {
    this.#change({ changed: {}, newSamples: [sample] })
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #change(change: Omit<StatePatch, 'version'>): void {
    this.#snapshot = applyPatch(this.#snapshot, { ...change, version: this.#snapshot.version })
    this.#changed = { ...this.#changed, ...change.changed }
    this.#newSamples = [...this.#newSamples, ...(change.newSamples ?? [])]
    this.#timer ??= setTimeout(() => this.#flush(), FLUSH_AFTER_MS)
  }

  #flush(): void {
    if (this.#timer === null) return
    this.close()
    const version = this.#snapshot.version + 1
    this.#snapshot = { ...this.#snapshot, version }
    const patch = { version, changed: this.#changed, ...(this.#newSamples.length === 0 ? {} : { newSamples: this.#newSamples }) }
    this.#changed = {}
    this.#newSamples = []
    this.#send(patch)
  }
}

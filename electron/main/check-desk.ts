import type { CheckResult } from '../shared/checks'
import type { Profile } from '../shared/profile'
import type { Scene } from '../shared/scene'
import type { StageChecks, StageCommand } from '../shared/stage'
import type { SpeedResult } from '../shared/trtc'
import { CheckRunner, type CheckSubjects } from './check-runner'
import type { DestinationBook } from './destination-book'
import type { SnapshotStore } from './snapshot-store'
import { mediaAccess, onBattery } from './system-facts'

/** So long do results hold when nothing that they looked at is changed. */
const HOLD_MS = 10 * 60_000

export interface CheckDeskOptions {
  readonly store: Pick<SnapshotStore, 'current' | 'set'>
  readonly dataDir: string
  readonly destinations: Pick<DestinationBook, 'all' | 'wanted'>
  /** What the line to TRTC carries; null = the program goes another way. */
  testTrtc(): Promise<SpeedResult> | null
  scene(): Scene
  profile(): Profile
  commandStage(command: StageCommand): void
  onDone(): void
}

/** The go-live checks of the app: one run at a time, on what stands now, forgotten when that changes. */
export class CheckDesk {
  readonly #options: CheckDeskOptions
  readonly #runner = new CheckRunner()
  #running: Promise<void> | null = null
  #changed = false

  constructor(options: CheckDeskOptions) {
    this.#options = options
  }

  /** Joins the run that is under way. */
  run(): Promise<void> {
    this.#running ??= this.#run().finally(() => (this.#running = null))
    return this.#running
  }

  /** Scene, profile or destinations were edited: what was found may no longer be so. A run under way looks again. */
  forget(): void {
    this.#changed = true
    if (this.#running === null && this.#options.store.current.checks.results.length > 0) {
      this.#options.store.set({ checks: { running: false, finishedAtMs: null, results: [] } })
    }
  }

  /** Results that still hold; null where the checks have to be run again. */
  holding(nowMs: number): readonly CheckResult[] | null {
    const { finishedAtMs, results } = this.#options.store.current.checks
    return finishedAtMs !== null && nowMs - finishedAtMs < HOLD_MS ? results : null
  }

  /** The stage is there (again): what it was asked before is asked anew. */
  stageUp(): void {
    this.#runner.stageUp()
  }

  stageAnswered(requestId: string, checks: StageChecks): void {
    this.#runner.stageAnswered(requestId, checks)
  }

  async #run(): Promise<void> {
    const { store } = this.#options
    const running = (results: readonly CheckResult[]): void => store.set({ checks: { running: true, finishedAtMs: null, results } })
    let results: readonly CheckResult[]
    do {
      this.#changed = false
      results = await this.#runner.run(this.#subjects(), running)
    } while (this.#wasChanged())
    store.set({ checks: { running: false, finishedAtMs: Date.now(), results } })
    this.#options.onDone()
  }

  #wasChanged(): boolean {
    return this.#changed
  }

  #subjects(): CheckSubjects {
    const { destinations, dataDir, commandStage } = this.#options
    const wanted = destinations.wanted(Date.now() / 1_000)
    const trtc = this.#options.testTrtc()
    const scene = this.#options.scene()
    const names = new Map(destinations.all().map(({ id, name }) => [id, name]))
    return {
      scene,
      profile: this.#options.profile(),
      lines: wanted.map(({ id, url }) => ({ id, name: names.get(id) ?? id, url })),
      trtc,
      keyless: destinations.all().filter((one) => one.enabled && one.kind !== 'local' && one.kind !== 'trtc' && !wanted.some(({ id }) => id === one.id)),
      dataDir,
      access: mediaAccess(scene),
      onBattery: onBattery(),
      askStage: (requestId) => commandStage({ type: 'run-checks', requestId }),
    }
  }
}

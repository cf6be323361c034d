import type { CheckResult } from '../shared/checks'
import type { Scene } from '../shared/scene'
import type { StageChecks, StageCommand } from '../shared/stage'
import { CheckRunner, type CheckSubjects } from './check-runner'
import type { DestinationBook } from './destination-book'
import type { SnapshotStore } from './snapshot-store'
import { mediaAccess, onBattery } from './system-facts'

export interface CheckDeskOptions {
  readonly store: SnapshotStore
  readonly dataDir: string
  readonly destinations: DestinationBook
  scene(): Scene
  commandStage(command: StageCommand): void
  onDone(): void
}

/** The go-live checks of the app: runs them on what stands now and shows what they found. */
export class CheckDesk {
  readonly #options: CheckDeskOptions
  readonly #runner = new CheckRunner()

  constructor(options: CheckDeskOptions) {
    this.#options = options
  }

  async run(): Promise<void> {
    const { store } = this.#options
    const running = (results: readonly CheckResult[]): void => store.set({ checks: { running: true, finishedAtMs: null, results } })
    const results = await this.#runner.run(this.#subjects(), running)
    store.set({ checks: { running: false, finishedAtMs: Date.now(), results } })
    this.#options.onDone()
  }

  stageAnswered(requestId: string, checks: StageChecks): void {
    this.#runner.stageAnswered(requestId, checks)
  }

  #subjects(): CheckSubjects {
    const { destinations, dataDir, commandStage } = this.#options
    const scene = this.#options.scene()
    const names = new Map(destinations.all().map(({ id, name }) => [id, name]))
    return {
      scene,
      lines: destinations.wanted(Date.now() / 1_000).map(({ id, url }) => ({ name: names.get(id) ?? id, url })),
      dataDir,
      access: mediaAccess(scene),
      onBattery: onBattery(),
      askStage: (requestId) => commandStage({ type: 'run-checks', requestId }),
    }
  }
}

import { randomUUID } from 'node:crypto'
import { statfs } from 'node:fs/promises'
import { connect } from 'node:net'
import {
  judgeDisk,
  judgeEncoder,
  judgeLine,
  judgeMicrophone,
  judgePermission,
  judgePictures,
  judgePower,
  waitingChecks,
  type CheckId,
  type CheckResult,
  type LineMeasurement,
  type MediaAccess,
} from '../shared/checks'
import { parsePushUrl } from '../shared/push-url'
import { isPicture, isSound, type Scene } from '../shared/scene'
import type { StageChecks } from '../shared/stage'
import { CHECKS } from '../shared/thresholds'

const CONNECT_DEADLINE_MS = 3_000

export interface CheckSubjects {
  readonly scene: Scene
  readonly lines: readonly { readonly name: string; readonly url: string }[]
  readonly dataDir: string
  readonly access: readonly { readonly device: string; readonly access: MediaAccess }[]
  readonly onBattery: boolean | null
  /** Asks the stage; the answer comes through `stageAnswered`. */
  askStage(requestId: string): void
}

/** Runs the go-live checks side by side within their budget and tells each result as it comes. */
export class CheckRunner {
  #pending: { requestId: string; ask: () => void; resolve: (checks: StageChecks | null) => void } | null = null

  async run(subjects: CheckSubjects, onResults: (results: readonly CheckResult[]) => void): Promise<readonly CheckResult[]> {
    const results = new Map<CheckId, CheckResult>(waitingChecks().map((one) => [one.id, one]))
    const tell = (one: CheckResult): void => {
      results.set(one.id, one)
      onResults([...results.values()])
    }
    onResults([...results.values()])
    tell(judgePermission(subjects.access))
    tell(judgePower(subjects.onBattery))
    await Promise.all([
      this.#stage(subjects).then((checks) => {
        for (const one of judgeStage(checks, subjects.scene)) tell(one)
      }),
      Promise.all(subjects.lines.map(measureLine)).then((lines) => tell(judgeLine(lines))),
      freeBytes(subjects.dataDir).then((bytes) => tell(judgeDisk(bytes))),
    ])
    return [...results.values()]
  }

  stageAnswered(requestId: string, checks: StageChecks): void {
    if (this.#pending?.requestId === requestId) this.#pending.resolve(checks)
  }

  /** The stage came up, first or again: what it was asked before is lost. */
  stageUp(): void {
    this.#pending?.ask()
  }

  #stage(subjects: CheckSubjects): Promise<StageChecks | null> {
    this.#pending?.resolve(null)
    const requestId = randomUUID()
    return new Promise((resolve) => {
      const done = (checks: StageChecks | null): void => {
        clearTimeout(deadline)
        if (this.#pending?.requestId === requestId) this.#pending = null
        resolve(checks)
      }
      const deadline = setTimeout(() => done(null), CHECKS.totalBudgetMs)
      const ask = (): void => subjects.askStage(requestId)
      this.#pending = { requestId, ask, resolve: done }
      ask()
    })
  }
}

function judgeStage(checks: StageChecks | null, scene: Scene): CheckResult[] {
  if (checks === null) {
    return (['pictures', 'microphone', 'encoder'] as const).map((id) => ({
      id,
      verdict: 'warn',
      reason: 'no-answer',
      context: {},
      fix: 'none',
      overridable: false,
    }))
  }
  const nothingVisible = !scene.sources.some((source) => isPicture(source) && source.visible)
  return [judgePictures(checks, nothingVisible), judgeMicrophone(checks, scene.sources.some(isSound)), judgeEncoder(checks)]
}

function measureLine({ name, url }: { name: string; url: string }): Promise<LineMeasurement> {
  const parsed = parsePushUrl(url)
  if (!parsed.ok) return Promise.resolve({ name, connectMs: null })
  const { host, port } = parsed.value
  return new Promise((resolve) => {
    const startedAt = performance.now()
    const socket = connect({ host, port, timeout: CONNECT_DEADLINE_MS })
    const done = (connectMs: number | null): void => {
      socket.destroy()
      resolve({ name, connectMs })
    }
    socket.once('connect', () => done(performance.now() - startedAt))
    socket.once('timeout', () => done(null))
    socket.once('error', () => done(null))
  })
}

async function freeBytes(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder)
    return bavail * bsize
  } catch (error) {
    if (error instanceof Error) return null
    throw error
  }
}

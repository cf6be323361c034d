import { randomUUID } from 'node:crypto'
import { statfs } from 'node:fs/promises'
import {
  heardInEither,
  judgeDisk,
  judgeEncoder,
  judgeLine,
  judgeMicrophone,
  judgePermission,
  judgePictures,
  judgePower,
  judgeTrtcLine,
  waitingChecks,
  type CheckId,
  type CheckResult,
  type LineMeasurement,
  type MediaAccess,
} from '../shared/checks'
import type { Profile } from '../shared/profile'
import { parsePushUrl } from '../shared/push-url'
import { isPicture, isSound, type Scene } from '../shared/scene'
import type { StageChecks } from '../shared/stage'
import { CHECKS } from '../shared/thresholds'
import type { SpeedResult } from '../shared/trtc'
import { probeLine } from './line-probe'

export interface CheckSubjects {
  readonly scene: Scene
  readonly profile: Profile
  readonly lines: readonly { readonly id: string; readonly name: string; readonly url: string }[]
  /** The speed test of TRTC, where the program goes through it: the addresses are the cloud's to reach then. */
  readonly trtc: Promise<SpeedResult> | null
  /** Switched on, but there is no key to push with. */
  readonly keyless: readonly { readonly id: string; readonly name: string }[]
  readonly dataDir: string
  readonly access: readonly { readonly device: string; readonly access: MediaAccess }[]
  readonly onBattery: boolean | null
  /** Asks the stage; the answer comes through `stageAnswered`. */
  askStage(requestId: string): void
}

/** Runs the go-live checks side by side within their budget and tells each result as it comes. */
export class CheckRunner {
  #pending: { requestId: string; ask: () => void; resolve: (checks: StageChecks | null) => void } | null = null

  /** One run at a time. */
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
      this.#listen(subjects, tell),
      this.#measureLines(subjects).then(tell),
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

  /**
   * Asks the stage once for pictures and encoder, and again and again while the microphone is silent: whoever is to speak
   * gets CHECKS.listenMs for it.
   */
  async #listen({ scene, profile, askStage }: CheckSubjects, tell: (one: CheckResult) => void): Promise<void> {
    const startedAt = performance.now()
    const hasSound = scene.sources.some(isSound)
    const spent = (): number => performance.now() - startedAt
    let heard: StageChecks | null = null
    for (;;) {
      const checks: StageChecks | null = await this.#ask(askStage, CHECKS.totalBudgetMs - spent())
      if (checks === null) break
      heard = heard === null ? checks : heardInEither(heard, checks)
      tell(judgePictures(heard, !scene.sources.some((source) => isPicture(source) && source.visible)))
      tell(judgeEncoder(heard, profile))
      if (judgeMicrophone(heard, hasSound).reason !== 'silent' || spent() >= CHECKS.listenMs) break
    }
    if (heard !== null) tell(judgeMicrophone(heard, hasSound))
    else for (const id of ['pictures', 'microphone', 'encoder'] as const) tell(noAnswer(id))
  }

  async #measureLines({ lines, trtc, keyless, profile }: CheckSubjects): Promise<CheckResult> {
    if (trtc !== null) return judgeTrtcLine(await trtc, profile)
    return judgeLine(await Promise.all(lines.map(measureLine)), keyless, Date.now() / 1_000)
  }

  #ask(askStage: (requestId: string) => void, withinMs: number): Promise<StageChecks | null> {
    const requestId = randomUUID()
    return new Promise((resolve) => {
      const done = (checks: StageChecks | null): void => {
        clearTimeout(deadline)
        if (this.#pending?.requestId === requestId) this.#pending = null
        resolve(checks)
      }
      const deadline = setTimeout(() => done(null), withinMs)
      const ask = (): void => askStage(requestId)
      this.#pending = { requestId, ask, resolve: done }
      ask()
    })
  }
}

function noAnswer(id: CheckId): CheckResult {
  return { id, verdict: 'warn', reason: 'no-answer', context: {}, fix: 'none', overridable: false }
}

async function measureLine({ id, name, url }: CheckSubjects['lines'][number]): Promise<LineMeasurement> {
  const parsed = parsePushUrl(url)
  if (!parsed.ok) return { id, name, rttMs: null, failure: 'unreachable', expiresAtSec: null }
  return { id, name, expiresAtSec: parsed.value.expiresAtSec, ...(await probeLine(parsed.value, CHECKS.lineDeadlineMs)) }
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

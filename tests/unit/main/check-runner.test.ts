import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { CheckRunner } from '../../../electron/main/check-runner'
import type { StageChecks } from '../../../electron/shared/stage'

const ANSWER: StageChecks = { pictures: [], microphones: [], encoder: { ok: true, hardware: false, fps: 90, error: null } }

describe('CheckRunner', () => {
  it('asked before the stage is up: it is asked again when it is', async () => {
    const checks = new CheckRunner()
    const asked: string[] = []
    const results = checks.run(
      { scene: { sources: [] }, lines: [], dataDir: tmpdir(), access: [], onBattery: null, askStage: (requestId) => asked.push(requestId) },
      () => undefined,
    )
    checks.stageUp()
    expect(asked).toHaveLength(2)
    expect(asked[1]).toBe(asked[0])
    checks.stageAnswered(asked[0] ?? '', ANSWER)
    expect((await results).find(({ id }) => id === 'encoder')).toMatchObject({ verdict: 'pass' })
    // Nobody waits any more.
    checks.stageUp()
    expect(asked).toHaveLength(2)
  })
})

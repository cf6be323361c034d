import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { IceServerProbe } from '../../../electron/main/ice-server-probe'
import type { IceProbeResult } from '../../../electron/shared/ice-server'
import type { StageCommand } from '../../../electron/shared/stage'

const SERVER = { urls: ['turn:turn.example.org'], username: 'ada', credential: 'top secret' }
const FOUND: IceProbeResult = { outcome: 'reachable', address: '203.0.113.7:4000', ms: 12 }

let commands: StageCommand[]
let stageUp: boolean
let tests: IceServerProbe
beforeEach(() => {
  vi.useFakeTimers()
  commands = []
  stageUp = true
  tests = new IceServerProbe({ isStageUp: () => stageUp, commandStage: (command) => commands.push(command) })
})
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

function lastId(): string {
  const command = commands.at(-1)
  if (command?.type !== 'probe-ice-server') throw new Error('no test was asked for')
  expect(command.server).toEqual(SERVER)
  return command.requestId
}

describe('a test of a STUN or TURN server', () => {
  it('is the stage’s, each with its own answer', async () => {
    const first = tests.test(SERVER)
    const firstId = lastId()
    const second = tests.test(SERVER)
    tests.reported(lastId(), { outcome: 'no-answer' })
    tests.reported('never asked', FOUND)
    tests.reported(firstId, FOUND)
    expect(await Promise.all([first, second])).toEqual([FOUND, { outcome: 'no-answer' }])
  })

  it('fails where there is no stage, or it died, could not try, or does not answer', async () => {
    const untested = { code: 'ice-server.untested' }
    stageUp = false
    await expect(tests.test(SERVER)).rejects.toMatchObject(untested)
    expect(commands).toEqual([])
    stageUp = true
    const failures = [tests.test(SERVER), tests.test(SERVER), tests.test(SERVER)].map((one) => expect(one).rejects.toMatchObject(untested))
    tests.reported(lastId(), null)
    await vi.advanceTimersByTimeAsync(6_000)
    const last = expect(tests.test(SERVER)).rejects.toMatchObject(untested)
    tests.stageDied()
    await Promise.all([...failures, last])
  })
})

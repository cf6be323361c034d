import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { IceServer } from '../../../electron/shared/co-anchor-line'
import type { IceProbeResult } from '../../../electron/shared/ice-server'
import { TinyTurn } from '../../fakes/tiny-turn'
import { CHROMIUM_PATH } from '../../support/chromium'
import { until } from '../../support/until'
import type { StageDriver } from './cases'
import { openWeb } from './open-web'

const DEADLINE_MS = 20_000

// The stage's own test of a server, in a real Chromium.

describe.skipIf(!existsSync(CHROMIUM_PATH))('a STUN or TURN server', () => {
  let stage: StageDriver
  let server: TinyTurn
  let asked = 0

  beforeAll(async () => {
    server = await TinyTurn.start('ada', 'top secret')
    stage = await openWeb()
  })
  afterAll(async () => {
    await stage.close()
    await server.close()
  })

  async function test(one: IceServer): Promise<IceProbeResult | null> {
    const requestId = `test-${(asked += 1)}`
    await stage.say({ type: 'probe-ice-server', requestId, server: one })
    const report = await until(
      async () => (await stage.reports()).find((told) => told.type === 'ice-probe' && told.requestId === requestId) ?? null,
      DEADLINE_MS,
      requestId,
    )
    if (report.type !== 'ice-probe') throw new Error('unreachable')
    return report.result
  }
  const turn = (credential: string): IceServer => ({ urls: [`turn:127.0.0.1:${server.port}`], username: 'ada', credential })

  it('that answers is reachable, with the address it tells', async () => {
    expect(await test({ urls: [`stun:127.0.0.1:${server.port}`] })).toMatchObject({ outcome: 'reachable', address: TinyTurn.mapped })
  })

  it('that sees this machine at its own address is reachable, too', async () => {
    server.plain = true
    expect(await test({ urls: [`stun:127.0.0.1:${server.port}`] })).toMatchObject({ outcome: 'reachable', address: null })
    server.plain = false
  })

  it('that passes media on does so for who has the right credential, and refuses any other', async () => {
    expect(await test(turn('top secret'))).toMatchObject({ outcome: 'reachable', address: TinyTurn.relayed })
    expect(await test(turn('wrong'))).toEqual({ outcome: 'refused', code: 401 })
  })

  it('that says nothing is found out within seconds, and one without an address at once', async () => {
    server.silent = true
    const [silent, unknown] = await Promise.all([test(turn('top secret')), test({ urls: ['stun:nobody.invalid'] })])
    expect([silent, unknown]).toEqual([{ outcome: 'no-answer' }, { outcome: 'unknown-host' }])
  })
})

import { join } from 'node:path'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterEach, describe, expect, it } from 'vitest'
import { avOffsetsMs, frameRate, isStrictlyMonotonic, medianOf, movingFrames, probe, record } from '../support/media/recording'
import { startNginxRtmp } from '../support/nginx'
import { until } from '../support/until'
import { launch, sessionBecomes, sessionState, testCardScene, type RunningApp } from './support/app'
import { addressesOf } from './support/room'
import { readdirSync } from 'node:fs'

let app: RunningApp | null = null
const folder = mkdtempSync(join(tmpdir(), 'anchordesk-e2e-'))
afterEach(async () => {
  await app?.close()
  app = null
})

describe('going live', () => {
  it('with the test card: what is received moves, is in order and in sync', async () => {
    app = await launch({ args: ['--go-live', '--source', 'test-card'] })
    const live = await app.live()
    expect(live.watch).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/watch\/$/)
    expect(live.ingest).toMatch(/^rtmp:\/\/127\.0\.0\.1:\d+\/live\/.{16,}$/)
    const file = join(folder, 'card.flv')
    await record(live.play, file, 8)
    const { video, audio } = await probe(file)
    expect(video?.codec).toBe('h264')
    expect(audio?.codec).toBe('aac')
    const fps = frameRate(video?.times ?? [])
    process.stdout.write(`pictures a second: ${fps.toFixed(2)}\n`)
    // A busy machine makes fewer, never more.
    expect(fps).toBeGreaterThan(10)
    expect(fps).toBeLessThan(30.6)
    expect(isStrictlyMonotonic(video?.times ?? [])).toBe(true)
    expect(isStrictlyMonotonic(audio?.times ?? [])).toBe(true)
    const { frames, moving } = await movingFrames(file)
    expect(moving).toBeGreaterThan(frames * 0.9)
    const offsets = await avOffsetsMs(file)
    process.stdout.write(`beep after flash, ms: ${offsets.map((offset) => offset.toFixed(0)).join(' ')}\n`)
    expect(offsets.length).toBeGreaterThan(2)
    expect(Math.abs(medianOf(offsets))).toBeLessThanOrEqual(60)
  })

  it('by the studio: checks, live, end, summary', async () => {
    app = await launch({ settings: { scene: testCardScene(), title: 'Friday night' } })
    const { studio } = app
    await studio.getByTestId('go-live').click()
    await studio.getByTestId('confirm-go-live').waitFor()
    await studio.locator('[data-check="encoder"]:not([data-verdict="running"])').waitFor()
    await until(async () => ((await studio.getByTestId('confirm-go-live').isEnabled()) ? true : null), 20_000, 'the checks')
    await studio.getByTestId('confirm-go-live').click()
    await app.live()
    await sessionBecomes(studio, /^(live|degraded)$/)
    await studio.getByTestId('end').click()
    await studio.getByTestId('confirm-end').click()
    const pressedAt = performance.now()
    await studio.getByTestId('summary').waitFor()
    process.stdout.write(`ended ${Math.round(performance.now() - pressedAt)} ms after the press\n`)
    expect(await sessionState(studio)).toBe('ended')
  })

  it('to a signed address at nginx-rtmp: recorded whole and in sync', async () => {
    const server = await startNginxRtmp(join(folder, 'nginx'))
    try {
      app = await launch({ args: ['--go-live', '--source', 'test-card', '--destination', `${server.url}/show?txSecret=0123456789abcdef&txTime=7FFFFFFF`] })
      await app.live()
      const { studio } = app
      await studio.getByTestId('tab-stream').click()
      await until(
        async () => ((await studio.locator('[data-destination="command-line-1"]').getAttribute('data-state')) === 'publishing' ? true : null),
        20_000,
        'the destination on air',
      )
      await new Promise((resolve) => setTimeout(resolve, 8_000))
      await studio.getByTestId('end').click()
      await studio.getByTestId('confirm-end').click()
      await studio.getByTestId('summary').waitFor()
    } finally {
      await server.stop()
    }
    const name = readdirSync(join(folder, 'nginx')).find((one) => one.startsWith('show')) ?? ''
    const file = join(folder, 'nginx', name)
    const { video } = await probe(file)
    const times = video?.times ?? []
    const due = ((times.at(-1) ?? 0) - (times[0] ?? 0)) * 30 + 1
    expect(due).toBeGreaterThan(200)
    expect(times.length).toBeGreaterThanOrEqual(due * 0.5)
    expect(Math.abs(medianOf(await avOffsetsMs(file)))).toBeLessThanOrEqual(60)
  })

  it('with a wrong key: one attempt, the reason and the remedy on screen', async () => {
    app = await launch({ settings: { scene: testCardScene() } })
    const { studio } = app
    const { rtmp } = await addressesOf(studio)
    await studio.getByTestId('tab-stream').click()
    await studio.getByTestId('add-destination').click()
    await studio.getByTestId('push-url').fill(`${rtmp}/surely-not-the-key`)
    await studio.getByTestId('save-destination').click()
    await studio.getByTestId('save-destination').waitFor({ state: 'detached' })
    await studio.evaluate(() => window.anchor.call('session.goLive', { anyway: true }))
    await studio.locator('[data-error="publish.denied"]').first().waitFor()
    expect(await studio.locator('[data-error="publish.denied"]').first().innerText()).toMatch(/key/)
    expect(await studio.content()).not.toContain('surely-not-the-key')
  })
})

process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

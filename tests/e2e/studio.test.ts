import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../support/until'
import { launch, sessionState, testCardScene, type RunningApp } from './support/app'
import { addSource, goLive, reach } from './support/studio'

let app: RunningApp
beforeEach(async () => {
  app = await launch({ settings: { scene: testCardScene(), language: 'en', theme: 'dark' } })
  await app.studio.getByTestId('go-live').waitFor()
})
afterEach(() => app.close())

describe('the studio', () => {
  it('covers the picture and comes back, by the keyboard, and End works meanwhile', async () => {
    const { studio } = app
    await goLive(studio)
    expect(await studio.getByTestId('frame').getAttribute('class')).toContain('live')
    await studio.keyboard.press('Control+Shift+B')
    await reach(studio, 'paused')
    await studio.getByTestId('pause-card').waitFor()
    expect(await studio.getByTestId('cause').innerText()).toBe('Viewers see your pause card')
    expect(await studio.getByTestId('frame').getAttribute('class')).not.toContain('live')
    await studio.getByTestId('resume-show').click()
    await until(async () => ((await sessionState(studio)) !== 'paused' ? true : null), 20_000, 'the resumption')
    await studio.keyboard.press('Control+Shift+B')
    await reach(studio, 'paused')
    await studio.getByTestId('end').click()
    await studio.getByTestId('confirm-end').click()
    await reach(studio, 'ended')
  })

  it('tells what main refuses', async () => {
    const { studio } = app
    const source = testCardScene().sources[0]
    await studio.evaluate(async (one) => {
      for (let count = 0; count < 31; count++) await window.anchor.call('source.add', { source: { ...one, id: `card-${count}` } as never })
    }, source)
    await addSource(studio, 'text')
    await studio.locator('[data-notice]').first().waitFor()
    expect(await studio.locator('[data-notice] code').first().innerText()).not.toBe('')
  })

  it('takes the focus to each region', async () => {
    const { studio } = app
    const region = (): Promise<string | null> =>
      studio.evaluate(() => document.activeElement?.closest('header, [data-region]')?.getAttribute('data-region') ?? document.activeElement?.tagName ?? null)
    await studio.keyboard.press('Alt+1')
    expect(await region()).toBe('feed')
    await studio.keyboard.press('Alt+2')
    expect(await region()).toBe('stage')
    await studio.keyboard.press('F6')
    expect(await region()).toBe('co-anchors')
    await studio.keyboard.press('F6')
    expect(await region()).toBe('feed')
    await studio.keyboard.press('Alt+5')
    expect(await region()).toBe('co-anchors')
  })

  it('goes live and ends by the keyboard alone', async () => {
    const { studio } = app
    await studio.keyboard.press('Control+Shift+L')
    await studio.locator('[data-check="encoder"]:not([data-verdict="running"])').waitFor()
    await until(async () => ((await studio.getByTestId('confirm-go-live').isEnabled()) ? true : null), 20_000, 'the checks')
    await studio.getByTestId('confirm-go-live').focus()
    await studio.keyboard.press('Enter')
    await until(async () => (/^(live|degraded)$/.test((await sessionState(studio)) ?? '') ? true : null), 20_000, 'live')
    await studio.keyboard.down('Control')
    await studio.keyboard.down('Shift')
    await studio.keyboard.down('E')
    await until(async () => ((await sessionState(studio)) === 'ended' ? true : null), 20_000, 'the end')
    await studio.keyboard.up('E')
    await studio.keyboard.up('Shift')
    await studio.keyboard.up('Control')
  })

  it('edits the scene, and undoes it', async () => {
    const { studio } = app
    const count = (): Promise<number> => studio.locator('[data-source]').count()
    await studio.getByTestId('add-source').click()
    await studio.getByTestId('add-text').click()
    await until(async () => ((await count()) === 2 ? true : null), 20_000, 'the text')
    await studio.keyboard.press('Escape')
    await studio.keyboard.press('Control+Z')
    await until(async () => ((await count()) === 1 ? true : null), 20_000, 'the undo')
    await studio.keyboard.press('Control+Y')
    await until(async () => ((await count()) === 2 ? true : null), 20_000, 'the redo')
  })
})

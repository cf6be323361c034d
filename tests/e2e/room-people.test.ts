import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DrawProof } from '../../electron/shared/crew-api'
import { PROGRAM_ROOM } from '../../electron/shared/room-server'
import { until } from '../support/until'
import { launch, sessionBecomes, stateOf, testCardScene, type RunningApp } from './support/app'
import { violations } from './support/axe'
import { addressesOf, enter, type Viewer } from './support/room'

const DEADLINE_MS = 20_000
let app: RunningApp
let http: string
const viewers: Viewer[] = []

beforeAll(async () => {
  app = await launch({ settings: { language: 'en', theme: 'dark', scene: testCardScene() } })
  ;({ http } = await addressesOf(app.studio))
  for (const nick of ['Bo', 'Cy', 'Di']) viewers.push(await enter(http, nick))
})
afterAll(async () => {
  for (const { line } of viewers) line.close()
  await app.close()
})

/** Names in the list, in its order. */
const listed = (): Promise<string[]> => app.studio.getByTestId('members').locator('.name').allInnerTexts()
const listIs = (wanted: readonly string[]): Promise<true> =>
  until(async () => (JSON.stringify((await listed()).sort()) === JSON.stringify([...wanted].sort()) ? true : null), DEADLINE_MS, wanted.join(', '))
const viewer = (nick: string): Viewer => {
  const found = viewers.find((one) => one.nick === nick)
  if (found === undefined) throw new Error(`no ${nick}`)
  return found
}

describe('the people of the room', () => {
  it('are listed as they come and go', async () => {
    const { studio } = app
    await studio.getByTestId('tab-people').click()
    await studio.getByTestId('members').waitFor()
    await listIs(['Anchor', 'Bo', 'Cy', 'Di'])
    expect(await studio.getByTestId('online').innerText()).toContain('4 people here')
    expect(await violations(studio)).toEqual([])
    await viewer('Di').line.request('group_open_http_svc.quit_group', { GroupId: PROGRAM_ROOM })
    await listIs(['Anchor', 'Bo', 'Cy'])
    await studio.getByTestId('people-search').fill('cy')
    await listIs(['Cy'])
    await studio.locator(`[data-user="${viewer('Cy').userId}"]`).press('Enter')
    await studio.locator('dialog[open]').getByTestId('person-state').waitFor()
    await studio.keyboard.press('Escape')
    await studio.locator('dialog[open]').waitFor({ state: 'detached' })
    await studio.getByTestId('people-search').fill('')
  })

  it('mark moments by a key: the marker stands in the curve and in the list, with its name', async () => {
    const { studio } = app
    await studio.evaluate(() => window.anchor.call('session.goLive', { anyway: true }))
    await sessionBecomes(studio, /^(live|degraded)$/)
    const cover = await studio.getByTestId('cover').boundingBox()
    await studio.keyboard.press('Control+K')
    const label = studio.locator('[data-marker="1"] input')
    await label.fill('the joke')
    await label.press('Enter')
    expect(await studio.getByTestId('cover').boundingBox(), 'what is pressed in a hurry').toEqual(cover)
    const markers = await until(
      async () => {
        const { markers: made } = await stateOf(studio)
        return made[0]?.label === 'the joke' ? made : null
      },
      DEADLINE_MS,
      'the name',
    )
    expect(markers).toHaveLength(1)
    await studio.locator('svg[aria-label*="1 marker"] .marker').waitFor({ state: 'attached' })
    expect(await violations(studio)).toEqual([])
  })
})

describe('a lucky draw', () => {
  it('counts who says the keyword, names the winner, and is proved here and by the script of the docs', async () => {
    const { studio } = app
    await studio.getByTestId('open-draw').click()
    await studio.getByTestId('draw-title').fill('A poster')
    await studio.getByTestId('draw-keyword').fill('lucky')
    expect(await violations(studio), 'the set-up').toEqual([])
    await studio.keyboard.press('Enter')
    await studio.getByTestId('draw-running').waitFor()
    const promised = await studio.getByTestId('draw-running').locator('code').innerText()
    await viewer('Bo').line.send(PROGRAM_ROOM, 'LUCKY me')
    await viewer('Bo').line.send(PROGRAM_ROOM, 'lucky again')
    await viewer('Cy').line.send(PROGRAM_ROOM, 'ｌｕｃｋｙ')
    await until(async () => ((await studio.getByTestId('draw-entries').innerText()) === '2' ? true : null), DEADLINE_MS, 'two entries')
    expect(await violations(studio), 'running').toEqual([])
    await studio.getByTestId('draw-finish').click()
    const winner = await studio.getByTestId('draw-winners-list').locator('bdi').innerText()
    expect(['Bo', 'Cy']).toContain(winner)
    await studio.getByTestId('draw-verify').click()
    expect(await studio.getByTestId('draw-verdict').innerText()).toContain('OK: the same winners come out.')
    await studio.getByText('Proof as JSON').click()
    const json = await studio.getByTestId('draw-json').inputValue()
    expect(await violations(studio), 'the result').toEqual([])
    expect((JSON.parse(json) as DrawProof).winners).toEqual([viewer(winner).userId])
    expect(await byTheScript(json, promised)).toContain('The draw is right')
    const saved = join(app.dataDir, 'proof.json')
    await app.electron.evaluate(({ session }, path) => session.defaultSession.once('will-download', (_event, item) => item.setSavePath(path)), saved)
    await studio.getByTestId('draw-save').click()
    await until(() => (existsSync(saved) && readFileSync(saved, 'utf8').trim() === json ? true : null), DEADLINE_MS, 'the file')
    await studio.keyboard.press('Escape')
  })

  it('a broadcast says how many rooms it went to', async () => {
    const { studio } = app
    await studio.getByTestId('open-broadcast').click()
    await studio.getByText('It goes to 1 room of this server.').waitFor()
    await studio.getByTestId('broadcast-text').fill('Back at ten')
    expect(await violations(studio), 'the broadcast').toEqual([])
    await studio.getByTestId('broadcast-next').click()
    await studio.getByTestId('broadcast-send').click()
    await studio.getByTestId('broadcast-sent').waitFor()
    await until(() => (JSON.stringify(viewer('Bo').line.items).includes('Back at ten') ? true : null), DEADLINE_MS, 'the broadcast')
  })
})

/** What somebody outside would run. */
async function byTheScript(proof: string, promised: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'anchordesk-draw-'))
  try {
    const script = /```js\n([\s\S]*?)```/.exec(readFileSync('docs/draw-proof.md', 'utf8'))?.[1] ?? ''
    writeFileSync(join(folder, 'check-draw.mjs'), script)
    writeFileSync(join(folder, 'proof.json'), proof)
    return (await promisify(execFile)(process.execPath, ['check-draw.mjs', 'proof.json', promised], { cwd: folder })).stdout
  } finally {
    rmSync(folder, { recursive: true })
  }
}

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { FULL_FRAME, type Scene } from '../../electron/shared/scene'
import type { PkView } from '../../electron/shared/pk'
import { PROGRAM_ROOM } from '../../electron/shared/room-server'
import type { SeatTableView } from '../../electron/shared/seats'
import { ApiClient, newOrderId } from '../contract/backend/support/api-client'
import { record } from '../support/media/recording'
import { coloursOf } from '../support/media/tones'
import { until } from '../support/until'
import { launch, stateOf, type RunningApp } from './support/app'
import { violations } from './support/axe'
import { connected } from './support/co-anchor'
import { addressesOf } from './support/room'

const DEADLINE_MS = 30_000
const GREENROOM_HEIGHT = 180
const folder = mkdtempSync(join(tmpdir(), 'anchordesk-e2e-'))

/** A scene of one colour. */
function plain(background: string): Scene {
  const transform = { ...FULL_FRAME, fit: 'fill' as const }
  return {
    sources: [{ kind: 'text', id: 'plain', name: 'Plain', text: '.', colour: background, background, size: 0.5, align: 'left', visible: true, transform }],
  }
}

let east: RunningApp
let west: RunningApp
/** A link is for one person. */
let used = ''

beforeAll(async () => {
  ;[east, west] = await Promise.all([
    launch({ settings: { language: 'en', title: 'East', scene: plain('#c02020') } }),
    launch({ settings: { language: 'en', title: 'West', scene: plain('#2020c0') } }),
  ])
  for (const { studio } of [east, west]) {
    studio.setDefaultTimeout(DEADLINE_MS)
    await addressesOf(studio)
    await studio.evaluate(() => window.anchor.call('session.goLive', { anyway: true }))
  }
})
afterAll(async () => {
  await Promise.all([east.close(), west.close()])
  rmSync(folder, { recursive: true, force: true })
})

const entry = async (app: RunningApp): Promise<SeatTableView['entries'][number] | null> => (await stateOf(app.studio)).coAnchors.table?.entries[0] ?? null
/** Of the other anchor's picture; null = there is none. */
async function pictureHeight({ studio }: RunningApp): Promise<number | null> {
  const [media] = Object.values((await stateOf(studio)).coAnchors.media)
  return media?.state === 'connected' && media.height > 0 ? media.height : null
}
const ROOM = `/api/rooms/${PROGRAM_ROOM}`
async function crewOf({ studio }: RunningApp): Promise<ApiClient> {
  const session = await studio.evaluate(() => window.anchor.call('room.session'))
  if (!session.ok) throw new Error('no session')
  return new ApiClient((await addressesOf(studio)).http, session.value)
}
const tile = (app: RunningApp): ReturnType<RunningApp['studio']['locator']> => app.studio.getByTestId('co-anchor-tile')

it('by one link each anchor has a place in the other’s room, and both are seen in both', async () => {
  await east.studio.getByTestId('co-anchor-invite').click()
  await east.studio.getByTestId('co-anchor-make-link').click()
  const link = await east.studio.getByTestId('co-anchor-link').inputValue()
  used = link
  await east.studio.keyboard.press('Escape')
  await west.studio.getByTestId('co-anchor-invite').click()
  await west.studio.getByTestId('join-link').fill(link)
  await west.studio.getByTestId('connect-rooms').click()
  await west.studio.locator('[data-testid="other-room"][data-state="connected"]').waitFor()
  for (const app of [east, west]) {
    await until(async () => ((await entry(app))?.ready === true ? true : null), DEADLINE_MS, 'the other anchor to be ready')
    // Nobody but the anchor sees it yet: each sends the other no more than that needs.
    await until(async () => ((await pictureHeight(app)) ?? Infinity) <= GREENROOM_HEIGHT || null, DEADLINE_MS, 'the small picture of the greenroom')
    await tile(app).getByTestId('tile-air').click()
    await app.studio.locator('[data-testid="co-anchor-tile"][data-place="air"]').waitFor()
    await app.studio.getByTestId('layout-side-by-side').check()
  }
  for (const app of [east, west]) {
    await until(
      async () => {
        const { media } = (await stateOf(app.studio)).coAnchors
        return Object.values(media).some(({ state, fps }) => state === 'connected' && fps > 5) ? true : null
      },
      DEADLINE_MS,
      'the other anchor’s picture',
    )
  }
  expect((await stateOf(west.studio)).otherRoom).toMatchObject({ title: 'East', state: 'connected' })
  const left = { x: 0.03, y: 0.4, width: 0.08, height: 0.1 }
  const right = { x: 0.53, y: 0.4, width: 0.08, height: 0.1 }
  for (const [app, name, own] of [
    [east, 'east', 'red'],
    [west, 'west', 'blue'],
  ] as const) {
    const other = own === 'red' ? 'blue' : 'red'
    // A player begins at the last key frame, which may be older than the picture.
    const [here, there] = await until(
      async () => {
        const file = join(folder, `${name}.flv`)
        await record((await addressesOf(app.studio)).play, file, 3)
        const seen = [(await coloursOf(file, left)).at(-1), (await coloursOf(file, right)).at(-1)] as const
        return (seen[1]?.[other] ?? 0) > 120 ? seen : null
      },
      DEADLINE_MS,
      `the other’s half in ${name}`,
    )
    expect(here?.[own], `${name}, own half`).toBeGreaterThan(120)
    // The scene alone, and not the other's whole program with one's own picture in it.
    expect(there?.[own], `${name}, the other's half`).toBeLessThan(100)
  }
})

it('a PK is scored by real gifts, and ends with the same sums in both', async () => {
  const [host, guest] = [await crewOf(east), await crewOf(west)]
  const userId = (await entry(east))?.userId ?? ''
  await until(async () => ((await host.ok<PkView>('GET', `${ROOM}/pk`)).rooms.includes(userId) ? true : null), DEADLINE_MS, 'the other room’s server')
  const [bo, cy] = await Promise.all([east, west].map(async ({ studio }) => new ApiClient((await addressesOf(studio)).http).guest(PROGRAM_ROOM, 'A viewer')))
  await host.ok('POST', `${ROOM}/pk`, { userId, seconds: 15 })
  await west.studio.getByTestId('pk-accept').click()
  await until(async () => ((await guest.ok<PkView>('GET', `${ROOM}/pk`)).state === 'running' ? true : null), DEADLINE_MS, 'the PK to run')
  await bo?.ok('POST', `${ROOM}/gifts`, { orderId: newOrderId(), giftId: 'cake' })
  await cy?.ok('POST', `${ROOM}/gifts`, { orderId: newOrderId(), giftId: 'crown' })
  const ended = async (crew: ApiClient): Promise<PkView> =>
    until(
      async () => {
        const pk = await crew.ok<PkView>('GET', `${ROOM}/pk`)
        return pk.state === 'ended' && pk.result !== null ? pk : null
      },
      DEADLINE_MS,
      'the result',
    )
  const [atHost, atGuest] = [await ended(host), await ended(guest)]
  expect([atHost.result, atGuest.result]).toEqual(['lost', 'won'])
  expect([atHost.own, atHost.others]).toEqual([atGuest.others, atGuest.own])
  expect(atHost.own).toBeGreaterThan(0)
  await east.studio.locator('[data-testid="pk-score"][data-result="lost"]').waitFor()
  await west.studio.locator('[data-testid="pk-score"][data-result="won"]').waitFor()
  expect(await violations(west.studio)).toEqual([])
})

it('unlinked, each has its program to itself again', async () => {
  await west.studio.getByTestId('other-room-end').click()
  for (const app of [east, west]) await until(async () => ((await entry(app)) === null ? true : null), DEADLINE_MS, 'the place to be free')
  await west.studio.getByTestId('other-room').waitFor({ state: 'detached' })
  expect((await stateOf(west.studio)).otherRoom).toBeNull()
})

it('with a link the anchor of one app is a co-anchor of the other, in a window of its own', async () => {
  await east.studio.getByTestId('co-anchor-invite').click()
  await east.studio.getByTestId('co-anchor-make-link').click()
  const links = east.studio.getByTestId('co-anchor-link')
  await links.nth(1).waitFor()
  const link = (await links.evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value))).find((one) => one !== used) ?? ''
  await east.studio.keyboard.press('Escape')
  expect(await west.studio.evaluate((text) => window.anchor.call('coAnchor.join', { link: `${text}x` }), 'http://127.0.0.1/watch/')).toMatchObject({
    error: { code: 'co-anchor.bad-link' },
  })
  await west.studio.evaluate((text) => window.anchor.call('coAnchor.join', { link: text }), link)
  const page = await until(() => west.electron.windows().find((one) => one.url().startsWith('anchordesk://')) ?? null, DEADLINE_MS, 'the window')
  page.setDefaultTimeout(DEADLINE_MS)
  await page.getByTestId('guest-name').fill('West himself')
  await page.getByTestId('guest-enter').click()
  await connected(page)
  await page.getByTestId('guest-ready').click()
  await tile(east).filter({ hasText: 'West himself' }).getByTestId('tile-air').click()
  await page.locator('[data-testid="guest-state"][data-state="air"]').waitFor()
  // Nothing of the studio's bridge is in that window, and it is bound to its own files and the other room.
  expect(await page.evaluate(() => 'anchor' in window || 'stageHost' in window)).toBe(false)
  await page.getByTestId('guest-leave').click()
  await until(async () => ((await entry(east)) === null ? true : null), DEADLINE_MS, 'the seat to be free')
})

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Result } from '../../electron/shared/errors'
import { DEFAULT_OVERLAY, type OverlayMode } from '../../electron/shared/overlay'
import { isPicture } from '../../electron/shared/scene'
import type { RoomSession } from '../../electron/shared/room-api'
import { PROGRAM_ROOM, type RoomServerAddresses } from '../../electron/shared/room-server'
import type { Settings } from '../../electron/shared/settings'
import { ApiClient } from '../contract/backend/support/api-client'
import type { WireClient } from '../contract/im/support/wire-client'
import { until } from '../support/until'
import { launch, sessionBecomes, testCardScene, type RunningApp } from './support/app'
import { violations } from './support/axe'
import { addressesOf, enter } from './support/room'

const DEADLINE_MS = 20_000
const run = promisify(execFile)
/** More than the group of pictures that a viewer is given first: the last of them was made after the question. */
const NOW_FRAMES = 66
const [WIDTH, HEIGHT] = [64, 36]

let app: RunningApp
let addresses: RoomServerAddresses
let line: WireClient
let anchor: ApiClient

/** Sound and a picture in the lower right: everything else is black, unless something is drawn there. */
function cornerScene(): Settings['scene'] {
  const place = { x: 0.5, y: 0.5, width: 0.5, height: 0.5 }
  return { sources: testCardScene().sources.map((source) => (isPicture(source) ? { ...source, transform: { ...source.transform, ...place } } : source)) }
}

beforeAll(async () => {
  app = await launch({ settings: { language: 'en', scene: cornerScene(), overlay: { ...DEFAULT_OVERLAY, speed: 'slow', size: 'large' } } })
  const { studio } = app
  addresses = await addressesOf(studio)
  ;({ line } = await enter(addresses.http, 'Bo'))
  const session = (await studio.evaluate(() => window.anchor.call('room.session'))) as Result<RoomSession>
  if (!session.ok) throw new Error(session.error.code)
  anchor = new ApiClient(addresses.http, session.value)
  await studio.evaluate(() => window.anchor.call('session.goLive', { anyway: true }))
  await sessionBecomes(studio, /^(live|degraded)$/)
  await until(async () => ((await studio.getByTestId('chat-input').isEditable()) ? true : null), DEADLINE_MS, 'the chat')
})
afterAll(async () => {
  line.close()
  await app.close()
})

type Part = 'comments' | 'pin'

/** The brightest of what viewers get in a part of the picture, 16 = black. */
async function brightest(part: Part, frames = NOW_FRAMES): Promise<number> {
  const filter = `scale=${WIDTH}:${HEIGHT}:flags=area,format=yuv420p,extractplanes=y`
  const { stdout } = await run(
    'ffmpeg',
    ['-v', 'error', '-analyzeduration', '400000', '-i', addresses.play, '-an', '-frames:v', String(frames), '-vf', filter, '-f', 'rawvideo', '-'],
    {
      encoding: 'buffer',
      timeout: DEADLINE_MS,
    },
  )
  expect(stdout.length).toBe(frames * WIDTH * HEIGHT)
  const [top, bottom, right] = part === 'comments' ? [0, HEIGHT / 4, WIDTH] : [HEIGHT * 0.7, HEIGHT, WIDTH / 2 - 2]
  let most = 0
  for (let y = Math.floor(top); y < bottom; y++)
    for (let x = 0; x < right; x++) most = Math.max(most, stdout[(frames - 1) * WIDTH * HEIGHT + y * WIDTH + x] ?? 0)
  return most
}

const BLACK = 26
const becomes = (part: Part, lit: boolean): Promise<true> =>
  until(async () => ((await brightest(part, 8)) > BLACK === lit ? true : null), DEADLINE_MS, `${part} ${lit ? 'on' : 'off'} the program`)

/** In the sheet that is open. */
async function choose(name: OverlayMode): Promise<void> {
  await app.studio.getByTestId(`overlay-${name}`).locator('xpath=..').click()
  await until(async () => ((await app.studio.getByTestId('overlay').getAttribute('class'))?.includes(name) === true ? true : null), DEADLINE_MS, name)
}

async function mode(name: OverlayMode): Promise<void> {
  await app.studio.getByTestId('overlay').click()
  await choose(name)
  await app.studio.keyboard.press('Escape')
  await app.studio.locator('dialog[open]').waitFor({ state: 'detached' })
}

/** @returns the number that the room gave it */
async function say(text: string): Promise<number> {
  await line.send(PROGRAM_ROOM, text)
  await app.studio.getByTestId('chat-log').getByText(text).waitFor()
  return until(async () => (await anchor.snapshot(PROGRAM_ROOM)).history.find((one) => one.text === text)?.msgSeq ?? null, DEADLINE_MS, 'its number')
}

it('comments are nowhere, over the preview alone, or in what viewers get', async () => {
  const { studio } = app
  const over = studio.getByTestId('preview-overlay').locator('.line')
  await say('nobody sees this')
  expect([await over.count(), (await brightest('comments')) > BLACK]).toEqual([0, false])

  await mode('preview')
  const number = await say('for the <b>anchor</b> alone')
  await over.getByText('for the <b>anchor</b> alone').waitFor()
  expect(await brightest('comments')).toBeLessThanOrEqual(BLACK)
  // Taken back, it leaves long before it would be across.
  await anchor.ok('DELETE', `/api/rooms/${PROGRAM_ROOM}/messages/${number}?reason=test`)
  await over.waitFor({ state: 'detached' })

  await mode('program')
  await say('大家好 everybody sees this, and for quite a while')
  await becomes('comments', true)
  expect(await over.count()).toBe(0)
  await mode('off')
  await becomes('comments', false)
})

it('a pinned message stands on the program until it is unpinned or taken back', async () => {
  const { studio } = app
  const userId = line.userId
  const pin = (msgSeq: number): Promise<unknown> =>
    studio.evaluate((pinned) => window.anchor.call('overlay.pin', { pinned }), { userId, msgSeq, name: 'Bo', text: 'what is the song called?' })
  await pin(0)
  await studio.getByTestId('pinned').getByText('what is the song called?').waitFor()
  await becomes('pin', true)
  await studio.getByTestId('unpin').click()
  await becomes('pin', false)

  const number = await say('a question that is taken back')
  await pin(number)
  await studio.getByTestId('pinned').waitFor()
  await anchor.ok('DELETE', `/api/rooms/${PROGRAM_ROOM}/messages/${number}?reason=test`)
  await studio.getByTestId('pinned').waitFor({ state: 'detached' })
  await becomes('pin', false)
})

it('can be read by axe: sheet and pin', async () => {
  const { studio } = app
  await studio.evaluate(() => window.anchor.call('overlay.pin', { pinned: { userId: '', msgSeq: 0, name: 'Bo', text: 'hello' } }))
  await studio.getByTestId('pinned').waitFor()
  await studio.getByTestId('overlay').click()
  await studio.locator('dialog[open]').waitFor()
  for (const name of ['off', 'program'] as const) {
    await choose(name)
    expect(await violations(studio)).toEqual([])
  }
})

import { afterAll, beforeAll, expect, it } from 'vitest'
import type { PublicRoom } from '../../electron/shared/room-api'
import type { RoomStatus } from '../../electron/shared/room-message'
import { PROGRAM_ROOM } from '../../electron/shared/room-server'
import { ApiClient } from '../contract/backend/support/api-client'
import { until } from '../support/until'
import { launch, sessionBecomes, testCardScene, type RunningApp } from './support/app'
import { addressesOf, enter, hears, type Viewer } from './support/room'

const DEADLINE_MS = 20_000
let app: RunningApp
let http: string
let viewer: Viewer

beforeAll(async () => {
  app = await launch({ settings: { language: 'en', scene: testCardScene() } })
  ;({ http } = await addressesOf(app.studio))
  viewer = await enter(http, 'Bo')
})
afterAll(async () => {
  viewer.line.close()
  await app.close()
})

const status = (wanted: RoomStatus): Promise<PublicRoom> =>
  until(
    async () => {
      const room = await new ApiClient(http).ok<PublicRoom>('GET', `/api/rooms/${PROGRAM_ROOM}/status`)
      return room.status === wanted ? room : null
    },
    DEADLINE_MS,
    wanted,
  )

it('the anchor and the audience read each other', async () => {
  const { studio } = app
  await until(async () => ((await studio.getByTestId('chat-input').isEditable()) ? true : null), DEADLINE_MS, 'the chat')
  await viewer.line.send(PROGRAM_ROOM, 'hello <b>anchor</b>')
  await studio.getByTestId('chat-log').getByText('hello <b>anchor</b>').waitFor()
  await studio.getByTestId('chat-input').fill('hello audience')
  await studio.keyboard.press('Enter')
  await hears(viewer, 'hello audience')
})

it('the room’s status follows the show: live, paused, live, ended, and live again as the next one', async () => {
  const { studio } = app
  const call = (verb: string, args?: object): Promise<unknown> =>
    studio.evaluate(([name, value]) => (window.anchor.call as (verb: string, args?: unknown) => Promise<unknown>)(name, value), [verb, args] as const)
  await call('session.goLive', { anyway: true })
  const first = await status('live')
  await sessionBecomes(studio, /^(live|degraded)$/)
  await call('session.setPaused', { paused: true })
  await status('paused')
  await call('session.setPaused', { paused: false })
  expect((await status('live')).show).toBe(first.show)
  await call('session.end')
  await sessionBecomes(studio, /^ended$/)
  await status('ended')
  await call('session.goLive', { anyway: true })
  expect((await status('live')).show).toBe(first.show + 1)
})

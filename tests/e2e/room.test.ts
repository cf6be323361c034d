import { afterAll, beforeAll, expect, it } from 'vitest'
import type { PublicRoom } from '../../electron/shared/room-api'
import type { RoomStatus } from '../../electron/shared/room-message'
import { PROGRAM_ROOM } from '../../electron/shared/room-server'
import { ApiClient } from '../contract/backend/support/api-client'
import { WireClient } from '../contract/im/support/wire-client'
import { until } from '../support/until'
import { launch, sessionState, testCardScene, type RunningApp } from './support/app'

const DEADLINE_MS = 20_000
let app: RunningApp
let http: string
let viewer: ApiClient
let line: WireClient

beforeAll(async () => {
  app = await launch({ settings: { language: 'en', scene: testCardScene() } })
  http = await until(
    async () =>
      (
        await app.studio.evaluate(
          async () => (await window.anchor.call('state.get')) as never as { value: { roomServer: { addresses: { http: string } | null } } },
        )
      ).value.roomServer.addresses?.http ?? null,
    DEADLINE_MS,
    'the room server',
  )
  viewer = await new ApiClient(http).guest(PROGRAM_ROOM, 'Bo')
  line = new WireClient(viewer.userId, viewer.session?.sdkAppId)
  await line.connect(viewer.session?.wire ?? '')
  await line.login(viewer.session?.userSig ?? '')
  await line.join(PROGRAM_ROOM)
})
afterAll(async () => {
  line.close()
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
const session = (pattern: RegExp): Promise<true> =>
  until(async () => (pattern.test((await sessionState(app.studio)) ?? '') ? true : null), DEADLINE_MS, String(pattern))

it('the anchor and the audience read each other', async () => {
  const { studio } = app
  await until(async () => ((await studio.getByTestId('chat-input').isEditable()) ? true : null), DEADLINE_MS, 'the chat')
  await line.send(PROGRAM_ROOM, 'hello <b>anchor</b>')
  await studio.getByTestId('chat-log').getByText('hello <b>anchor</b>').waitFor()
  await studio.getByTestId('chat-input').fill('hello audience')
  await studio.keyboard.press('Enter')
  await until(() => line.items.find((item) => JSON.stringify(item).includes('hello audience')) ?? null, DEADLINE_MS, 'the anchor’s word')
})

it('the room’s status follows the show: live, paused, live, ended, and live again as the next one', async () => {
  const { studio } = app
  const call = (verb: string, args?: object): Promise<unknown> =>
    studio.evaluate(([name, value]) => (window.anchor.call as (verb: string, args?: unknown) => Promise<unknown>)(name, value), [verb, args] as const)
  await call('session.goLive', { anyway: true })
  const first = await status('live')
  await session(/^(live|degraded)$/)
  await call('session.setPaused', { paused: true })
  await status('paused')
  await call('session.setPaused', { paused: false })
  expect((await status('live')).show).toBe(first.show)
  await call('session.end')
  await session(/^ended$/)
  await status('ended')
  await call('session.goLive', { anyway: true })
  expect((await status('live')).show).toBe(first.show + 1)
})

import { afterEach, beforeEach, expect, it } from 'vitest'
import { LEVEL_WEIGHTS, levelOf } from '../../../electron/room-server/backend/levels/level'
import { until } from '../../support/until'
import type { ApiClient } from './support/api-client'
import { CloudBackend, ROOM } from './support/cloud-backend'
import { rawEvents } from './support/raw-events'

/** Hours pass in a moment: only the stand-in's clock can be moved together with the backend's. */
const MINUTE_MS = 60_000
let house: CloudBackend
let anchor: ApiClient
let aheadMs: number

beforeEach(async () => {
  aheadMs = 0
  house = await CloudBackend.start({ more: { clock: { nowMs: () => Date.now() + aheadMs } } })
  anchor = await house.anchor()
  await anchor.ok('PUT', `/api/rooms/${ROOM}/status`, { status: 'live' })
})
afterEach(() => house.close())

function pass(minutes: number): void {
  aheadMs += minutes * MINUTE_MS
  house.cloud.aheadMs = aheadMs
}
const onlineMs = async (userId: string): Promise<number> =>
  (await rawEvents(house.store, ROOM)).reduce((sum, { user_id, kind, amount }) => sum + (user_id === userId && kind === 'online' ? amount : 0), 0)
const levelFor = (minutes: number): number => levelOf(minutes * LEVEL_WEIGHTS.onlineMinute)

it('the time that somebody is here makes their level, while it lasts and when it is over, and the time away does not', async () => {
  const viewer = await house.guest('Bo')
  const level = async (): Promise<number> => (await viewer.snapshot(ROOM)).me.level
  await house.cloud.join(ROOM, viewer.userId)
  pass(100)
  expect(await level()).toBe(levelFor(100))
  expect(levelFor(100)).toBeGreaterThan(1)
  await house.cloud.leave(ROOM, viewer.userId)
  pass(300)
  expect(await level()).toBe(levelFor(100))
  await house.cloud.join(ROOM, viewer.userId)
  pass(80)
  expect(await level()).toBe(levelFor(180))
  expect(levelFor(180)).toBeGreaterThan(levelFor(100))
  await house.cloud.leave(ROOM, viewer.userId)
  // What is on disk is the same time, to the minute.
  const minutes = await until(
    async () => {
      const on = Math.floor((await onlineMs(viewer.userId)) / MINUTE_MS)
      return on >= 180 ? on : null
    },
    20_000,
    'the time to be on disk',
  )
  expect(await level()).toBe(levelFor(minutes))
  expect(minutes).toBe(180)
})

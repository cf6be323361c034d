import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Presence } from '../../../../../electron/room-server/backend/audience/presence'

type Parts = ConstructorParameters<typeof Presence>[0]

let answer: () => void
function presence(): Presence {
  const asked = new Promise<object>((resolve) => {
    answer = () => resolve({ MemberList: [], NextTimestamp: 0 })
  })
  return new Presence({
    rooms: { all: () => [{ room_id: 'program' }] },
    rest: { call: () => asked },
    config: { chat: { admin: 'admin' } },
    clock: { nowMs: () => Date.now() },
    callbacksArrive: () => true,
  } as unknown as Parts)
}
beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('counts once a minute, however often it is begun', async () => {
  const one = presence()
  const begun = [one.start(), one.start()]
  answer()
  await Promise.all(begun)
  expect(vi.getTimerCount()).toBe(2)
  one.close()
  expect(vi.getTimerCount()).toBe(0)
})

it('counts nothing where it was closed while IM was asked', async () => {
  const one = presence()
  const begun = one.start()
  one.close()
  answer()
  await begun
  expect(vi.getTimerCount()).toBe(0)
})

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RoomApiError } from '../../../../../../renderer/room/api-request'
import { refundAll } from '../../../../../../renderer/studio/room/gifts/refunds'

const IDS = ['a', 'b', 'c']
beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

describe('refunds of a run', () => {
  it('go one after the other and say how far they are', async () => {
    const progress: number[] = []
    const refund = vi.fn(async () => null)
    expect(await refundAll(IDS, { refund, onProgress: (done) => progress.push(done), signal: new AbortController().signal })).toEqual({
      done: 3,
      refused: null,
    })
    expect(progress).toEqual([0, 1, 2, 3])
  })

  it('stop at the first that is refused', async () => {
    const error = new RoomApiError('refused', { code: 'gift.not-refundable', message: 'No.', remedy: 'Leave it.' })
    const refund = vi.fn(async (orderId: string) => (orderId === 'b' ? error : null))
    expect(await refundAll(IDS, { refund, onProgress: () => undefined, signal: new AbortController().signal })).toEqual({ done: 1, refused: error })
    expect(refund.mock.calls).toEqual([['a'], ['b']])
  })

  it('wait when the API has had enough, and end when the sheet is closed', async () => {
    const busy = new RoomApiError('refused', { code: 'request.too-many', message: 'Wait.', remedy: 'Wait.', passing: true })
    const answers = [null, busy, busy, null]
    const stop = new AbortController()
    const refund = vi.fn<(orderId: string) => Promise<RoomApiError | null>>(async () => (answers.length === 0 ? busy : (answers.shift() ?? null)))
    const outcome = refundAll(IDS, { refund, onProgress: () => undefined, signal: stop.signal })
    await vi.advanceTimersByTimeAsync(3_000)
    expect(refund.mock.calls.map(String)).toEqual(['a', 'b', 'b', 'b', 'c', 'c'])
    stop.abort()
    expect(await outcome).toEqual({ done: 2, refused: busy })
    expect(vi.getTimerCount()).toBe(0)
  })
})

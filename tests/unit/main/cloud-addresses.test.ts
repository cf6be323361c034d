import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { AnchorError } from '../../../electron/shared/errors'
import type { TrtcTicket } from '../../../electron/shared/trtc'
import { CloudAddresses } from '../../../electron/main/cloud-addresses'

const NOW_SEC = 1_900_000_000
const TICKET: TrtcTicket = { sdkAppId: 1_400_000_001, userId: 'anchor', userSig: 'a*b-c_', roomId: 'program', privateMapKey: '', expiresAt: NOW_SEC + 3_600 }

let asked = 0
let changes = 0
let answer: () => Promise<{ push: string; play: null; expiresAt: number }>
let addresses: CloudAddresses
beforeEach(() => {
  vi.useFakeTimers({ now: NOW_SEC * 1_000 })
  asked = 0
  changes = 0
  answer = () => Promise.resolve({ push: `rtmp://push.example.com/live/show?txSecret=${asked}`, play: null, expiresAt: Date.now() / 1_000 + 3_600 })
  addresses = new CloudAddresses({
    pushUrl: () => {
      asked += 1
      return answer()
    },
    ticket: () => Promise.resolve(TICKET),
    nowSec: () => Date.now() / 1_000,
    onChange: () => (changes += 1),
  })
})
afterEach(() => {
  addresses.close()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

describe('addresses that the room gives', () => {
  it('are asked for once, and again ten minutes before they end', async () => {
    addresses.want(['css'])
    addresses.want(['css'])
    expect(addresses.url('css')).toBeNull()
    await vi.advanceTimersByTimeAsync(0)
    expect([addresses.url('css'), asked, changes]).toEqual(['rtmp://push.example.com/live/show?txSecret=1', 1, 1])
    await vi.advanceTimersByTimeAsync(49 * 60_000)
    expect(asked).toBe(1)
    await vi.advanceTimersByTimeAsync(2 * 60_000)
    expect([addresses.url('css'), asked]).toEqual(['rtmp://push.example.com/live/show?txSecret=2', 2])
  })

  it('lead into the TRTC room with the signature of the ticket', async () => {
    addresses.want(['trtc'])
    await vi.advanceTimersByTimeAsync(0)
    expect(addresses.url('trtc')).toBe('rtmp://rtmp.rtc.qq.com/push/program?sdkappid=1400000001&userid=anchor&usersig=a*b-c_')
  })

  it('that are refused say why, are asked for again, and one that is held stays', async () => {
    answer = () => Promise.reject(new AnchorError('cloud.refused', { context: { host: 'team', reason: 'x' } }))
    addresses.want(['css'])
    await vi.advanceTimersByTimeAsync(0)
    expect(addresses.error('css')).toMatchObject({ code: 'cloud.refused' })
    answer = () => Promise.resolve({ push: 'rtmp://a/b/c', play: null, expiresAt: Date.now() / 1_000 + 3_600 })
    await vi.advanceTimersByTimeAsync(15_000)
    expect([addresses.url('css'), addresses.error('css')]).toEqual(['rtmp://a/b/c', null])
    answer = () => Promise.reject(new AnchorError('cloud.refused'))
    await vi.advanceTimersByTimeAsync(55 * 60_000)
    expect(addresses.url('css')).toBe('rtmp://a/b/c')
  })

  it('that have ended when they come are not asked for without a pause', async () => {
    answer = () => Promise.resolve({ push: 'rtmp://a/b/c', play: null, expiresAt: 1 })
    addresses.want(['css'])
    await vi.advanceTimersByTimeAsync(29_000)
    expect(asked).toBe(1)
  })

  it('of another room take the place of those of the last, and nothing that is late counts', async () => {
    let late: (value: { push: string; play: null; expiresAt: number }) => void = () => undefined
    answer = () => new Promise((resolve) => (late = resolve))
    addresses.want(['css'])
    answer = () => Promise.resolve({ push: 'rtmp://new/b/c', play: null, expiresAt: Date.now() / 1_000 + 3_600 })
    addresses.roomIs('https://team/program')
    await vi.advanceTimersByTimeAsync(0)
    late({ push: 'rtmp://old/b/c', play: null, expiresAt: NOW_SEC + 3_600 })
    await vi.advanceTimersByTimeAsync(0)
    expect(addresses.url('css')).toBe('rtmp://new/b/c')
    asked = 0
    addresses.roomIs('https://team/program')
    expect([addresses.url('css'), asked], 'the room that says again that it is there').toEqual(['rtmp://new/b/c', 0])
    addresses.want([])
    expect(addresses.url('css')).toBeNull()
  })
})

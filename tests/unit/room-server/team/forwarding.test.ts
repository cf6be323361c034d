import { describe, expect, it } from 'vitest'
import { readForwarded, signForwarded } from '../../../../electron/room-server/team/forwarded-header'
import { isRepeatable } from '../../../../electron/room-server/team/repeatable'

describe('what one instance tells another of a request', () => {
  const request = { method: 'POST', url: '/api/rooms/program/gifts' }
  const origin = { address: '203.0.113.7', secure: true }
  const header = signForwarded('secret', request, origin, 1_000_000)

  it('is read where it was signed with the secret, for this request, and lately', () => {
    expect(readForwarded('secret', request, header, 1_000_000)).toEqual(origin)
    expect(readForwarded('secret', request, header, 1_059_000)).toEqual(origin)
    expect(readForwarded('secret', request, header, 1_061_000)).toBeNull()
    expect(readForwarded('another', request, header, 1_000_000)).toBeNull()
    expect(readForwarded('secret', { ...request, method: 'PUT' }, header, 1_000_000)).toBeNull()
    expect(readForwarded('secret', { ...request, url: '/api/wallet' }, header, 1_000_000)).toBeNull()
    expect(readForwarded('secret', request, header.replace('203.0.113.7', '203.0.113.8'), 1_000_000)).toBeNull()
    expect(readForwarded('secret', request, header.replace(' 1 ', ' 0 '), 1_000_000)).toBeNull()
    for (const nonsense of ['', 'x', `${'9'.repeat(40)} 1 a ${'0'.repeat(64)}`]) expect(readForwarded('secret', request, nonsense, 1_000_000)).toBeNull()
  })
})

describe('a request of which nobody knows whether it was done', () => {
  const repeatable = (method: string, url: string, body = ''): boolean => isRepeatable(method, url, Buffer.from(body))

  it('is made again where twice is once', () => {
    expect(repeatable('GET', '/api/rooms')).toBe(true)
    expect(repeatable('POST', '/api/rooms/a/gifts', '{"orderId":"1"}')).toBe(true)
    expect(repeatable('POST', '/api/rooms/a/sessions', '{"nick":"Bo"}')).toBe(true)
    for (const signed of ['/api/rooms/a/trtc-ticket', '/api/rooms/a/push-url', '/api/session/renew']) expect(repeatable('POST', signed, '{}')).toBe(true)
    expect(repeatable('DELETE', '/api/session')).toBe(true)
    expect(repeatable('POST', '/api/im/callback?CallbackCommand=Group.CallbackAfterSendMsg')).toBe(true)
  })

  it('is not where it could be done twice, or be refused the second time', () => {
    expect(repeatable('POST', '/api/rooms/a/sessions', '{"nick":"Bo","invite":"x"}')).toBe(false)
    // JSON spells a name in more than one way.
    expect(repeatable('POST', '/api/rooms/a/sessions', '{"nick":"Bo","\\u0069nvite":"x"}')).toBe(false)
    expect(repeatable('POST', '/api/rooms/a/gifts/1/refund', '{}')).toBe(false)
    expect(repeatable('PUT', '/api/rooms/a/status', '{"status":"live"}')).toBe(false)
    expect(repeatable('POST', '/api/rooms/a/draws', '{}')).toBe(false)
    expect(repeatable('POST', '/api/rooms/a/cloud-recording', '{}')).toBe(false)
    expect(repeatable('DELETE', '/api/rooms/a/mutes/b')).toBe(false)
  })
})

import { describe, expect, it } from 'vitest'
import { joinPushUrl, maskPushUrl, parsePushUrl } from '../../../electron/shared/push-url'

function parsed(text: string): Record<string, unknown> {
  const result = parsePushUrl(text)
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return { ...result.value }
}

describe('a pasted push address', () => {
  it.each([
    ['rtmp://host/live/key', { host: 'host', port: 1935, app: 'live', streamName: 'key', streamKey: 'key', tls: false }],
    ['  "rtmps://host/live/key"  ', { host: 'host', port: 443, tls: true }],
    ['rtmp://host:1936/a/b/key?x=1/2', { port: 1936, app: 'a/b', streamName: 'key', streamKey: 'key?x=1/2', server: 'rtmp://host:1936/a/b' }],
    ['rtmp://[::1]:1935/live/key', { host: '::1', server: 'rtmp://[::1]/live' }],
    ['rtmp://host/live/\nkey?txSecret=a&txTime=5C271099', { streamKey: 'key?txSecret=a&txTime=5C271099', expiresAtSec: 0x5c271099 }],
    ['rtmp://host/live\nkey', { server: 'rtmp://host/live', streamKey: 'key' }],
    ['rtmp://host/live /key?x=1', { server: 'rtmp://host/live', streamKey: 'key?x=1' }],
    ['key?txSecret=a\r\nrtmp://host/live/', { server: 'rtmp://host/live', streamKey: 'key?txSecret=a' }],
    ['Server: rtmp://host:1936/a/b\nStream key: key?x=1', { server: 'rtmp://host:1936/a/b', streamKey: 'key?x=1' }],
    ['服务器：rtmp://host/live/\n串流密钥：key', { server: 'rtmp://host/live', streamKey: 'key' }],
    ['URL:\nrtmp://host/live\nKey:\nkey', { server: 'rtmp://host/live', streamKey: 'key' }],
    ['rtmp://rtmp.rtc.qq.com/push/room?sdkappid=1&userid=u&usersig=s', { app: 'push', streamName: 'room' }],
  ])('%s', (text, expected) => {
    expect(parsed(text)).toMatchObject(expected)
  })

  it.each([
    ['', 'empty'],
    ['http://host/live/key', 'scheme'],
    ['webrtc://host/live/key', 'scheme'],
    ['rtmp://', 'scheme'],
    ['rtmp://host', 'app'],
    ['rtmp://host/only', 'stream'],
    ['rtmp://host:99999/live/key', 'port'],
    ['rtmp://user:pass@host/live/key', 'host'],
  ])('refuses %j because of its %s', (text, reason) => {
    const result = parsePushUrl(text)
    expect(result.ok ? null : result.error).toEqual({ code: 'publish.url-invalid', context: { reason } })
  })

  it('is shown without its key', () => {
    const mask = maskPushUrl('rtmp://host/live/secret-name?txSecret=abc&txTime=5C271099')
    expect(mask).toBe('rtmp://host/live/••••')
    expect(maskPushUrl('nonsense secret')).not.toContain('secret')
  })

  it('comes apart and together again', () => {
    const { server, streamKey } = parsed('rtmp://host:1936/a/b/key?x=1')
    for (const slashes of [server, `${String(server)}/`]) expect(joinPushUrl(String(slashes), `/${String(streamKey)}`)).toBe('rtmp://host:1936/a/b/key?x=1')
  })
})

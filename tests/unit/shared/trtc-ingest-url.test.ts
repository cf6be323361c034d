import { describe, expect, it } from 'vitest'
import { joinPushUrl, maskPushUrl, parsePushUrl } from '../../../electron/shared/push-url'
import { trtcIngest } from '../../../electron/shared/trtc-ingest-url'

const USER = { sdkAppId: 1_400_000_001, userId: 'a_1', userSig: 'eJyr*p7l5unBxXnF2-VhVU4uAf7_', roomId: 'friday-night_1' }

describe('RTMP into a TRTC room', () => {
  it('goes to the mainland’s host, or to the international one', () => {
    expect(trtcIngest(USER)).toEqual({
      server: 'rtmp://rtmp.rtc.qq.com/push/',
      streamKey: 'friday-night_1?sdkappid=1400000001&userid=a_1&usersig=eJyr*p7l5unBxXnF2-VhVU4uAf7_',
    })
    expect(trtcIngest({ ...USER, sdkAppId: 20_000_001 })?.server).toBe('rtmp://intl-rtmp.rtc.qq.com/push/')
  })

  it('is a push address like any, and its UserSig is masked', () => {
    const ingest = trtcIngest(USER)
    const url = joinPushUrl(ingest?.server ?? '', ingest?.streamKey ?? '')
    expect(parsePushUrl(url)).toMatchObject({ ok: true, value: { host: 'rtmp.rtc.qq.com', app: 'push', streamName: 'friday-night_1' } })
    expect(maskPushUrl(url)).not.toContain(USER.userSig)
  })

  it.each(['x'.repeat(65), '', 'two words', 'a/b', 'a?b=c'])('has no room %j', (roomId) => {
    expect(trtcIngest({ ...USER, roomId })).toBeNull()
  })
})

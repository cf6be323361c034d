import { describe, expect, it } from 'vitest'
import { cssAddresses, cssSignature } from '../../../electron/shared/css-url'

const KEY = 'e12c46f2612d5106e2034781ab261ca3'

describe('CSS addresses', () => {
  it('signs as the vendor documents it', () => {
    expect(cssSignature(KEY, 'test', 1_546_064_025)).toEqual({ txSecret: 'f85a2ab363fe4deaffef9754d79da6fe', txTime: '5C271099' })
  })

  it('writes the time as upper-case hexadecimal UNIX seconds (2017-01-01 00:00 in China)', () => {
    expect(cssSignature(KEY, 'test', Date.parse('2017-01-01T00:00:00+08:00') / 1_000).txTime).toBe('5867D600')
  })

  it('gives push, OBS and play addresses', () => {
    const stream = {
      protocol: 'rtmp',
      pushDomain: 'push.example.com',
      appName: 'live',
      streamName: 'test',
      playDomain: 'play.example.com',
      key: KEY,
      validityHours: 1,
    } as const
    const addresses = cssAddresses(stream, 1_546_064_025 - 3_600)
    expect(addresses.push).toBe('rtmp://push.example.com/live/test?txSecret=f85a2ab363fe4deaffef9754d79da6fe&txTime=5C271099')
    expect(addresses.obsServer + addresses.obsStreamKey).toBe(addresses.push)
    expect(addresses.expiresAtSec).toBe(1_546_064_025)
    expect(addresses.play).toEqual({
      flv: 'https://play.example.com/live/test.flv',
      hls: 'https://play.example.com/live/test.m3u8',
      rtmp: 'rtmp://play.example.com/live/test',
      webrtc: 'webrtc://play.example.com/live/test',
    })
  })

  it('leaves the signature off where the domain asks for none', () => {
    const addresses = cssAddresses(
      { protocol: 'rtmps', pushDomain: 'p.example.com', appName: 'live', streamName: 's', playDomain: null, key: null, validityHours: 24 },
      0,
    )
    expect(addresses.push).toBe('rtmps://p.example.com/live/s')
    expect(addresses.expiresAtSec).toBeNull()
    expect(addresses.play).toBeNull()
  })
})

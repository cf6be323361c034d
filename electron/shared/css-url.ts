import { md5 } from '@noble/hashes/legacy'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils'
import type { CssAddresses } from './destination'

/**
 * Signs one stream of a CSS domain: txSecret = lower-case hex MD5(key + StreamName + txTime), txTime = upper-case hex of UNIX
 * seconds (Tencent CSS 267/32720). For a push URL txTime is when it ends.
 */
export function cssSignature(key: string, streamName: string, txTimeSec: number): { txSecret: string; txTime: string } {
  const txTime = Math.floor(txTimeSec).toString(16).toUpperCase()
  return { txSecret: bytesToHex(md5(utf8ToBytes(key + streamName + txTime))), txTime }
}

export interface CssStream {
  readonly protocol: 'rtmp' | 'rtmps'
  readonly pushDomain: string
  readonly appName: string
  readonly streamName: string
  readonly playDomain: string | null
  /** null: push authentication is off for the domain. */
  readonly key: string | null
  readonly validityHours: number
}

/** All addresses of a CSS stream, the push URL signed from `nowSec` for `validityHours`. */
export function cssAddresses(stream: CssStream, nowSec: number): CssAddresses {
  const expiresAtSec = stream.key === null ? null : Math.floor(nowSec) + stream.validityHours * 3_600
  let streamKey = stream.streamName
  if (stream.key !== null && expiresAtSec !== null) {
    const { txSecret, txTime } = cssSignature(stream.key, stream.streamName, expiresAtSec)
    streamKey = `${stream.streamName}?txSecret=${txSecret}&txTime=${txTime}`
  }
  const server = `${stream.protocol}://${stream.pushDomain}/${stream.appName}/`
  const play = stream.playDomain === null ? null : `${stream.playDomain}/${stream.appName}/${stream.streamName}`
  return {
    push: `${server}${streamKey}`,
    obsServer: server,
    obsStreamKey: streamKey,
    expiresAtSec,
    play: play === null ? null : { flv: `https://${play}.flv`, hls: `https://${play}.m3u8`, rtmp: `rtmp://${play}`, webrtc: `webrtc://${play}` },
  }
}

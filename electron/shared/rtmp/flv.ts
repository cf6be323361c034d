import { ByteWriter, u24At, utf8Encode } from './bytes'

/** FLV (Adobe, version 10.1) and the audio/video bodies that RTMP shares with it. */

export const FLV_TAG = { audio: 8, video: 9, script: 18 } as const

/** File header for sound and picture, with the first back pointer. */
export function flvHeader(): Uint8Array {
  return new ByteWriter().bytes(utf8Encode('FLV')).u8(1).u8(5).u32(9).u32(0).take()
}

/** @param timestamp milliseconds, unsigned 32 bit. */
export function flvTag(type: number, timestamp: number, body: Uint8Array): Uint8Array {
  return new ByteWriter()
    .u8(type)
    .u24(body.length)
    .u24(timestamp & 0xffffff)
    .u8(timestamp >>> 24)
    .u24(0)
    .bytes(body)
    .u32(body.length + 11)
    .take()
}

const AVC = 7
const AAC_STEREO_16_BIT = 0xaf

export function avcSequenceHeader(avcC: Uint8Array): Uint8Array {
  return new ByteWriter()
    .u8(0x10 | AVC)
    .u8(0)
    .u24(0)
    .bytes(avcC)
    .take()
}

/** One access unit as AVCC. No B-frames: composition time 0. */
export function avcFrame(data: Uint8Array, keyFrame: boolean): Uint8Array {
  return new ByteWriter()
    .u8((keyFrame ? 0x10 : 0x20) | AVC)
    .u8(1)
    .u24(0)
    .bytes(data)
    .take()
}

/** For AAC the rate, size and channel bits are fixed by the specification; the truth is in the AudioSpecificConfig. */
export function aacSequenceHeader(asc: Uint8Array): Uint8Array {
  return new ByteWriter().u8(AAC_STEREO_16_BIT).u8(0).bytes(asc).take()
}

export function aacFrame(data: Uint8Array): Uint8Array {
  return new ByteWriter().u8(AAC_STEREO_16_BIT).u8(1).bytes(data).take()
}

/** What a video body is, by its first bytes; enhanced RTMP (FourCC) included, so that HEVC and AV1 pass through. */
export interface VideoBodyKind {
  readonly sequenceHeader: boolean
  readonly keyFrame: boolean
  /** 'avc', a FourCC ('hvc1', 'av01', 'vp09') or 'other'. */
  readonly codec: string
}

export function videoBodyKind(body: Uint8Array): VideoBodyKind {
  const first = body[0] ?? 0
  const keyFrame = ((first >> 4) & 7) === 1
  if ((first & 0x80) !== 0) {
    const codec = String.fromCharCode(...body.subarray(1, 5))
    return { sequenceHeader: (first & 15) === 0, keyFrame, codec }
  }
  if ((first & 15) !== AVC) return { sequenceHeader: false, keyFrame, codec: 'other' }
  return { sequenceHeader: body[1] === 0, keyFrame, codec: 'avc' }
}

export function isAudioSequenceHeader(body: Uint8Array): boolean {
  const format = (body[0] ?? 0) >> 4
  if (format === 9) return ((body[0] ?? 0) & 15) === 0
  return format === 10 && body[1] === 0
}

/** One tag read from FLV bytes. */
export interface FlvTag {
  readonly type: number
  readonly timestamp: number
  readonly body: Uint8Array
}

/** The whole tags in `bytes` from `at` on (behind the file header: 13), and where the first incomplete one begins. */
export function readFlvTags(bytes: Uint8Array, at: number): { readonly tags: readonly FlvTag[]; readonly next: number } {
  const tags: FlvTag[] = []
  let next = at
  while (next + 11 <= bytes.length) {
    const length = u24At(bytes, next + 1)
    const end = next + 11 + length + 4
    if (end > bytes.length) break
    const timestamp = (u24At(bytes, next + 4) | ((bytes[next + 7] ?? 0) << 24)) >>> 0
    tags.push({ type: bytes[next] ?? 0, timestamp, body: bytes.subarray(next + 11, next + 11 + length) })
    next = end
  }
  return { tags, next }
}

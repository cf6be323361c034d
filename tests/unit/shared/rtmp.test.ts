import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeAmf0, encodeAmf0, type AmfValue } from '../../../electron/shared/rtmp/amf0'
import { utf8Decode, utf8Encode } from '../../../electron/shared/rtmp/bytes'
import { ChunkReader } from '../../../electron/shared/rtmp/chunk-reader'
import { ChunkWriter, controlMessage } from '../../../electron/shared/rtmp/chunk-writer'
import { aacFrame, avcFrame, flvHeader, flvTag, isAudioSequenceHeader, readFlvTags, videoBodyKind } from '../../../electron/shared/rtmp/flv'
import { MESSAGE, type RtmpMessage } from '../../../electron/shared/rtmp/messages'
import { RtmpProtocolError } from '../../../electron/shared/rtmp/protocol-error'

const LIMITS = { maxMessageBytes: 100_000, maxChunkStreams: 16 }
const RUNS = Number(process.env['ANCHORDESK_FUZZ'] ?? 2_000)

const message = fc.record({
  type: fc.constantFrom(MESSAGE.audio, MESSAGE.video, MESSAGE.commandAmf0, MESSAGE.dataAmf0),
  streamId: fc.integer({ min: 0, max: 10 }),
  timestamp: fc.oneof(fc.integer({ min: 0, max: 0xffffffff }), fc.constantFrom(0xfffffe, 0xffffff, 0x1000000, 0xffffffff)),
  payload: fc.uint8Array({ maxLength: 5_000 }),
})

function readAll(reader: ChunkReader, bytes: Uint8Array, portions: readonly number[]): RtmpMessage[] {
  const messages: RtmpMessage[] = []
  let at = 0
  for (const portion of [...portions, bytes.length]) {
    reader.push(bytes.subarray(at, at + portion), (message) => messages.push(message))
    at += portion
    if (at >= bytes.length) break
  }
  return messages
}

describe('chunks', () => {
  it('come apart and together again, in any portions, with any time and chunk size', () => {
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 700 }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 8_000 }),
        (messages, portions, chunkSize) => {
          const writer = new ChunkWriter()
          const parts = [writer.write(2, controlMessage(MESSAGE.setChunkSize, chunkSize)), ...messages.map((one, index) => writer.write(3 + (index % 4), one))]
          const read = readAll(new ChunkReader(LIMITS), new Uint8Array(Buffer.concat(parts)), portions).slice(1)
          expect(read).toEqual(messages)
        },
      ),
    )
  })

  it('of several streams may be interleaved', () => {
    const reader = new ChunkReader(LIMITS)
    const first = new ChunkWriter().write(4, { type: MESSAGE.audio, streamId: 1, timestamp: 5, payload: new Uint8Array(200).fill(1) })
    const second = new ChunkWriter().write(6, { type: MESSAGE.video, streamId: 1, timestamp: 6, payload: new Uint8Array(100).fill(2) })
    const cut = 12 + 128
    const read: RtmpMessage[] = []
    for (const part of [first.subarray(0, cut), second, first.subarray(cut)]) reader.push(part, (one) => read.push(one))
    expect(read.map((one) => [one.type, one.payload.length])).toEqual([
      [MESSAGE.video, 100],
      [MESSAGE.audio, 200],
    ])
  })

  it('that are garbage end in a protocol error or in patience, never in anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        const reader = new ChunkReader(LIMITS)
        try {
          reader.push(bytes, () => undefined)
        } catch (error) {
          expect(error).toBeInstanceOf(RtmpProtocolError)
        }
      }),
      { numRuns: RUNS },
    )
  })

  it('of any announced size may come a byte at a time without being copied again and again', () => {
    const reader = new ChunkReader({ maxMessageBytes: 1_000_000, maxChunkStreams: 16 })
    const writer = new ChunkWriter()
    const got: RtmpMessage[] = []
    const take = (one: RtmpMessage): number => got.push(one)
    reader.push(writer.write(2, controlMessage(MESSAGE.setChunkSize, 0x7fffffff)), take)
    const long = writer.write(6, { type: MESSAGE.video, streamId: 1, timestamp: 0, payload: new Uint8Array(900_000).fill(7) })
    // 900,000 portions: copying what waits at each of them would be 400 GB.
    for (let at = 0; at < long.length; at++) reader.push(long.subarray(at, at + 1), take)
    expect(got.map((one) => one.payload.length)).toEqual([4, 900_000])
    expect(got[1]?.payload.every((byte) => byte === 7)).toBe(true)
  })

  it('are limited anew from the next message on', () => {
    const reader = new ChunkReader({ maxMessageBytes: 100, maxChunkStreams: 16 })
    const writer = new ChunkWriter()
    const of = (length: number): Uint8Array => writer.write(6, { type: MESSAGE.video, streamId: 1, timestamp: 0, payload: new Uint8Array(length) })
    const got: number[] = []
    reader.push(new Uint8Array(Buffer.concat([of(100), of(5_000)])), (one) => {
      got.push(one.payload.length)
      reader.maxMessageBytes = 5_000
    })
    expect(got).toEqual([100, 5_000])
    expect(() => reader.push(of(5_001), () => undefined)).toThrow(RtmpProtocolError)
  })

  it('may not announce more than is taken', () => {
    const huge = Buffer.from('04000000ffffff0901000000', 'hex')
    expect(() => new ChunkReader(LIMITS).push(huge, () => undefined)).toThrow(RtmpProtocolError)
  })
})

const amf: fc.Arbitrary<AmfValue> = fc.letrec<{ value: AmfValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.double(),
    fc.boolean(),
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc.constant(null),
    fc.constant(undefined),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value

describe('AMF0', () => {
  it('comes back as it went', () => {
    fc.assert(
      fc.property(fc.array(amf, { maxLength: 4 }), (values) => {
        expect(decodeAmf0(encodeAmf0(...values))).toEqual(values)
      }),
    )
  })

  it('that is garbage is a protocol error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decodeAmf0(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(RtmpProtocolError)
        }
      }),
      { numRuns: RUNS },
    )
  })

  it('may not be nested without end', () => {
    expect(() => decodeAmf0(new Uint8Array(2_000).fill(0x0a))).toThrow(RtmpProtocolError)
    const deep = Buffer.concat(Array.from({ length: 60 }, () => Buffer.from('0a00000001', 'hex')))
    expect(() => decodeAmf0(deep)).toThrow('deep')
  })

  it('does not touch prototypes', () => {
    const [value] = decodeAmf0(Buffer.from('030009' + Buffer.from('__proto__').toString('hex') + '0300017802000179000009000009', 'hex'))
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
  })
})

it('UTF-8 is what the platform makes of it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.uint8Array(), (text, bytes) => {
      const encoded = new TextEncoder().encode(text)
      expect([...utf8Encode(text)]).toEqual([...encoded])
      expect(utf8Decode(encoded)).toBe(new TextDecoder('utf-8', { ignoreBOM: true }).decode(encoded))
      expect(typeof utf8Decode(bytes)).toBe('string')
    }),
  )
})

it('FLV tags are found again, and bodies say what they are', () => {
  const video = avcFrame(new Uint8Array([1, 2, 3]), true)
  const audio = aacFrame(new Uint8Array([4]))
  const file = Buffer.concat([flvHeader(), flvTag(9, 0x1234567, video), flvTag(8, 12, audio)])
  const { tags, next } = readFlvTags(file, 13)
  expect(next).toBe(file.length)
  expect(tags.map((tag) => [tag.type, tag.timestamp])).toEqual([
    [9, 0x1234567],
    [8, 12],
  ])
  expect(videoBodyKind(video)).toEqual({ keyFrame: true, sequenceHeader: false, codec: 'avc' })
  expect(videoBodyKind(Uint8Array.of(0x90, 0x68, 0x76, 0x63, 0x31))).toEqual({ keyFrame: true, sequenceHeader: true, codec: 'hvc1' })
  expect(isAudioSequenceHeader(audio)).toBe(false)
})

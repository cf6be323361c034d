import { u24At, u32At, u32leAt } from './bytes'
import { MESSAGE, type RtmpMessage } from './messages'
import { RtmpProtocolError } from './protocol-error'

export interface ChunkReaderLimits {
  /** A message longer than this ends the connection. Bytes. */
  readonly maxMessageBytes: number
  /** Messages may be interleaved on at most this many chunk streams. */
  readonly maxChunkStreams: number
}

interface ChunkStream {
  timestamp: number
  delta: number
  length: number
  type: number
  streamId: number
  extended: boolean
  payload: Uint8Array | null
  received: number
}

/**
 * Puts chunks together into messages (RTMP 1.0 §5.3). Bytes come in any portions. It follows SetChunkSize and Abort by
 * itself and hands them on as well. Memory is bounded: the unread rest is less than one chunk, and the messages under
 * way together never hold more than twice `maxMessageBytes`.
 */
export class ChunkReader {
  readonly #limits: ChunkReaderLimits
  readonly #streams = new Map<number, ChunkStream>()
  #chunkSize = 128
  #rest: Uint8Array = new Uint8Array(0)
  #pending = 0

  constructor(limits: ChunkReaderLimits) {
    this.#limits = limits
  }

  /** The messages that `bytes` completes. @throws RtmpProtocolError; the reader is of no more use then. */
  push(bytes: Uint8Array): RtmpMessage[] {
    let data = bytes
    if (this.#rest.length > 0) {
      data = new Uint8Array(this.#rest.length + bytes.length)
      data.set(this.#rest)
      data.set(bytes, this.#rest.length)
    }
    const messages: RtmpMessage[] = []
    let at = 0
    for (;;) {
      const next = this.#chunk(data, at, messages)
      if (next === 0) break
      at = next
    }
    // A copy, so that a small rest does not hold a large network buffer.
    this.#rest = data.slice(at)
    return messages
  }

  /** Reads one chunk at `start`; returns where the next begins, 0 when it is not all there. */
  #chunk(data: Uint8Array, start: number, messages: RtmpMessage[]): number {
    let at = start
    if (at >= data.length) return 0
    const first = data[at++] ?? 0
    const format = first >> 6
    let id = first & 63
    if (id === 0) {
      if (at >= data.length) return 0
      id = 64 + (data[at++] ?? 0)
    } else if (id === 1) {
      if (at + 1 >= data.length) return 0
      id = 64 + (data[at] ?? 0) + (data[at + 1] ?? 0) * 256
      at += 2
    }
    const headerLength = format === 0 ? 11 : format === 1 ? 7 : format === 2 ? 3 : 0
    if (at + headerLength > data.length) return 0

    let stream = this.#streams.get(id)
    if (stream === undefined) {
      if (format !== 0 && format !== 1) throw new RtmpProtocolError('chunk stream begins without a header')
      if (this.#streams.size >= this.#limits.maxChunkStreams) throw new RtmpProtocolError('too many chunk streams')
      stream = { timestamp: 0, delta: 0, length: 0, type: 0, streamId: 0, extended: false, payload: null, received: 0 }
      this.#streams.set(id, stream)
    }
    const fresh = stream.payload === null
    if (!fresh && format !== 3) throw new RtmpProtocolError('header in the middle of a message')

    const time = format === 3 ? 0 : u24At(data, at)
    const extended = format === 3 ? stream.extended : time === 0xffffff
    let extendedTime = 0
    let bodyAt = at + headerLength
    if (extended) {
      if (bodyAt + 4 > data.length) return 0
      extendedTime = u32At(data, bodyAt)
      bodyAt += 4
    }
    const length = format === 0 || format === 1 ? u24At(data, at + 3) : stream.length
    if (length > this.#limits.maxMessageBytes) throw new RtmpProtocolError('message too long')
    const received = fresh ? 0 : stream.received
    const portion = Math.min(this.#chunkSize, length - received)
    if (bodyAt + portion > data.length) return 0

    // All of the chunk is there: only now may state change.
    if (format === 0 || format === 1) {
      stream.length = length
      stream.type = data[at + 6] ?? 0
    }
    if (format === 0) stream.streamId = u32leAt(data, at + 7)
    if (fresh) {
      const value = extended ? extendedTime : time
      stream.extended = extended
      if (format === 0) {
        stream.timestamp = value
        // A headerless message after this one advances by the same number (§5.3.1.2.4).
        stream.delta = value
      } else {
        if (format !== 3) stream.delta = value
        stream.timestamp = (stream.timestamp + stream.delta) >>> 0
      }
      if (this.#pending + length > this.#limits.maxMessageBytes * 2) throw new RtmpProtocolError('too much under way')
      stream.payload = new Uint8Array(length)
      stream.received = 0
      this.#pending += length
    }
    const payload = stream.payload
    if (payload === null) throw new RtmpProtocolError('no message under way')
    payload.set(data.subarray(bodyAt, bodyAt + portion), stream.received)
    stream.received += portion
    if (stream.received === length) this.#finish(stream, payload, messages)
    return bodyAt + portion
  }

  #finish(stream: ChunkStream, payload: Uint8Array, messages: RtmpMessage[]): void {
    stream.payload = null
    stream.received = 0
    this.#pending -= payload.length
    if (stream.type === MESSAGE.setChunkSize && payload.length >= 4) {
      const size = u32At(payload, 0) & 0x7fffffff
      if (size < 1) throw new RtmpProtocolError('chunk size 0')
      // No chunk is longer than a message may be, whatever was announced.
      this.#chunkSize = Math.min(size, this.#limits.maxMessageBytes)
    } else if (stream.type === MESSAGE.abort && payload.length >= 4) {
      const aborted = this.#streams.get(u32At(payload, 0))
      if (aborted?.payload != null) {
        this.#pending -= aborted.payload.length
        aborted.payload = null
        aborted.received = 0
      }
    }
    messages.push({ type: stream.type, streamId: stream.streamId, timestamp: stream.timestamp, payload })
  }
}

import { concat, u24At, u32At, u32leAt } from './bytes'
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

interface OpenChunk {
  readonly stream: ChunkStream
  readonly payload: Uint8Array
  left: number
}

/** Basic header 3, message header 11, extended time 4. */
const MAX_HEADER_BYTES = 18

/**
 * Puts chunks together into messages (RTMP 1.0 §5.3). Bytes come in any portions and are copied once, into the message
 * they belong to. It follows SetChunkSize and Abort by itself and hands them on as well. Memory is bounded: the messages
 * under way together never hold more than twice `maxMessageBytes`.
 */
export class ChunkReader {
  readonly #maxChunkStreams: number
  readonly #streams = new Map<number, ChunkStream>()
  #maxMessageBytes: number
  #chunkSize = 128
  /** The beginning of a header. */
  #rest: Uint8Array = new Uint8Array(0)
  /** The chunk whose body is being read. */
  #open: OpenChunk | null = null
  #pending = 0

  constructor(limits: ChunkReaderLimits) {
    this.#maxMessageBytes = limits.maxMessageBytes
    this.#maxChunkStreams = limits.maxChunkStreams
  }

  /** From the next message on. Bytes. */
  set maxMessageBytes(bytes: number) {
    this.#maxMessageBytes = bytes
  }

  /** Hands each message on that `bytes` completes. @throws RtmpProtocolError; the reader is of no more use then. */
  push(bytes: Uint8Array, take: (message: RtmpMessage) => void): void {
    let at = 0
    for (;;) {
      let open = this.#open
      if (open === null) {
        const known = this.#rest.length
        const head = known === 0 ? bytes.subarray(at, at + MAX_HEADER_BYTES) : concat([this.#rest, bytes.subarray(at, at + MAX_HEADER_BYTES)])
        const header = this.#header(head)
        if (header === null) {
          // A copy, so that a small rest does not hold a large network buffer.
          this.#rest = head.slice()
          return
        }
        at += header.length - known
        this.#rest = new Uint8Array(0)
        open = header.chunk
      }
      const { stream, payload } = open
      const portion = Math.min(open.left, bytes.length - at)
      payload.set(bytes.subarray(at, at + portion), stream.received)
      stream.received += portion
      open.left -= portion
      at += portion
      this.#open = open.left > 0 ? open : null
      if (open.left > 0) return
      if (stream.received === stream.length) take(this.#finish(stream, payload))
    }
  }

  /** Reads a chunk's header; null when it is not all there. */
  #header(data: Uint8Array): { readonly length: number; readonly chunk: OpenChunk } | null {
    if (data.length === 0) return null
    let at = 1
    const first = data[0] ?? 0
    const format = first >> 6
    let id = first & 63
    if (id === 0) {
      if (data.length < 2) return null
      id = 64 + (data[at++] ?? 0)
    } else if (id === 1) {
      if (data.length < 3) return null
      id = 64 + (data[at] ?? 0) + (data[at + 1] ?? 0) * 256
      at += 2
    }
    const headerLength = format === 0 ? 11 : format === 1 ? 7 : format === 2 ? 3 : 0
    if (at + headerLength > data.length) return null

    const known = this.#streams.get(id)
    if (known === undefined && format !== 0 && format !== 1) throw new RtmpProtocolError('chunk stream begins without a header')
    if (known === undefined && this.#streams.size >= this.#maxChunkStreams) throw new RtmpProtocolError('too many chunk streams')
    const stream = known ?? { timestamp: 0, delta: 0, length: 0, type: 0, streamId: 0, extended: false, payload: null, received: 0 }
    const fresh = stream.payload === null
    if (!fresh && format !== 3) throw new RtmpProtocolError('header in the middle of a message')

    const time = format === 3 ? 0 : u24At(data, at)
    const extended = format === 3 ? stream.extended : time === 0xffffff
    let extendedTime = 0
    let bodyAt = at + headerLength
    if (extended) {
      if (bodyAt + 4 > data.length) return null
      extendedTime = u32At(data, bodyAt)
      bodyAt += 4
    }
    // All of the header is there: only now may state change.
    this.#streams.set(id, stream)
    if (format === 0 || format === 1) {
      stream.length = u24At(data, at + 3)
      stream.type = data[at + 6] ?? 0
    }
    if (format === 0) stream.streamId = u32leAt(data, at + 7)
    if (fresh) this.#begin(stream, format, extended, extended ? extendedTime : time)
    const { payload } = stream
    if (payload === null) throw new RtmpProtocolError('no message under way')
    return { length: bodyAt, chunk: { stream, payload, left: Math.min(this.#chunkSize, stream.length - stream.received) } }
  }

  #begin(stream: ChunkStream, format: number, extended: boolean, value: number): void {
    stream.extended = extended
    if (format === 0) {
      stream.timestamp = value
      // A headerless message after this one advances by the same number (§5.3.1.2.4).
      stream.delta = value
    } else {
      if (format !== 3) stream.delta = value
      stream.timestamp = (stream.timestamp + stream.delta) >>> 0
    }
    if (stream.length > this.#maxMessageBytes) throw new RtmpProtocolError('message too long')
    if (this.#pending + stream.length > this.#maxMessageBytes * 2) throw new RtmpProtocolError('too much under way')
    stream.payload = new Uint8Array(stream.length)
    stream.received = 0
    this.#pending += stream.length
  }

  #finish(stream: ChunkStream, payload: Uint8Array): RtmpMessage {
    stream.payload = null
    stream.received = 0
    this.#pending -= payload.length
    if (stream.type === MESSAGE.setChunkSize && payload.length >= 4) {
      const size = u32At(payload, 0) & 0x7fffffff
      if (size < 1) throw new RtmpProtocolError('chunk size 0')
      this.#chunkSize = size
    } else if (stream.type === MESSAGE.abort && payload.length >= 4) {
      const aborted = this.#streams.get(u32At(payload, 0))
      if (aborted?.payload != null) {
        this.#pending -= aborted.payload.length
        aborted.payload = null
        aborted.received = 0
      }
    }
    return { type: stream.type, streamId: stream.streamId, timestamp: stream.timestamp, payload }
  }
}

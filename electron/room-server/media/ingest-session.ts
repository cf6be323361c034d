import type { Socket } from 'node:net'
import { decodeAmf0, encodeAmf0, type AmfValue } from '../../shared/rtmp/amf0'
import { u16At, u32At } from '../../shared/rtmp/bytes'
import { ChunkReader } from '../../shared/rtmp/chunk-reader'
import { ChunkWriter, controlMessage, userControlMessage } from '../../shared/rtmp/chunk-writer'
import { CHUNK_STREAM, MESSAGE, USER_CONTROL, type RtmpMessage } from '../../shared/rtmp/messages'
import { RtmpProtocolError } from '../../shared/rtmp/protocol-error'
import { STREAM_APP } from '../../shared/room-server'
import { INGEST } from '../../shared/thresholds'
import { IngestHandshake } from './ingest-handshake'
import type { StreamTag } from './live-stream'
import type { PublisherHandle, StreamRegistry } from './stream-registry'
import { ViewerFeed } from './viewer-feed'

const LIMITS = { maxMessageBytes: INGEST.maxMessageBytes, maxChunkStreams: 32 } as const
const OUT_CHUNK_BYTES = 4_096
const WINDOW_BYTES = 2_500_000
/** Our publisher asks for 16 KiB; encoders that ask for nothing are told this often. */
const ACK_EVERY_BYTES = 64 * 1024
const STREAM_ID = 1
/** Commands come a handful a connection; a stranger may not keep us busy with them. */
const MAX_COMMANDS = 500
const KICK_GRACE_MS = 300

type Role = 'none' | 'publisher' | 'viewer'

/** One RTMP connection: an encoder that publishes, or a player. Closes itself on anything that is not allowed. */
export class IngestSession implements PublisherHandle {
  readonly #socket: Socket
  readonly #registry: StreamRegistry
  readonly #now: () => number
  readonly #log: (message: string) => void
  readonly #handshake = new IngestHandshake()
  readonly #reader = new ChunkReader(LIMITS)
  readonly #writer = new ChunkWriter()
  readonly #deadline: NodeJS.Timeout
  #shaken = false
  #connected = false
  #role: Role = 'none'
  #feed: ViewerFeed | null = null
  #received = 0
  #acked = 0
  #ackEvery = ACK_EVERY_BYTES
  #commands = 0
  #closed = false
  encoder = ''
  lastMediaAtMs = 0

  constructor(socket: Socket, registry: StreamRegistry, now: () => number, log: (message: string) => void) {
    this.#socket = socket
    this.#registry = registry
    this.#now = now
    this.#log = log
    socket.setNoDelay(true)
    // Covers handshake, connect and publish: a connection without a role is not kept.
    this.#deadline = setTimeout(() => this.#end('no role within the deadline'), INGEST.handshakeTimeoutMs)
    socket.setTimeout(INGEST.idleTimeoutMs, () => this.#end('silent'))
    socket.on('data', (bytes) => this.#data(bytes))
    socket.on('error', () => this.#end('connection error'))
    socket.on('close', () => this.#end('closed'))
  }

  /** Another connection takes the place of publisher. */
  kick(): void {
    this.#end('replaced')
  }

  close(): void {
    this.#end('server stops')
  }

  #data(bytes: Uint8Array): void {
    if (this.#closed) return
    try {
      if (this.#shaken) this.#chunks(bytes)
      else this.#shake(bytes)
    } catch (error) {
      if (!(error instanceof RtmpProtocolError)) throw error
      this.#end(error.message)
    }
  }

  #shake(bytes: Uint8Array): void {
    const { reply, rest } = this.#handshake.push(bytes)
    if (reply !== null) this.#socket.write(reply)
    if (rest === null) return
    this.#shaken = true
    this.#chunks(rest)
  }

  #chunks(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.#received += bytes.length
    for (const message of this.#reader.push(bytes)) {
      if (this.#closed) return
      this.#receive(message)
    }
    if (this.#connected && this.#received - this.#acked >= this.#ackEvery) {
      this.#acked = this.#received
      this.#send(CHUNK_STREAM.control, controlMessage(MESSAGE.acknowledgement, this.#received >>> 0))
    }
  }

  #receive(message: RtmpMessage): void {
    const { payload, type, timestamp } = message
    switch (type) {
      case MESSAGE.windowAckSize:
        if (payload.length >= 4) this.#ackEvery = Math.min(WINDOW_BYTES, Math.max(4_096, u32At(payload, 0)))
        break
      case MESSAGE.userControl:
        if (payload.length >= 6 && u16At(payload, 0) === USER_CONTROL.pingRequest)
          this.#send(CHUNK_STREAM.control, userControlMessage(USER_CONTROL.pingResponse, u32At(payload, 2)))
        break
      case MESSAGE.audio:
      case MESSAGE.video:
        if (this.#role === 'publisher') {
          this.lastMediaAtMs = this.#now()
          this.#registry.media(this, type, timestamp, payload, this.lastMediaAtMs)
        }
        break
      case MESSAGE.dataAmf0:
        this.#dataMessage(payload)
        break
      case MESSAGE.dataAmf3:
        this.#dataMessage(payload.subarray(1))
        break
      case MESSAGE.commandAmf0:
        this.#command(decodeAmf0(payload))
        break
      case MESSAGE.commandAmf3:
        this.#command(decodeAmf0(payload.subarray(1)))
        break
    }
  }

  #dataMessage(payload: Uint8Array): void {
    if (this.#role !== 'publisher') return
    const values = decodeAmf0(payload)
    const at = values[0] === '@setDataFrame' ? 1 : 0
    // Written anew rather than passed on: what a stranger sent is not what viewers' players parse.
    if (values[at] === 'onMetaData') this.#registry.stream.setMetadata(encodeAmf0('onMetaData', values[at + 1]))
  }

  #command(values: readonly AmfValue[]): void {
    if (++this.#commands > MAX_COMMANDS) throw new RtmpProtocolError('too many commands')
    const [name, transaction, info] = values
    const id = typeof transaction === 'number' ? transaction : 0
    switch (name) {
      case 'connect':
        this.#connect(id, info)
        break
      case 'createStream':
        this.#reply('_result', id, null, STREAM_ID)
        break
      case 'publish':
        this.#publish(values[3])
        break
      case 'play':
        this.#play(values[3])
        break
      case 'FCPublish':
        this.#reply('onFCPublish', 0, null, status('status', 'NetStream.Publish.Start', ''))
        break
      case 'releaseStream':
      case 'getStreamLength':
      case '_checkbw':
        this.#reply('_result', id, null, null)
        break
      case 'FCUnpublish':
      case 'deleteStream':
      case 'closeStream':
        this.#leave()
        break
    }
  }

  #connect(id: number, info: AmfValue): void {
    if (this.#connected) throw new RtmpProtocolError('connected twice')
    const app =
      text(info, 'app')
        .replace(/^\/+|\/+$/g, '')
        .split('?')[0] ?? ''
    this.encoder = text(info, 'flashVer')
      .replace(/[^\x20-\x7e]/g, '')
      .slice(0, 64)
    if (app !== STREAM_APP) {
      this.#reply('_error', id, null, status('error', 'NetConnection.Connect.InvalidApp', `the application is "${STREAM_APP}"`))
      this.#endSoon('wrong application')
      return
    }
    this.#connected = true
    this.#socket.cork()
    this.#send(CHUNK_STREAM.control, controlMessage(MESSAGE.windowAckSize, WINDOW_BYTES))
    this.#send(CHUNK_STREAM.control, controlMessage(MESSAGE.setPeerBandwidth, WINDOW_BYTES, 2))
    this.#send(CHUNK_STREAM.control, controlMessage(MESSAGE.setChunkSize, OUT_CHUNK_BYTES))
    this.#reply(
      '_result',
      id,
      { fmsVer: 'FMS/3,5,7,7009', capabilities: 31 },
      { ...status('status', 'NetConnection.Connect.Success', 'Connection succeeded.'), objectEncoding: 0 },
    )
    this.#socket.uncork()
  }

  #publish(name: AmfValue): void {
    if (!this.#connected || this.#role !== 'none') throw new RtmpProtocolError('publish out of turn')
    const key = (typeof name === 'string' ? name : '').split('?')[0] ?? ''
    if (!this.#registry.mayPublish(key)) {
      this.#status('error', 'NetStream.Publish.Denied', 'The stream key is not right.')
      this.#endSoon('wrong stream key')
      return
    }
    this.lastMediaAtMs = this.#now()
    if (!this.#registry.claim(this, this.lastMediaAtMs)) {
      this.#status('error', 'NetStream.Publish.BadName', 'Somebody is publishing already.')
      this.#endSoon('second publisher')
      return
    }
    this.#role = 'publisher'
    clearTimeout(this.#deadline)
    this.#send(CHUNK_STREAM.control, userControlMessage(USER_CONTROL.streamBegin, STREAM_ID))
    this.#status('status', 'NetStream.Publish.Start', 'Publishing.')
    this.#log(`publisher ${this.encoder}`)
  }

  #play(name: AmfValue): void {
    if (!this.#connected || this.#role !== 'none') throw new RtmpProtocolError('play out of turn')
    const stream = this.#registry.find((typeof name === 'string' ? name : '').split('?')[0] ?? '')
    if (stream === null) {
      this.#status('error', 'NetStream.Play.StreamNotFound', 'No such stream.')
      this.#endSoon('no such stream')
      return
    }
    this.#role = 'viewer'
    clearTimeout(this.#deadline)
    // A player has nothing to say once it plays.
    this.#socket.setTimeout(0)
    this.#send(CHUNK_STREAM.control, userControlMessage(USER_CONTROL.streamBegin, STREAM_ID))
    this.#status('status', 'NetStream.Play.Reset', 'Playing.')
    this.#status('status', 'NetStream.Play.Start', 'Playing.')
    const socket = this.#socket
    this.#feed = new ViewerFeed(stream, {
      get queuedBytes() {
        return socket.writableLength
      },
      begin: (metadata) => {
        if (metadata !== null) this.#media(MESSAGE.dataAmf0, 0, metadata)
      },
      write: (tag: StreamTag, timestamp: number) => this.#media(tag.type, timestamp, tag.body),
    })
  }

  #media(type: number, timestamp: number, payload: Uint8Array): void {
    const chunkStream = type === MESSAGE.video ? CHUNK_STREAM.video : type === MESSAGE.audio ? CHUNK_STREAM.audio : CHUNK_STREAM.data
    this.#send(chunkStream, { type, streamId: STREAM_ID, timestamp, payload })
  }

  #status(level: string, code: string, description: string): void {
    const payload = encodeAmf0('onStatus', 0, null, status(level, code, description))
    this.#send(CHUNK_STREAM.command, { type: MESSAGE.commandAmf0, streamId: STREAM_ID, timestamp: 0, payload })
  }

  #reply(name: string, transaction: number, ...values: readonly AmfValue[]): void {
    this.#send(CHUNK_STREAM.command, { type: MESSAGE.commandAmf0, streamId: 0, timestamp: 0, payload: encodeAmf0(name, transaction, ...values) })
  }

  #send(chunkStreamId: number, message: RtmpMessage): void {
    if (!this.#closed) this.#socket.write(this.#writer.write(chunkStreamId, message))
  }

  #leave(): void {
    if (this.#role === 'publisher') this.#registry.release(this)
    this.#feed?.close()
    this.#feed = null
    this.#role = 'none'
  }

  /** The refusal must arrive before the connection ends. */
  #endSoon(reason: string): void {
    this.#log(`refused: ${reason}`)
    this.#socket.end()
    setTimeout(() => this.#end(reason), KICK_GRACE_MS).unref()
  }

  #end(reason: string): void {
    if (this.#closed) return
    this.#closed = true
    clearTimeout(this.#deadline)
    if (this.#role !== 'none') this.#log(`${this.#role} left: ${reason}`)
    this.#leave()
    this.#socket.destroy()
  }
}

function status(level: string, code: string, description: string): Record<string, AmfValue> {
  return { level, code, description }
}

function text(info: AmfValue, key: string): string {
  if (info === null || typeof info !== 'object' || Array.isArray(info)) return ''
  const value: unknown = info instanceof Map ? info.get(key) : (info as Record<string, unknown>)[key]
  return typeof value === 'string' ? value.slice(0, 1_024) : ''
}

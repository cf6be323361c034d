import type { Socket } from 'node:net'
import { decodeAmf0, encodeAmf0, type AmfValue } from '../../shared/rtmp/amf0'
import { u16At, u32At } from '../../shared/rtmp/bytes'
import { ChunkReader } from '../../shared/rtmp/chunk-reader'
import { MESSAGE, USER_CONTROL, type RtmpMessage } from '../../shared/rtmp/messages'
import { RtmpProtocolError } from '../../shared/rtmp/protocol-error'
import { STREAM_APP } from '../../shared/room-server'
import { INGEST } from '../../shared/thresholds'
import { IngestHandshake } from './ingest-handshake'
import { IngestWriter, STREAM_ID, statusInfo } from './ingest-writer'
import type { StreamTag } from './live-stream'
import type { PublisherHandle, StreamRegistry } from './stream-registry'
import { ViewerFeed } from './viewer-feed'

/** Commands are short; only a publisher, who has the key, sends more at once. */
const COMMAND_BYTES = 64 * 1024
const MAX_CHUNK_STREAMS = 32
const OUT_CHUNK_BYTES = 4_096
const WINDOW_BYTES = 2_500_000
/** Our publisher asks for 16 KiB; encoders that ask for nothing are told this often. */
const ACK_EVERY_BYTES = 64 * 1024
/** Commands come a handful a connection; a stranger may not keep us busy with them. */
const MAX_COMMANDS = 500
const KICK_GRACE_MS = 300

export interface SessionLog {
  /** About whoever has the key. */
  publisher(message: string): void
  /** About anybody: may come in any number. */
  stranger(message: string): void
}

type Role = 'none' | 'publisher' | 'viewer'

/** One RTMP connection: an encoder that publishes, or a player. Closes itself on anything that is not allowed. */
export class IngestSession implements PublisherHandle {
  readonly #socket: Socket
  readonly #registry: StreamRegistry
  readonly #now: () => number
  readonly #log: SessionLog
  readonly #handshake = new IngestHandshake()
  readonly #reader = new ChunkReader({ maxMessageBytes: COMMAND_BYTES, maxChunkStreams: MAX_CHUNK_STREAMS })
  readonly #out: IngestWriter
  #deadline: NodeJS.Timeout | null = null
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

  constructor(socket: Socket, registry: StreamRegistry, now: () => number, log: SessionLog) {
    this.#socket = socket
    this.#out = new IngestWriter(socket)
    this.#registry = registry
    this.#now = now
    this.#log = log
    socket.setNoDelay(true)
    this.#expectRole()
    socket.on('timeout', () => this.#end('silent'))
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
    this.#reader.push(bytes, (message) => {
      if (!this.#closed) this.#receive(message)
    })
    if (this.#connected && this.#received - this.#acked >= this.#ackEvery) {
      this.#acked = this.#received
      this.#out.control(MESSAGE.acknowledgement, this.#received >>> 0)
    }
  }

  #receive(message: RtmpMessage): void {
    const { payload, type, timestamp } = message
    switch (type) {
      case MESSAGE.windowAckSize:
        if (payload.length >= 4) this.#ackEvery = Math.min(WINDOW_BYTES, Math.max(4_096, u32At(payload, 0)))
        break
      case MESSAGE.userControl:
        if (payload.length >= 6 && u16At(payload, 0) === USER_CONTROL.pingRequest) this.#out.userControl(USER_CONTROL.pingResponse, u32At(payload, 2))
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
        this.#out.reply('_result', id, null, STREAM_ID)
        break
      case 'publish':
        this.#publish(values[3])
        break
      case 'play':
        this.#play(values[3])
        break
      case 'FCPublish':
        this.#out.reply('onFCPublish', 0, null, statusInfo('status', 'NetStream.Publish.Start', ''))
        break
      case 'releaseStream':
      case 'getStreamLength':
      case '_checkbw':
        this.#out.reply('_result', id, null, null)
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
      this.#out.reply('_error', id, null, statusInfo('error', 'NetConnection.Connect.InvalidApp', `the application is "${STREAM_APP}"`))
      this.#endSoon('wrong application')
      return
    }
    this.#connected = true
    this.#socket.cork()
    this.#out.control(MESSAGE.windowAckSize, WINDOW_BYTES)
    this.#out.control(MESSAGE.setPeerBandwidth, WINDOW_BYTES, 2)
    this.#out.control(MESSAGE.setChunkSize, OUT_CHUNK_BYTES)
    this.#out.reply(
      '_result',
      id,
      { fmsVer: 'FMS/3,5,7,7009', capabilities: 31 },
      { ...statusInfo('status', 'NetConnection.Connect.Success', 'Connection succeeded.'), objectEncoding: 0 },
    )
    this.#socket.uncork()
  }

  #publish(name: AmfValue): void {
    if (!this.#connected || this.#role !== 'none') throw new RtmpProtocolError('publish out of turn')
    const key = (typeof name === 'string' ? name : '').split('?')[0] ?? ''
    if (!this.#registry.mayPublish(key)) {
      this.#out.status('error', 'NetStream.Publish.Denied', 'The stream key is not right.')
      this.#endSoon('wrong stream key')
      return
    }
    this.lastMediaAtMs = this.#now()
    if (!this.#registry.claim(this, this.lastMediaAtMs)) {
      this.#out.status('error', 'NetStream.Publish.BadName', 'Somebody is publishing already.')
      this.#endSoon('second publisher')
      return
    }
    this.#takeRole('publisher')
    this.#reader.maxMessageBytes = INGEST.maxMessageBytes
    this.#out.userControl(USER_CONTROL.streamBegin, STREAM_ID)
    this.#out.status('status', 'NetStream.Publish.Start', 'Publishing.')
    this.#log.publisher(`publisher ${this.encoder}`)
  }

  #play(name: AmfValue): void {
    if (!this.#connected || this.#role !== 'none') throw new RtmpProtocolError('play out of turn')
    const stream = this.#registry.find((typeof name === 'string' ? name : '').split('?')[0] ?? '')
    if (stream === null) {
      this.#out.status('error', 'NetStream.Play.StreamNotFound', 'No such stream.')
      this.#endSoon('no such stream')
      return
    }
    this.#takeRole('viewer')
    // A player has nothing to say once it plays.
    this.#socket.setTimeout(0)
    this.#out.userControl(USER_CONTROL.streamBegin, STREAM_ID)
    this.#out.status('status', 'NetStream.Play.Reset', 'Playing.')
    this.#out.status('status', 'NetStream.Play.Start', 'Playing.')
    const socket = this.#socket
    this.#feed = new ViewerFeed(stream, {
      get queuedBytes() {
        return socket.writableLength
      },
      begin: (metadata) => {
        if (metadata !== null) this.#out.media(MESSAGE.dataAmf0, 0, metadata)
      },
      write: (tag: StreamTag, timestamp: number) => this.#out.media(tag.type, timestamp, tag.body),
    })
  }

  /** Covers handshake, connect, and publish or play, also a second time: a connection without a role is not kept. */
  #expectRole(): void {
    this.#socket.setTimeout(INGEST.idleTimeoutMs)
    this.#deadline ??= setTimeout(() => this.#end('no role within the deadline'), INGEST.handshakeTimeoutMs)
  }

  #takeRole(role: Role): void {
    this.#role = role
    if (this.#deadline !== null) clearTimeout(this.#deadline)
    this.#deadline = null
  }

  #leave(): void {
    if (this.#role === 'publisher') this.#registry.release(this)
    this.#feed?.close()
    this.#feed = null
    this.#role = 'none'
    this.#reader.maxMessageBytes = COMMAND_BYTES
    if (!this.#closed) this.#expectRole()
  }

  /** The refusal must arrive before the connection ends. */
  #endSoon(reason: string): void {
    this.#log.stranger(`refused: ${reason}`)
    this.#socket.end()
    setTimeout(() => this.#end(reason), KICK_GRACE_MS).unref()
  }

  #end(reason: string): void {
    if (this.#closed) return
    this.#closed = true
    if (this.#deadline !== null) clearTimeout(this.#deadline)
    if (this.#role === 'publisher') this.#log.publisher(`publisher left: ${reason}`)
    else if (this.#role === 'viewer') this.#log.stranger(`viewer left: ${reason}`)
    this.#leave()
    this.#socket.destroy()
  }
}

function text(info: AmfValue, key: string): string {
  if (info === null || typeof info !== 'object' || Array.isArray(info)) return ''
  const value: unknown = info instanceof Map ? info.get(key) : (info as Record<string, unknown>)[key]
  return typeof value === 'string' ? value.slice(0, 1_024) : ''
}

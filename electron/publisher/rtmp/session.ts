import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { ParsedPushUrl } from '../../shared/destination'
import { AnchorError, type ErrorInfo } from '../../shared/errors'
import { decodeAmf0, encodeAmf0, type AmfValue } from '../../shared/rtmp/amf0'
import { u16At, u32At } from '../../shared/rtmp/bytes'
import { ChunkReader } from '../../shared/rtmp/chunk-reader'
import { ChunkWriter, controlMessage, userControlMessage } from '../../shared/rtmp/chunk-writer'
import { CHUNK_STREAM, MESSAGE, USER_CONTROL, type RtmpMessage } from '../../shared/rtmp/messages'
import { RtmpProtocolError } from '../../shared/rtmp/protocol-error'
import { PUBLISH } from '../../shared/thresholds'
import type { Line } from '../line-monitor'
import type { MediaOut } from '../media-sender'
import { AckLedger } from './ack-ledger'
import { connectionError, field, statusError } from './errors'
import { ClientHandshake } from './handshake'

const FLASH_VERSION = 'FMLE/3.0 (compatible; AnchorDesk)'
const READER_LIMITS = { maxMessageBytes: 1024 * 1024, maxChunkStreams: 64 } as const

export interface RtmpSessionOptions {
  readonly target: ParsedPushUrl
  /** Extra trusted certificate (PEM), for tests. Certificates are always verified. */
  readonly ca?: string
  /** For the server to answer in RTMP; the whole way to publishing has PUBLISH.connectTimeoutMs. */
  readonly reachTimeoutMs: number
  readonly now: () => number
  /** The server said NetStream.Publish.Start. */
  onAccepted(): void
  /** Bytes were acknowledged or the socket drained: more may be sent. */
  onProgress(): void
  /** Once, however it ended, except by `stop`. */
  onClosed(error: ErrorInfo): void
}

type Phase = 'connecting' | 'handshake' | 'commands' | 'publishing' | 'stopping' | 'closed'

/** One connection that publishes one stream (RTMP 1.0 with the commands that FMLE, OBS and ffmpeg send). */
export class RtmpSession implements Line, MediaOut {
  readonly acks = new AckLedger()
  readonly #options: RtmpSessionOptions
  readonly #socket: Socket
  readonly #handshake = new ClientHandshake()
  readonly #reader = new ChunkReader(READER_LIMITS)
  readonly #writer = new ChunkWriter()
  readonly #deadline: NodeJS.Timeout
  readonly #reachDeadline: NodeJS.Timeout
  #phase: Phase = 'connecting'
  #transaction = 0
  #streamId = 0
  #receivedBytes = 0
  #receivedAcked = 0
  #peerWindow = 2_500_000
  #stopped: (() => void) | null = null

  constructor(options: RtmpSessionOptions) {
    this.#options = options
    const { host, port, tls } = options.target
    const onConnect = (): void => this.#connected()
    this.#socket = tls
      ? connectTls({ host, port, ...(isAddress(host) ? {} : { servername: host }), ...(options.ca === undefined ? {} : { ca: options.ca }) }, onConnect)
      : connectTcp({ host, port }, onConnect)
    this.#socket.setNoDelay(true)
    this.#socket.on('data', (bytes) => this.#data(bytes))
    this.#socket.on('drain', () => this.#options.onProgress())
    this.#socket.on('error', (error) => this.#fail(connectionError(error, { host, port, phase: this.#phase })))
    this.#socket.on('close', () => this.#fail(new AnchorError('publish.closed', { context: { reason: 'closed by the server' } }).toInfo()))
    const tooLate = (): void => this.#fail(new AnchorError('publish.timeout', { context: { host, port, phase: this.#phase } }).toInfo())
    this.#deadline = setTimeout(tooLate, PUBLISH.connectTimeoutMs)
    this.#reachDeadline = setTimeout(tooLate, options.reachTimeoutMs)
  }

  get sentBytes(): number {
    return this.acks.sentBytes
  }

  get ackedBytes(): number | null {
    return this.acks.ackedBytes
  }

  get queuedBytes(): number {
    return this.#socket.writableLength
  }

  get drainedBytes(): number {
    return this.#socket.bytesWritten - this.#socket.writableLength
  }

  sendMetadata(metadata: Map<string, AmfValue>): void {
    this.#send(CHUNK_STREAM.data, this.#message(MESSAGE.dataAmf0, 0, encodeAmf0('@setDataFrame', 'onMetaData', metadata)))
  }

  sendAudio(timestampMs: number, body: Uint8Array): void {
    this.#send(CHUNK_STREAM.audio, this.#message(MESSAGE.audio, timestampMs, body))
  }

  sendVideo(timestampMs: number, body: Uint8Array): void {
    this.#send(CHUNK_STREAM.video, this.#message(MESSAGE.video, timestampMs, body))
  }

  /** Says goodbye and ends within PUBLISH.stopTimeoutMs, whatever the line does. */
  stop(): Promise<void> {
    if (this.#phase === 'closed') return Promise.resolve()
    const wasPublishing = this.#phase === 'publishing'
    this.#phase = 'stopping'
    clearTimeout(this.#deadline)
    return new Promise((resolve) => {
      const force = setTimeout(() => this.#close(), PUBLISH.stopTimeoutMs)
      this.#stopped = () => {
        clearTimeout(force)
        resolve()
      }
      if (!wasPublishing) {
        this.#close()
        return
      }
      this.#command('FCUnpublish', null, this.#options.target.streamKey)
      this.#command('deleteStream', null, this.#streamId)
      this.#socket.end()
    })
  }

  /** Ends at once without a goodbye: the line is dead. */
  destroy(): void {
    this.#close()
  }

  #connected(): void {
    if (this.#phase !== 'connecting') return
    this.#phase = 'handshake'
    this.#socket.write(this.#handshake.hello())
  }

  #data(bytes: Uint8Array): void {
    if (this.#phase === 'closed') return
    try {
      if (this.#phase === 'handshake') this.#shake(bytes)
      else this.#chunks(bytes)
    } catch (error) {
      if (!(error instanceof RtmpProtocolError)) throw error
      this.#fail(new AnchorError('publish.protocol', { cause: error, context: { reason: error.message } }).toInfo())
    }
  }

  #shake(bytes: Uint8Array): void {
    const { reply, rest } = this.#handshake.push(bytes)
    if (reply !== null) this.#socket.write(reply)
    if (rest === null) return
    clearTimeout(this.#reachDeadline)
    this.#phase = 'commands'
    const { target } = this.#options
    this.#socket.cork()
    this.#send(CHUNK_STREAM.control, controlMessage(MESSAGE.setChunkSize, PUBLISH.outChunkSizeBytes))
    this.#send(CHUNK_STREAM.control, controlMessage(MESSAGE.windowAckSize, PUBLISH.windowAckSizeBytes))
    this.#command('connect', { app: target.app, type: 'nonprivate', flashVer: FLASH_VERSION, tcUrl: target.server })
    this.#socket.uncork()
    this.#chunks(rest)
  }

  #chunks(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.#receivedBytes += bytes.length
    if (this.#receivedBytes - this.#receivedAcked >= this.#peerWindow / 2) {
      this.#receivedAcked = this.#receivedBytes
      this.#send(CHUNK_STREAM.control, controlMessage(MESSAGE.acknowledgement, this.#receivedBytes >>> 0))
    }
    this.#reader.push(bytes, (message) => this.#receive(message))
  }

  #receive(message: RtmpMessage): void {
    if (this.#phase === 'closed') return
    const { payload } = message
    switch (message.type) {
      case MESSAGE.acknowledgement:
        this.acks.acknowledged(u32At(payload, 0), this.#options.now())
        this.#options.onProgress()
        break
      case MESSAGE.windowAckSize:
        this.#peerWindow = Math.max(1_024, u32At(payload, 0))
        break
      case MESSAGE.userControl:
        if (u16At(payload, 0) === USER_CONTROL.pingRequest) this.#send(CHUNK_STREAM.control, userControlMessage(USER_CONTROL.pingResponse, u32At(payload, 2)))
        break
      case MESSAGE.commandAmf0:
        this.#answer(decodeAmf0(payload))
        break
      case MESSAGE.commandAmf3:
        // AMF3 commands begin with a byte 0 and go on in AMF0.
        this.#answer(decodeAmf0(payload.subarray(1)))
        break
    }
  }

  #answer(values: readonly AmfValue[]): void {
    const [name, transaction] = values
    if (name === '_result' && transaction === 1) {
      this.#socket.cork()
      this.#command('releaseStream', null, this.#options.target.streamKey)
      this.#command('FCPublish', null, this.#options.target.streamKey)
      this.#command('createStream', null)
      this.#socket.uncork()
    } else if (name === '_result' && typeof values[3] === 'number' && this.#streamId === 0 && transaction === 4) {
      this.#streamId = values[3]
      this.#command('publish', null, this.#options.target.streamKey, 'live')
    } else if (name === '_error') {
      // releaseStream and FCPublish are courtesies: servers that do not know them answer with an error.
      if (transaction === 1 || transaction === 4 || transaction === 5) this.#fail(statusError(values[3], false))
    } else if (name === 'onStatus') this.#status(values[3])
    else if (name === 'close') this.#fail(new AnchorError('publish.closed', { context: { reason: 'closed by the server' } }).toInfo())
  }

  #status(info: AmfValue): void {
    const code = field(info, 'code')
    if (code === 'NetStream.Publish.Start') {
      if (this.#phase !== 'commands') return
      clearTimeout(this.#deadline)
      this.#phase = 'publishing'
      this.#options.onAccepted()
    } else if (field(info, 'level') === 'error' || code === 'NetStream.Unpublish.Success' || code === 'NetConnection.Connect.Closed') {
      if (this.#phase !== 'stopping') this.#fail(statusError(info, this.#phase === 'publishing'))
    }
  }

  #command(name: string, ...values: readonly AmfValue[]): void {
    this.#transaction += 1
    const streamId = name === 'publish' || name === 'deleteStream' ? this.#streamId : 0
    this.#send(CHUNK_STREAM.command, { type: MESSAGE.commandAmf0, streamId, timestamp: 0, payload: encodeAmf0(name, this.#transaction, ...values) })
  }

  #message(type: number, timestampMs: number, payload: Uint8Array): RtmpMessage {
    return { type, streamId: this.#streamId, timestamp: timestampMs >>> 0, payload }
  }

  /** One write per message: with Nagle off each would be a packet of its own otherwise. */
  #send(chunkStreamId: number, message: RtmpMessage): void {
    const bytes = this.#writer.write(chunkStreamId, message)
    this.#socket.write(bytes)
    this.acks.sent(bytes.length, this.#options.now())
  }

  #fail(error: ErrorInfo): void {
    if (this.#phase === 'closed') return
    const stopping = this.#phase === 'stopping'
    this.#close()
    if (!stopping) this.#options.onClosed(error)
  }

  #close(): void {
    if (this.#phase === 'closed') return
    this.#phase = 'closed'
    clearTimeout(this.#deadline)
    clearTimeout(this.#reachDeadline)
    this.#socket.destroy()
    this.#stopped?.()
    this.#stopped = null
  }
}

function isAddress(host: string): boolean {
  return host.includes(':') || /^[\d.]+$/.test(host)
}

import { connect, type Socket } from 'node:net'
import { ClientHandshake } from '../../electron/publisher/rtmp/handshake'
import { decodeAmf0, encodeAmf0, type AmfValue } from '../../electron/shared/rtmp/amf0'
import { ChunkReader } from '../../electron/shared/rtmp/chunk-reader'
import { ChunkWriter } from '../../electron/shared/rtmp/chunk-writer'
import { CHUNK_STREAM, MESSAGE, type RtmpMessage } from '../../electron/shared/rtmp/messages'
import { until } from './until'

/** A stranger who speaks RTMP and may say anything at any time. */
export class RtmpClient {
  readonly socket: Socket
  readonly #writer = new ChunkWriter()
  readonly #reader = new ChunkReader({ maxMessageBytes: 1024 * 1024, maxChunkStreams: 64 })
  #transaction = 0
  /** What is said before the handshake is over waits for it; null from then on. */
  #early: Uint8Array[] | null = []
  received: RtmpMessage[] = []

  private constructor(socket: Socket, handshake: ClientHandshake) {
    this.socket = socket
    const take = (message: RtmpMessage): number => this.received.push(message)
    socket.on('error', () => socket.destroy())
    socket.on('data', (bytes) => {
      if (this.#early === null) {
        this.#reader.push(bytes, take)
        return
      }
      const { reply, rest } = handshake.push(bytes)
      if (reply !== null) socket.write(reply)
      if (rest === null) return
      const early = this.#early
      this.#early = null
      for (const part of early) this.raw(part)
      this.#reader.push(rest, take)
    })
  }

  static async open(port: number, host = '127.0.0.1'): Promise<RtmpClient> {
    const socket = connect(port, host)
    const handshake = new ClientHandshake()
    const client = new RtmpClient(socket, handshake)
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    socket.write(handshake.hello())
    return client
  }

  get closed(): boolean {
    return this.socket.destroyed
  }

  command(name: string, ...values: readonly AmfValue[]): void {
    this.#transaction += 1
    this.send(CHUNK_STREAM.command, { type: MESSAGE.commandAmf0, streamId: 0, timestamp: 0, payload: encodeAmf0(name, this.#transaction, ...values) })
  }

  send(chunkStreamId: number, message: RtmpMessage): void {
    this.raw(this.#writer.write(chunkStreamId, message))
  }

  media(type: number, timestamp: number, payload: Uint8Array): void {
    this.send(type === MESSAGE.video ? CHUNK_STREAM.video : CHUNK_STREAM.audio, { type, streamId: 1, timestamp, payload })
  }

  raw(bytes: Uint8Array): void {
    if (this.#early !== null) this.#early.push(bytes)
    else if (!this.closed) this.socket.write(bytes)
  }

  /** Until the server has said this status. */
  async status(code: string): Promise<void> {
    await until(() => (this.#codes().includes(code) ? true : null), 20_000, code)
  }

  /** Connects and takes a role. */
  async take(role: 'publish' | 'play', name: string): Promise<void> {
    this.command('connect', { app: 'live' })
    this.command('createStream', null)
    this.command(role, null, name)
    await this.status(role === 'publish' ? 'NetStream.Publish.Start' : 'NetStream.Play.Start')
  }

  async gone(deadlineMs = 15_000): Promise<void> {
    await until(() => (this.closed ? true : null), deadlineMs, 'the connection to end')
  }

  #codes(): string[] {
    return this.received
      .filter((message) => message.type === MESSAGE.commandAmf0)
      .map((message) => decodeAmf0(message.payload)[3])
      .map((info) => (info !== null && typeof info === 'object' && 'code' in info && typeof info.code === 'string' ? info.code : ''))
  }
}

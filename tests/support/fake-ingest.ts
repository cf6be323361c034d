import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { IngestHandshake } from '../../electron/room-server/media/ingest-handshake'
import { IngestWriter, statusInfo, STREAM_ID } from '../../electron/room-server/media/ingest-writer'
import { decodeAmf0, type AmfValue } from '../../electron/shared/rtmp/amf0'
import { ChunkReader } from '../../electron/shared/rtmp/chunk-reader'
import { MESSAGE, type RtmpMessage } from '../../electron/shared/rtmp/messages'

export interface FakeIngestOptions {
  /** Acknowledges each so many bytes, whatever was asked for; null = never. */
  readonly ackEveryBytes: number | null
  readonly host?: string
  /** 0 = any free. */
  readonly port?: number
  /** The server has said Publish.Start. */
  onPublish?(connection: FakeConnection): void
}

export interface FakeConnection {
  readonly socket: Socket
  readonly out: IngestWriter
  /** Stream name with its query, as it came. */
  streamKey: string
  receivedBytes: number
  video: RtmpMessage[]
  audioMessages: number
  metadata: AmfValue[]
}

/** A server of an ingest's habits: how often it acknowledges and what it does after Publish.Start are chosen. */
export class FakeIngest {
  readonly connections: FakeConnection[] = []
  readonly #options: FakeIngestOptions
  readonly #server: Server
  port = 0

  constructor(options: FakeIngestOptions) {
    this.#options = options
    this.#server = createServer((socket) => this.#serve(socket))
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(this.#options.port ?? 0, this.#options.host ?? '127.0.0.1', resolve))
    this.port = (this.#server.address() as AddressInfo).port
    return this.port
  }

  url(streamKey: string): string {
    const host = this.#options.host ?? '127.0.0.1'
    return `rtmp://${host.includes(':') ? `[${host}]` : host}:${this.port}/live/${streamKey}`
  }

  async close(): Promise<void> {
    for (const { socket } of this.connections) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #serve(socket: Socket): void {
    const handshake = new IngestHandshake()
    const reader = new ChunkReader({ maxMessageBytes: 8 * 1024 * 1024, maxChunkStreams: 64 })
    const connection: FakeConnection = { socket, out: new IngestWriter(socket), streamKey: '', receivedBytes: 0, video: [], audioMessages: 0, metadata: [] }
    this.connections.push(connection)
    let shaken = false
    let acked = 0
    socket.on('error', () => socket.destroy())
    socket.on('data', (bytes) => {
      let rest: Uint8Array = bytes
      if (!shaken) {
        const step = handshake.push(bytes)
        if (step.reply !== null) socket.write(step.reply)
        if (step.rest === null) return
        shaken = true
        rest = step.rest
      }
      connection.receivedBytes += rest.length
      reader.push(rest, (message) => this.#receive(connection, message))
      const every = this.#options.ackEveryBytes
      if (every === null || connection.receivedBytes - acked < every) return
      acked = connection.receivedBytes
      connection.out.control(MESSAGE.acknowledgement, acked >>> 0)
    })
  }

  #receive(connection: FakeConnection, message: RtmpMessage): void {
    if (message.type === MESSAGE.video) connection.video.push(message)
    else if (message.type === MESSAGE.audio) connection.audioMessages += 1
    else if (message.type === MESSAGE.dataAmf0) connection.metadata.push(decodeAmf0(message.payload)[2])
    if (message.type !== MESSAGE.commandAmf0) return
    const [name, transaction, , streamKey] = decodeAmf0(message.payload)
    const id = typeof transaction === 'number' ? transaction : 0
    if (name === 'connect') connection.out.reply('_result', id, {}, statusInfo('status', 'NetConnection.Connect.Success', ''))
    else if (name === 'createStream') connection.out.reply('_result', id, null, STREAM_ID)
    else if (name === 'publish') {
      connection.streamKey = typeof streamKey === 'string' ? streamKey : ''
      connection.out.status('status', 'NetStream.Publish.Start', '')
      this.#options.onPublish?.(connection)
    }
  }
}

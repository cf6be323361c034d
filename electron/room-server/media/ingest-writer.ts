import type { Socket } from 'node:net'
import { encodeAmf0, type AmfValue } from '../../shared/rtmp/amf0'
import { ChunkWriter, controlMessage, userControlMessage } from '../../shared/rtmp/chunk-writer'
import { CHUNK_STREAM, MESSAGE, type RtmpMessage } from '../../shared/rtmp/messages'

/** The one stream a connection has. */
export const STREAM_ID = 1

/** What the ingest says to one connection. */
export class IngestWriter {
  readonly #socket: Socket
  readonly #writer = new ChunkWriter()

  constructor(socket: Socket) {
    this.#socket = socket
  }

  control(type: number, value: number, extra?: number): void {
    this.#send(CHUNK_STREAM.control, controlMessage(type, value, extra))
  }

  userControl(event: number, value: number): void {
    this.#send(CHUNK_STREAM.control, userControlMessage(event, value))
  }

  /** The answer to a command. */
  reply(name: string, transaction: number, ...values: readonly AmfValue[]): void {
    this.#send(CHUNK_STREAM.command, { type: MESSAGE.commandAmf0, streamId: 0, timestamp: 0, payload: encodeAmf0(name, transaction, ...values) })
  }

  status(level: string, code: string, description: string): void {
    const payload = encodeAmf0('onStatus', 0, null, statusInfo(level, code, description))
    this.#send(CHUNK_STREAM.command, { type: MESSAGE.commandAmf0, streamId: STREAM_ID, timestamp: 0, payload })
  }

  media(type: number, timestamp: number, payload: Uint8Array): void {
    const chunkStream = type === MESSAGE.video ? CHUNK_STREAM.video : type === MESSAGE.audio ? CHUNK_STREAM.audio : CHUNK_STREAM.data
    this.#send(chunkStream, { type, streamId: STREAM_ID, timestamp, payload })
  }

  #send(chunkStreamId: number, message: RtmpMessage): void {
    if (!this.#socket.destroyed) this.#socket.write(this.#writer.write(chunkStreamId, message))
  }
}

export function statusInfo(level: string, code: string, description: string): Record<string, AmfValue> {
  return { level, code, description }
}

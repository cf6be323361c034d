import { ByteWriter } from './bytes'
import { MESSAGE, type RtmpMessage } from './messages'

/**
 * Cuts messages into chunks (RTMP 1.0 §5.3). Each message begins with a full header: a few bytes more than deltas, and
 * nothing to get out of step. After writing SetChunkSize it cuts by the new size itself.
 */
export class ChunkWriter {
  #chunkSize = 128

  /** @param chunkStreamId 2 … 63 */
  write(chunkStreamId: number, message: RtmpMessage): Uint8Array {
    const { payload } = message
    const timestamp = message.timestamp >>> 0
    const extended = timestamp >= 0xffffff
    const out = new ByteWriter()
    out
      .u8(chunkStreamId)
      .u24(extended ? 0xffffff : timestamp)
      .u24(payload.length)
      .u8(message.type)
      .u32le(message.streamId)
    if (extended) out.u32(timestamp)
    for (let at = 0; ;) {
      const end = Math.min(at + this.#chunkSize, payload.length)
      out.bytes(payload.subarray(at, end))
      at = end
      if (at >= payload.length) break
      out.u8(0xc0 | chunkStreamId)
      // The extended time stands again in each following chunk: ffmpeg, nginx-rtmp and librtmp expect it so.
      if (extended) out.u32(timestamp)
    }
    if (message.type === MESSAGE.setChunkSize) {
      this.#chunkSize = ((payload[0] ?? 0) * 0x1000000 + ((payload[1] ?? 0) << 16) + ((payload[2] ?? 0) << 8) + (payload[3] ?? 0)) & 0x7fffffff
    }
    return out.take()
  }
}

/** A control message with one unsigned 32-bit number (SetChunkSize, Acknowledgement, WindowAckSize). */
export function controlMessage(type: number, value: number, extra?: number): RtmpMessage {
  const out = new ByteWriter().u32(value >>> 0)
  if (extra !== undefined) out.u8(extra)
  return { type, streamId: 0, timestamp: 0, payload: out.take() }
}

/** A user control message: event and one number (stream id or ping time). */
export function userControlMessage(event: number, value: number): RtmpMessage {
  return {
    type: MESSAGE.userControl,
    streamId: 0,
    timestamp: 0,
    payload: new ByteWriter()
      .u16(event)
      .u32(value >>> 0)
      .take(),
  }
}

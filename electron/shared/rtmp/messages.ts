/** RTMP message types (RTMP 1.0 §5.4, §6, §7.1). */
export const MESSAGE = {
  setChunkSize: 1,
  abort: 2,
  acknowledgement: 3,
  userControl: 4,
  windowAckSize: 5,
  setPeerBandwidth: 6,
  audio: 8,
  video: 9,
  dataAmf3: 15,
  commandAmf3: 17,
  dataAmf0: 18,
  commandAmf0: 20,
} as const

/** User control events (§7.1.7). */
export const USER_CONTROL = { streamBegin: 0, streamEof: 1, setBufferLength: 3, streamIsRecorded: 4, pingRequest: 6, pingResponse: 7 } as const

/** A whole message. `timestamp`: milliseconds, unsigned 32 bit. */
export interface RtmpMessage {
  readonly type: number
  readonly streamId: number
  readonly timestamp: number
  readonly payload: Uint8Array
}

/** Chunk stream ids we write on; any from 2 on would do. */
export const CHUNK_STREAM = { control: 2, command: 3, audio: 4, data: 5, video: 6 } as const

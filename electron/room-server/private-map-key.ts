import { signUserSig, type UserSigRequest } from './usersig'

/**
 * TRTC's room permission ("advanced permission control"): a UserSig whose userbuf names one room, until when, and what may be done there. It has effect
 * only where the feature is on in TRTC's console.
 */

/** What a permission may allow, as bits (TLSSigAPIv2). */
export const PRIVILEGE = {
  createRoom: 1,
  joinRoom: 2,
  sendAudio: 4,
  receiveAudio: 8,
  sendVideo: 16,
  receiveVideo: 32,
  sendSubStream: 64,
  receiveSubStream: 128,
} as const

/** All of it, the screen (sub-stream) too. */
export const ANCHOR_PRIVILEGES = 255
/** Camera and microphone, and everything seen and heard, the anchor's screen too, in a room that the anchor has made. */
export const CO_ANCHOR_PRIVILEGES =
  PRIVILEGE.joinRoom | PRIVILEGE.sendAudio | PRIVILEGE.receiveAudio | PRIVILEGE.sendVideo | PRIVILEGE.receiveVideo | PRIVILEGE.receiveSubStream

/** A TRTC room: those with a number, and those with a name (strRoomId). */
export type TrtcRoom = number | string

export interface PrivateMapKeyRequest extends Omit<UserSigRequest, 'userBuf'> {
  readonly room: TrtcRoom
  /** Sum of `PRIVILEGE` bits, 0 to 255. */
  readonly privileges: number
}

export function signPrivateMapKey({ room, privileges, ...request }: PrivateMapKeyRequest): string {
  return signUserSig({ ...request, userBuf: permission({ ...request, room, privileges }) })
}

/** The permission as Tencent lays it out: big-endian, lengths before texts. */
export function permission({ sdkAppId, userId, nowSec, expireSec, room, privileges }: PrivateMapKeyRequest): Buffer {
  const isNamed = typeof room === 'string'
  return Buffer.concat([
    Buffer.from([isNamed ? 1 : 0]),
    text(userId),
    numbers(sdkAppId, isNamed ? 0 : room, nowSec + expireSec, privileges, 0),
    ...(isNamed ? [text(room)] : []),
  ])
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  const length = Buffer.alloc(2)
  length.writeUInt16BE(bytes.length)
  return Buffer.concat([length, bytes])
}

function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4)
  return bytes
}

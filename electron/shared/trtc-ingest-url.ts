/** RTMP into a TRTC room: what an encoder without the SDK pushes to. It needs a paid package, and H.264 without B-frames. */
export interface TrtcIngest {
  /** As OBS's "Server". */
  readonly server: string
  /** As OBS's "Stream key": the room with the user's UserSig, a secret. */
  readonly streamKey: string
}

export interface TrtcIngestUser {
  readonly sdkAppId: number
  /** At most 32 bytes. Whoever pushes is this user of the room: not one who is in it already. */
  readonly userId: string
  /** Ends like any: a stream that is connected goes on, a new connection needs one that holds. */
  readonly userSig: string
  /** A string room id, at most 64 characters. */
  readonly roomId: string
}

/** Apps of the mainland's site have numbers from here on; those of the international site are below. */
const FIRST_MAINLAND_APP = 1_400_000_000
const MAX_ROOM_CHARS = 64

/** @returns null: a room id that this ingest does not take */
export function trtcIngest({ sdkAppId, userId, userSig, roomId }: TrtcIngestUser): TrtcIngest | null {
  if (!/^[\w-]+$/.test(roomId) || roomId.length > MAX_ROOM_CHARS) return null
  const host = sdkAppId < FIRST_MAINLAND_APP ? 'intl-rtmp.rtc.qq.com' : 'rtmp.rtc.qq.com'
  return {
    server: `rtmp://${host}/push/`,
    streamKey: `${roomId}?sdkappid=${sdkAppId}&userid=${encodeURIComponent(userId)}&usersig=${encodeURIComponent(userSig)}`,
  }
}

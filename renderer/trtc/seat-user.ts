import type { SeatTableView } from '../../electron/shared/seats'

type Entry = SeatTableView['entries'][number]

/** What the SDK calls somebody who has a place. */
export interface SdkUser {
  readonly userId: string
  /** null = of this room. */
  readonly roomId: string | null
}

/** The anchor of a connected room has a place under one name, and comes from the other TRTC room under another; everybody else has one name. */
export function sdkUserOf({ userId, trtc }: Entry): SdkUser {
  return trtc === undefined ? { userId, roomId: null } : { userId: trtc.userId, roomId: trtc.roomId }
}

/** Whose place it is that the SDK's user has: the other way round. Who has none goes by the SDK's name. */
export function seatUserOf(table: SeatTableView | null, sdkUserId: string): string {
  return table?.entries.find((entry) => sdkUserOf(entry).userId === sdkUserId)?.userId ?? sdkUserId
}

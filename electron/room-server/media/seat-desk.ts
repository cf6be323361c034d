import type { LINE_ENDS } from '../../shared/co-anchor-line'
import type { SeatEntry, SeatTableView } from '../../shared/seats'

export type LineEnd = (typeof LINE_ENDS)[number]

/** Somebody with a token that is good in the room. */
export interface LineCaller {
  readonly userId: string
  /** The anchor: no other may be the stage. */
  readonly mayBeStage: boolean
  /** Came by a co-anchor's link, which is a way into the greenroom. */
  readonly byLink: boolean
  /** The session was ended since, or its link taken back. Not: the token is too old, as one that was renewed is. */
  isOver(): boolean
}

/** The seats as the lines need them; whose they are is the business's to say. */
export interface SeatDesk {
  caller(roomId: string, token: string): LineCaller | LineEnd
  /** Rooms in which somebody has a place. */
  rooms(): readonly string[]
  /** As they are in this moment, on disk. */
  entries(roomId: string): readonly SeatEntry[]
  /** Of somebody with a place: the user in a show's TRTC room, where the anchor of a connected room has another name. */
  trtcUserId(roomId: string, userId: string): string
  /** With names. */
  view(roomId: string): Promise<SeatTableView>
  /** Into the greenroom, by a co-anchor's link. @returns why not; null = in */
  admitByLink(roomId: string, userId: string): Promise<LineEnd | null>
  /** Takes the place away, if there still is one. */
  remove(roomId: string, userId: string): Promise<void>
  /** Runs with each change of a room's seats, after it is on disk. @returns ends it */
  onChange(listener: (roomId: string) => void): () => void
  /** Runs when somebody's session is over before its time. @returns ends it */
  onOver(listener: () => void): () => void
}

import { readRoomMessage, type RoomMessage } from '../../../../electron/shared/room-message'
import type { WireItem } from '../../im/support/wire-client'

const CHAT = 3

/** What the backend told the room by this item; null = it is something else: a tip, or somebody's words. */
export function toldBy(item: WireItem): RoomMessage | null {
  // Tips have a body of another form.
  const [element] = (item.Event === CHAT ? item.MsgBody : []) as readonly { readonly MsgContent?: { readonly Data?: string } }[]
  return readRoomMessage(element?.MsgContent?.Data ?? '')
}

import { PROGRAM_ROOM } from '../../../electron/shared/room-server'
import { LiveRoom } from '../../room/live-room'
import { HttpRoomApi } from '../../room/room-api-client'
import { GuestSession } from '../../room/session'

/**
 * The room that the address names: `/watch/?room=…#invite=…`. The invitation is taken out of the address bar, so that a copied link does
 * not give it away. Called once for each page.
 */
export function openLiveRoom(guestName: (number: string) => string): LiveRoom {
  const roomId = roomOfAddress()
  const invite = new URLSearchParams(location.hash.slice(1)).get('invite')
  if (invite !== null) history.replaceState(null, '', `${location.pathname}${location.search}`)
  const key = `anchordesk.visit.${roomId}`
  const api = new HttpRoomApi('', roomId)
  const session = new GuestSession({
    api,
    keeper: { read: () => sessionStorage.getItem(key), write: (text) => sessionStorage.setItem(key, text) },
    invite,
    guestName: () => guestName(String(Math.floor(1_000 + Math.random() * 9_000))),
  })
  return new LiveRoom({ roomId, api, session })
}

/** Who was let in goes on there in this tab, and is the same person by what the tab keeps. */
export function coAnchorPage(): string {
  return `../guest/?room=${encodeURIComponent(roomOfAddress())}`
}

function roomOfAddress(): string {
  return new URLSearchParams(location.search).get('room') ?? PROGRAM_ROOM
}

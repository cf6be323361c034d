import { LiveRoom } from '../../room/live-room'
import { HttpRoomApi } from '../../room/room-api-client'

/** The room of the machine's one program stream (electron/room-server). */
const PROGRAM_ROOM = 'program'

/**
 * The room that the address names: `/watch/?room=…#invite=…`. The invitation is taken out of the address bar, so that a copied link does
 * not give it away. Called once for each page.
 */
export function openLiveRoom(guestName: (number: string) => string): LiveRoom {
  const roomId = new URLSearchParams(location.search).get('room') ?? PROGRAM_ROOM
  const invite = new URLSearchParams(location.hash.slice(1)).get('invite')
  if (invite !== null) history.replaceState(null, '', `${location.pathname}${location.search}`)
  const key = `anchordesk.visit.${roomId}`
  return new LiveRoom({
    roomId,
    api: new HttpRoomApi('', roomId),
    keeper: { read: () => sessionStorage.getItem(key), write: (text) => sessionStorage.setItem(key, text) },
    invite,
    guestName: () => guestName(String(Math.floor(1_000 + Math.random() * 9_000))),
  })
}

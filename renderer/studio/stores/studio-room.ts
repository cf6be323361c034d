import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { RoomMessage } from '../../../electron/shared/room-message'
import type { RoomPlace } from '../../../electron/shared/cloud'
import { CrewApi } from '../../room/crew-api'
import { LiveRoom } from '../../room/live-room'
import { HttpRoomApi } from '../../room/room-api-client'
import { useVisit } from '../../room/visit-store'
import { AnchorSession } from '../room/anchor-session'
import { useDesk } from './desk'

/**
 * The anchor's place in the room, of this machine or of a team's server: one line of chat, and the crew's API. It follows the room server's address and the
 * anchor's sign-in: when either is another, it is entered anew. Opened and closed with the window.
 */
export const useStudioRoom = defineStore('studio-room', () => {
  const desk = useDesk()
  const visit = useVisit()
  const live = shallowRef<LiveRoom | null>(null)
  const crew = shallowRef<CrewApi | null>(null)
  const base = ref('')
  /** In the room, and IM says so too. */
  const connected = computed(() => visit.phase === 'inside' && visit.chat === 'ready')

  const listeners = new Set<(message: RoomMessage) => void>()

  /** Hears what the room is told from now on, whichever address it is at. @returns what ends it */
  function listen(listener: (message: RoomMessage) => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  /** @param place null: its room server is not up @param visit as `Snapshot.roomVisit` */
  async function follow(place: Pick<RoomPlace, 'http' | 'roomId'> | null, visit: number): Promise<void> {
    if (place === null) return
    const { http, roomId } = place
    const key = `${http} ${roomId} ${visit}`
    if (key === base.value) return
    base.value = key
    const before = live.value
    live.value = null
    await before?.close()
    if (base.value !== key) return
    const session = new AnchorSession({ ask: () => desk.ask('room.session'), rename: (name) => desk.ask('room.setAnchorName', { name }) })
    const onMessage = (message: RoomMessage): void => listeners.forEach((listener) => listener(message))
    const room = new LiveRoom({ roomId, api: new HttpRoomApi(http, roomId), session, onMessage, heartbeat: true })
    crew.value = new CrewApi({ base: http, roomId, token: () => session.token })
    live.value = room
    await room.connect()
    await room.enter()
  }

  async function close(): Promise<void> {
    base.value = ''
    crew.value = null
    const before = live.value
    live.value = null
    await before?.close()
  }

  return { live, crew, connected, listen, follow, close }
})

import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { Invite } from '../../../../electron/shared/crew-api'
import { RoomApiError } from '../../../room/api-request'
import type { CrewApi } from '../../../room/crew-api'
import { useDesk } from '../../stores/desk'
import { useStudioRoom } from '../../stores/studio-room'
import { troubleOf, type SeatTrouble } from './co-anchors-store'

interface Made {
  readonly invite: Invite
  /** Of the room of a rehearsal: nothing in the real one. */
  readonly rehearsed: boolean
}

/** Links for co-anchors that were made since this window opened: they are secrets, and kept nowhere else. */
export const useInviteLinks = defineStore('co-anchor-links', () => {
  const desk = useDesk()
  const studioRoom = useStudioRoom()
  const made = shallowRef<readonly Made[]>([])
  const busy = ref(false)
  const trouble = shallowRef<SeatTrouble | null>(null)
  const links = computed(() => made.value.filter(({ rehearsed }) => rehearsed === desk.rehearsing).map(({ invite }) => invite))
  const addresses = computed(() => desk.snapshot?.roomServer.addresses ?? null)
  /** At a team's server links are of that, by HTTPS with a certificate that browsers know. */
  const away = computed(() => {
    const place = desk.snapshot?.roomPlace ?? null
    return place === null || place.local ? null : place
  })
  /** Where a browser that opens a link gets to: on other machines only HTTPS gives it a camera. */
  const reach = computed(() => {
    if (away.value !== null) return 'secure'
    if (addresses.value?.shared == null) return 'here'
    return addresses.value.secureGuest === null ? 'plain' : 'secure'
  })
  const origin = computed(() => {
    if (away.value !== null) return away.value.http
    if (addresses.value === null) return null
    return new URL(addresses.value.secureGuest ?? addresses.value.shared ?? addresses.value.http).origin
  })

  /** @param seconds it can be used */
  function make(seconds: number): Promise<boolean> {
    return attempt(async (crew) => {
      const invite = await crew.makeInvite('coanchor', seconds)
      made.value = [{ invite, rehearsed: desk.rehearsing }, ...made.value]
    })
  }

  function end(inviteId: string): Promise<boolean> {
    return attempt(async (crew) => {
      await crew.endInvite(inviteId)
      made.value = made.value.filter(({ invite }) => invite.inviteId !== inviteId)
    })
  }

  async function attempt(work: (crew: CrewApi) => Promise<void>): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    trouble.value = null
    try {
      if (studioRoom.crew === null) throw new RoomApiError('unreachable')
      await work(studioRoom.crew)
      return true
    } catch (error) {
      trouble.value = troubleOf(error)
      return false
    } finally {
      busy.value = false
    }
  }

  /** Where that is HTTPS, it also says where the app, which needs none, gets to. */
  function addressOf({ path }: Invite): string {
    const known = away.value === null ? addresses.value : null
    const http = known?.secureGuest == null ? '' : `&http=${new URL(known.http).port}`
    return `${origin.value ?? ''}${path.replace('#', `${http}#`)}`
  }

  return { links, origin, reach, busy, trouble, make, end, addressOf }
})

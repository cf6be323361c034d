import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { CoAnchorRefusal } from '../../../../electron/shared/asking'
import type { PersonCard } from '../../../../electron/shared/crew-api'
import { RoomApiError } from '../../../room/api-request'
import { useAsking, type Application, type Invitation } from '../../../room/asking-store'
import type { LiveRoom } from '../../../room/live-room'
import { useStudioRoom } from '../../stores/studio-room'
import { useModeration } from '../moderation/moderation-store'
import { personTarget } from '../moderation/target'
import { useCoAnchors } from './co-anchors-store'

/**
 * Answers to those who ask for the mic, and questions to those who are asked. A place in the greenroom is given by the backend, and first: whoever is
 * told yes has one.
 */
export const useMicRequests = defineStore('mic-requests', () => {
  const asking = useAsking()
  const coAnchors = useCoAnchors()
  const moderation = useModeration()
  const studioRoom = useStudioRoom()
  /** Invite ids of those that are being answered. */
  const answering = shallowRef<ReadonlySet<string>>(new Set())
  /** User ids of those who are being asked: the question is on its way. */
  const inviting = shallowRef<ReadonlySet<string>>(new Set())
  /** Invitations that said yes and were let in, or could not be. */
  const welcomed = new Set<string>()

  /** Of the applicants, from the backend: who has said nothing yet is not known to the chat. */
  const people = shallowRef<ReadonlyMap<string, PersonCard>>(new Map())

  const applications = computed(() => asking.applications.map((one) => ({ ...one, ...factsOf(people.value.get(one.userId)) })))
  const invitations = computed(() => asking.invitations)
  const stands = (inviteId: string): boolean => asking.applications.some((one) => one.inviteId === inviteId)

  /** Finds out who they are that ask. */
  async function learn(): Promise<void> {
    for (const { userId } of asking.applications) {
      const { crew } = studioRoom
      if (crew === null || people.value.has(userId)) continue
      try {
        people.value = new Map([...people.value, [userId, await crew.person(userId)]])
      } catch (error) {
        // What the chat knows does, until the next one asks.
        if (!(error instanceof RoomApiError)) throw error
      }
    }
  }

  async function once(inviteId: string, work: () => Promise<void>): Promise<void> {
    if (answering.value.has(inviteId)) return
    answering.value = new Set([...answering.value, inviteId])
    try {
      await work()
    } finally {
      answering.value = new Set([...answering.value].filter((one) => one !== inviteId))
    }
  }

  /** A place first, then yes; where there is none, no with the reason. */
  function admit(application: Application): Promise<void> {
    const { inviteId, userId, nick } = application
    return once(inviteId, async () => {
      if (!stands(inviteId)) return coAnchors.tell(nick, { kind: 'withdrawn' })
      const wasIn = coAnchors.entryOf(userId) !== null
      const code = await coAnchors.admit(userId, nick)
      if (code === '') {
        if (stands(inviteId)) return passOn(nick, (live) => live.acceptApplication(inviteId))
        // Withdrawn in the meantime: whoever does not want it any more keeps no place.
        if (!wasIn) await coAnchors.remove(userId, nick)
        coAnchors.tell(nick, { kind: 'withdrawn' })
      } else if (code === 'seat.full') await refuse(application, 'full')
      else if (code === 'seat.blocked') await refuse(application, 'blocked')
    })
  }

  function decline(application: Application): Promise<void> {
    return once(application.inviteId, () => refuse(application, 'declined'))
  }

  /** Out of the room for good, and told so. */
  function block(application: Application): Promise<void> {
    const { inviteId, userId, nick } = application
    return once(inviteId, async () => {
      if ((await moderation.act('block', personTarget(userId, nick))) === null) await refuse(application, 'blocked')
    })
  }

  async function refuse({ inviteId, nick }: Application, reason: CoAnchorRefusal): Promise<void> {
    if (stands(inviteId)) await passOn(nick, (live) => live.declineApplication(inviteId, reason))
  }

  async function invite(userId: string, nick: string): Promise<void> {
    if (inviting.value.has(userId)) return
    inviting.value = new Set([...inviting.value, userId])
    try {
      await passOn(nick, (live) => live.inviteToMic(userId, nick), 'not-asked')
    } finally {
      inviting.value = new Set([...inviting.value].filter((one) => one !== userId))
    }
  }

  function cancel({ inviteId, nick }: Invitation): Promise<void> {
    return passOn(nick, (live) => live.cancelInvitation(inviteId))
  }

  /** Lets in those who said yes to being asked, each once. */
  async function welcome(): Promise<void> {
    for (const { inviteId, userId, nick, state } of asking.invitations) {
      if (state !== 'accepted' || welcomed.has(inviteId)) continue
      welcomed.add(inviteId)
      await coAnchors.admit(userId, nick)
    }
  }

  async function passOn(nick: string, say: (live: LiveRoom) => Promise<boolean>, failed: 'not-told' | 'not-asked' = 'not-told'): Promise<void> {
    const { live } = studioRoom
    if (live === null) return coAnchors.tell(nick, { kind: 'offline' })
    if (!(await say(live))) coAnchors.tell(nick, { kind: failed })
  }

  return { applications, invitations, people, answering, inviting, admit, decline, block, invite, cancel, welcome, learn }
})

function factsOf(card: PersonCard | undefined): Pick<Application, 'nick' | 'level'> | null {
  return card === undefined ? null : { nick: card.nick, level: card.level }
}

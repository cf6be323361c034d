import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { CoAnchorRefusal } from '../../electron/shared/asking'

/** Somebody who asks for the mic. Name and level are '' and 0 while nothing is known of them. */
export interface Application {
  readonly inviteId: string
  readonly userId: string
  readonly nick: string
  readonly level: number
  /** UNIX milliseconds. */
  readonly askedAtMs: number
  readonly endsAtMs: number
}

/** Somebody whom the crew has asked. Those that are over stay, for what came of them, until the same person is asked again. */
export interface Invitation {
  readonly inviteId: string
  readonly userId: string
  readonly nick: string
  readonly state: 'waiting' | 'accepted' | 'declined' | 'timed-out' | 'cancelled'
  /** UNIX milliseconds. */
  readonly endsAtMs: number
}

export interface OwnApplication {
  readonly state: 'none' | 'asking' | 'accepted' | 'declined' | 'timed-out' | 'failed'
  /** With `declined`. */
  readonly reason: CoAnchorRefusal | ''
  /** UNIX milliseconds; 0 = one does not ask. */
  readonly endsAtMs: number
}

export const NOT_ASKING: OwnApplication = { state: 'none', reason: '', endsAtMs: 0 }

/** Who asks for the mic, and who is asked: questions that stand for half a minute, and nobody's right to anything. */
export const useAsking = defineStore('room-asking', () => {
  /** To the crew: the open ones, oldest first. */
  const applications = shallowRef<readonly Application[]>([])
  /** Of the crew. */
  const invitations = shallowRef<readonly Invitation[]>([])
  /** Of this page's person. */
  const own = shallowRef<OwnApplication>(NOT_ASKING)
  /** To this page's person. */
  const invited = shallowRef<{ readonly inviteId: string; readonly nick: string; readonly endsAtMs: number } | null>(null)

  function clear(): void {
    applications.value = []
    invitations.value = []
    own.value = NOT_ASKING
    invited.value = null
  }

  return { applications, invitations, own, invited, clear }
})

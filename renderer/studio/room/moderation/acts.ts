import type { CrewApi, PenaltyTerm } from '../../../room/crew-api'
import type { ModerationTarget } from './target'

/** What can be done about a person, or about what they said. `remove` = out for this show, `block` = for ever. */
export const PERSON_ACTS = ['mute-1', 'mute-10', 'mute-60', 'mute-show', 'unmute', 'remove', 'block', 'unblock', 'delete'] as const
export type PersonAct = (typeof PERSON_ACTS)[number]

export const MUTES: Readonly<Partial<Record<PersonAct, PenaltyTerm>>> = {
  'mute-1': { scope: 'timed', seconds: 60 },
  'mute-10': { scope: 'timed', seconds: 600 },
  'mute-60': { scope: 'timed', seconds: 3_600 },
  'mute-show': { scope: 'show' },
}
export const REMOVALS: Readonly<Partial<Record<PersonAct, PenaltyTerm>>> = { remove: { scope: 'show' }, block: { scope: 'forever' } }

/** What the two of the same target would undo in each other, and what is refused while it runs. */
export function subjectOf(act: PersonAct, target: ModerationTarget): string {
  if (act === 'delete') return `message ${target.msgSeq}`
  return `${act in MUTES || act === 'unmute' ? 'speech' : 'entry'} ${target.userId}`
}

/** @returns the entry in the audit log @throws RoomApiError */
export async function perform(crew: CrewApi, act: PersonAct, { userId, msgSeq }: ModerationTarget, reason: string): Promise<number> {
  switch (act) {
    case 'unmute':
      return crew.unmute(userId)
    case 'unblock':
      return crew.unblock(userId)
    case 'delete':
      return crew.deleteMessage(msgSeq, reason)
    default: {
      const mute = MUTES[act]
      if (mute !== undefined) return (await crew.mute(userId, mute, reason)).entry
      const removal = REMOVALS[act]
      if (removal === undefined) throw new Error(`${act} has no term`)
      return crew.remove([userId], removal, reason)
    }
  }
}

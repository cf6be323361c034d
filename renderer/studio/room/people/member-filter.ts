import type { Member } from '../../../../electron/shared/crew-api'

export const MEMBER_FILTERS = ['all', 'crew', 'fans', 'muted'] as const
export type MemberFilter = (typeof MEMBER_FILTERS)[number]

/** Fans follow the anchor, or pay. */
export function isFan(member: Member): boolean {
  return member.follows || member.member
}

export function passes(member: Member, filter: MemberFilter): boolean {
  switch (filter) {
    case 'all':
      return true
    case 'crew':
      return member.role !== 'viewer'
    case 'fans':
      return isFan(member)
    case 'muted':
      return member.muted
  }
}

/** Those whose name or user id has the text in it; case and width do not count. '' finds all. */
export function found(members: readonly Member[], filter: MemberFilter, search: string): readonly Member[] {
  const wanted = plain(search)
  return members.filter((member) => passes(member, filter) && (wanted === '' || plain(member.nick).includes(wanted) || plain(member.userId).includes(wanted)))
}

function plain(text: string): string {
  return text.normalize('NFKC').toLowerCase().trim()
}

import { TIMES } from '../limits'
import type { ImContext } from './context'
import type { Room } from './room-book'

/** Lets go of what is over: members who timed out a day ago, mutes and bans whose time has passed, messages that nobody fetched in time. */
export async function tidy(context: ImContext): Promise<void> {
  await context.c2c.forgetOld(context.nowSec())
  for (const room of context.rooms.all()) await tidyRoom(context, room)
}

async function tidyRoom(context: ImContext, { group }: Room): Promise<void> {
  const now = context.nowSec()
  const { groupId } = group
  const gone: string[] = []
  for (const member of group.members.values()) {
    if (!member.away) continue
    member.awaySinceSec ??= now
    if (now - member.awaySinceSec > TIMES.awayForgottenSec) gone.push(member.userId)
  }
  for (const userId of gone) {
    group.members.delete(userId)
    context.rooms.left(groupId, userId)
  }
  for (const [userId, until] of group.mutes) if (until <= now) group.mutes.delete(userId)
  for (const [userId, { untilSec }] of group.bans) if (untilSec <= now) group.bans.delete(userId)
  await context.store.add(async (db) => {
    for (const userId of gone) await db.deleteFrom('group_member').where('group_id', '=', groupId).where('user_id', '=', userId).execute()
    await db.deleteFrom('group_mute').where('group_id', '=', groupId).where('until_sec', '<=', now).execute()
    await db.deleteFrom('group_ban').where('group_id', '=', groupId).where('until_sec', '<=', now).execute()
  })
}

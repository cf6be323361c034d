import type { Caller } from '../caller'
import { CODES, ImError, invalid } from '../codes'
import { MUTED_FOR_EVER } from '../domain/group'
import { EVENT, tipItem } from '../domain/tips'
import { COUNTS } from '../limits'
import type { ImContext } from './context'
import type { Room } from './room-book'

/** Who may not speak. A mute stays when its bearer leaves and comes again (im:34951). */

/** `seconds` 0 gives speech back; 4294967295 is for ever. @throws ImError 10004 | 10005 */
export async function muteMembers(context: ImContext, room: Room, caller: Caller, userIds: readonly string[], seconds: number): Promise<void> {
  if (userIds.length > COUNTS.mutedAtOnce) throw new ImError(CODES.TOO_MANY_ACCOUNTS, `at most ${COUNTS.mutedAtOnce} accounts at once`)
  if (seconds < 0 || seconds > MUTED_FOR_EVER) invalid('a mute has 0 to 4294967295 seconds')
  const { group } = room
  const until = seconds === MUTED_FOR_EVER ? MUTED_FOR_EVER : context.nowSec() + seconds
  for (const userId of userIds) {
    if (seconds === 0) group.mutes.delete(userId)
    else group.mutes.set(userId, until)
  }
  const frame = context.feed.frame(room)
  const people = userIds.map((userId) => ({ ...context.accounts.person(userId), seconds }))
  const json = tipItem(frame, { kind: 'muted', operator: context.accounts.person(caller.userId), people })
  await context.feed.append(room, frame.cursor, EVENT.tip, json, null, async (db) => {
    for (const user_id of userIds) {
      if (seconds === 0) await db.deleteFrom('group_mute').where('group_id', '=', group.groupId).where('user_id', '=', user_id).execute()
      else
        await db
          .insertInto('group_mute')
          .values({ group_id: group.groupId, user_id, until_sec: until })
          .onConflict((conflict) => conflict.columns(['group_id', 'user_id']).doUpdateSet({ until_sec: until }))
          .execute()
    }
  })
}

/** Muted now, and until when (UNIX seconds; 4294967295 = for ever). */
export function mutedMembers(context: ImContext, room: Room): readonly { readonly userId: string; readonly untilSec: number }[] {
  const now = context.nowSec()
  return [...room.group.mutes].filter(([, until]) => until > now).map(([userId, untilSec]) => ({ userId, untilSec }))
}

import type { Caller } from '../caller'
import { groupCallback } from '../callbacks/payloads'
import { CODES, ImError } from '../codes'
import { writeAttributes, type AttributeResult, type AttributeWrite } from '../domain/attributes'
import { counterNumber, writeCounters, type CounterMode } from '../domain/counters'
import { attributeItem, counterItem, EVENT } from '../domain/tips'
import { editionOf, type ImContext } from './context'
import type { Room } from './room-book'

/** Attributes and counters of a room: what late-comers read. */

/** @throws ImError 10004 | 10050 | 10056 */
export async function changeAttributes(context: ImContext, room: Room, caller: Caller, write: AttributeWrite): Promise<AttributeResult> {
  const { group } = room
  const result = writeAttributes(group.attributes, write)
  group.attributes = result.next
  const frame = context.feed.frame(room)
  const json = attributeItem(frame, write.change, result.next.mainSeq, result.changed)
  await context.feed.append(room, frame.cursor, EVENT.groupInfo, json, null, async (db) => {
    await db.updateTable('chat_group').set({ attribute_seq: result.next.mainSeq }).where('group_id', '=', group.groupId).execute()
    if (write.change === 'set' || write.change === 'clear') await db.deleteFrom('group_attribute').where('group_id', '=', group.groupId).execute()
    for (const { key, value, seq } of result.changed) {
      if (write.change === 'delete') await db.deleteFrom('group_attribute').where('group_id', '=', group.groupId).where('key', '=', key).execute()
      else
        await db
          .insertInto('group_attribute')
          .values({ group_id: group.groupId, key, value, seq })
          .onConflict((conflict) => conflict.columns(['group_id', 'key']).doUpdateSet({ value, seq }))
          .execute()
    }
  })
  context.callbacks.tell(
    groupCallback(
      'Group.CallbackAfterGroupAttrChanged',
      group.groupId,
      {
        Operator_Account: caller.userId,
        OptionType: write.change,
        GroupAttr: result.changed.map(({ key, value }) => (write.change === 'delete' ? { key } : { key, value })),
      },
      context.nowMs(),
    ),
    caller,
  )
  return result
}

/** @throws ImError 10004 | 10059 */
export async function changeCounters(
  context: ImContext,
  room: Room,
  items: readonly { readonly key: string; readonly value: bigint }[],
  mode: CounterMode,
): Promise<readonly { readonly Key: string; readonly Value: number }[]> {
  requireCounters(context)
  const { group } = room
  group.counters = writeCounters(group.counters, items, mode)
  group.counterSeq += 1
  const changed = items.map(({ key }) => ({ key, value: group.counters.get(key) ?? 0n }))
  const { groupId, counterSeq } = group
  const frame = context.feed.frame(room)
  const json = counterItem(
    frame,
    counterSeq,
    changed.map(({ key, value }) => ({ key, value: counterNumber(value) })),
  )
  await context.feed.append(room, frame.cursor, EVENT.groupInfo, json, null, async (db) => {
    await db.updateTable('chat_group').set({ counter_seq: counterSeq }).where('group_id', '=', groupId).execute()
    for (const { key, value } of changed)
      await db
        .insertInto('group_counter')
        .values({ group_id: groupId, key, value: String(value) })
        .onConflict((conflict) => conflict.columns(['group_id', 'key']).doUpdateSet({ value: String(value) }))
        .execute()
  })
  return changed.map(({ key, value }) => ({ Key: key, Value: counterNumber(value) }))
}

/** An empty list of keys is all. */
export function readCounters(context: ImContext, room: Room, keys: readonly string[]): readonly { readonly Key: string; readonly Value: number }[] {
  requireCounters(context)
  const { counters } = room.group
  const wanted = keys.length === 0 ? [...counters.keys()] : keys.filter((key) => counters.has(key))
  return wanted.map((key) => ({ Key: key, Value: counterNumber(counters.get(key) ?? 0n) }))
}

/** An empty list of keys is all. */
export async function deleteCounters(context: ImContext, room: Room, keys: readonly string[]): Promise<void> {
  requireCounters(context)
  const { group } = room
  const next = new Map(group.counters)
  if (keys.length === 0) next.clear()
  for (const key of keys) next.delete(key)
  group.counters = next
  await context.store.add((db) => {
    const all = db.deleteFrom('group_counter').where('group_id', '=', group.groupId)
    return (keys.length === 0 ? all : all.where('key', 'in', [...keys])).execute()
  })
}

function requireCounters(context: ImContext): void {
  if (!editionOf(context).counters) throw new ImError(CODES.NOT_IN_EDITION, 'this edition has no counters')
}

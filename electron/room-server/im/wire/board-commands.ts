import { z } from 'zod'
import type { AttributeChange } from '../domain/attributes'
import { changeAttributes, changeCounters, readCounters } from '../service/boards'
import { command, type Command, type Commands } from './command'
import { counterValueSchema, groupIdSchema } from './fields'
import { roomOfMember } from './group-commands'

const PREFIX = 'group_open_http_svc'

const attributeSchema = z.object({ key: z.string().max(256), value: z.string().max(16_384).optional(), seq: z.number().int().min(0).optional() })
const writeSchema = z.object({
  GroupId: groupIdSchema,
  GroupAttr: z.array(attributeSchema).max(64).default([]),
  AttrMainSeq: z.number().int().min(0).optional(),
  AttrControl: z.array(z.string()).default([]),
})
const readSchema = z.object({ GroupId: groupIdSchema })
const counterSchema = z.object({
  GroupId: groupIdSchema,
  GroupCounter: z
    .array(z.object({ Key: z.string().max(512), Value: counterValueSchema }))
    .min(1)
    .max(64),
  Mode: z.enum(['Set', 'Increase', 'Decrease']),
})
const readCountersSchema = z.object({ GroupId: groupIdSchema, GroupCounterKeys: z.array(z.string().max(512)).max(64).default([]) })

/** Attributes and counters as members read and write them. */
export const BOARD_COMMANDS: Commands = {
  [`${PREFIX}.modify_group_attr`]: attributes('modify'),
  [`${PREFIX}.set_group_attr`]: attributes('set'),
  [`${PREFIX}.delete_group_attr`]: attributes('delete'),
  [`${PREFIX}.clear_group_attr`]: attributes('clear'),

  'group_open_attr_http_svc.get_group_attr': command(readSchema, ({ context, caller, body }) => {
    const { attributes: set } = roomOfMember(context, body.GroupId, caller).group
    return { AttrMainSeq: set.mainSeq, GroupAttrAry: [...set.values].map(([key, { value, seq }]) => ({ key, value, seq })) }
  }),

  [`${PREFIX}.update_group_counter`]: command(counterSchema, async ({ context, caller, body }) => {
    const room = roomOfMember(context, body.GroupId, caller)
    const items = body.GroupCounter.map(({ Key, Value }) => ({ key: Key, value: BigInt(Value) }))
    return { GroupCounter: await changeCounters(context, room, items, body.Mode) }
  }),

  [`${PREFIX}.get_group_counter`]: command(readCountersSchema, ({ context, caller, body }) => ({
    GroupCounter: readCounters(context, roomOfMember(context, body.GroupId, caller), body.GroupCounterKeys),
  })),
}

function attributes(change: AttributeChange): Command {
  return command(writeSchema, async ({ context, caller, connection, body }) => {
    connection.checkAttributeRate()
    const room = roomOfMember(context, body.GroupId, caller)
    const raced = body.AttrControl.includes('RaceConflict')
    const result = await changeAttributes(context, room, caller, {
      change,
      items: body.GroupAttr.map(({ key, value, seq }) => ({ key, value: value ?? '', seq: seq ?? null })),
      expected: raced ? (body.AttrMainSeq ?? 0) : null,
    })
    return { AttrMainSeq: result.next.mainSeq, GroupAttrAry: result.changed.map(({ key, seq }) => ({ key, seq })) }
  })
}

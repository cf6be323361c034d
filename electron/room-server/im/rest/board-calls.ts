import { z } from 'zod'
import type { AttributeChange } from '../domain/attributes'
import { changeAttributes, changeCounters, deleteCounters, readCounters } from '../service/boards'
import { counterValueSchema, groupIdSchema } from '../wire/fields'
import { restCommand, type RestCommand, type RestCommands } from './rest-command'

const SERVICE = 'group_open_http_svc'

const pairsSchema = z.array(z.object({ key: z.string().max(256), value: z.string().max(16_384).optional() })).max(64)
const writeSchema = z.object({ GroupId: groupIdSchema, GroupAttr: pairsSchema })
const clearSchema = z.object({ GroupId: groupIdSchema, GroupAttr: pairsSchema.default([]) })
const counterSchema = z.object({
  GroupId: groupIdSchema,
  GroupCounter: z
    .array(z.object({ Key: z.string().max(512), Value: counterValueSchema }))
    .min(1)
    .max(64),
  Mode: z.enum(['Set', 'Increase', 'Decrease']).default('Set'),
})
const keysSchema = z.object({
  GroupId: groupIdSchema,
  GroupCounterKeys: z.array(z.string().max(512)).max(64).default([]),
  GroupCounter: z
    .array(z.object({ Key: z.string().max(512) }))
    .max(64)
    .default([]),
})

/** Attributes and counters, as an app's own server reads and writes them (im:53428). No race control: the server is the owner. */
export const BOARD_CALLS: RestCommands = {
  [`${SERVICE}/modify_group_attr`]: attributes('modify'),
  [`${SERVICE}/set_group_attr`]: attributes('set'),
  [`${SERVICE}/delete_group_attr`]: attributes('delete'),
  [`${SERVICE}/clear_group_attr`]: attributes('clear'),

  'group_open_attr_http_svc/get_group_attr': restCommand(z.object({ GroupId: groupIdSchema }), ({ context, body }) => {
    const { attributes: set } = context.rooms.require(body.GroupId).group
    return { GroupAttrAry: [...set.values].map(([key, { value }]) => ({ key, value })) }
  }),

  [`${SERVICE}/update_group_counter`]: restCommand(counterSchema, async ({ context, body }) => ({
    GroupCounter: await changeCounters(
      context,
      context.rooms.require(body.GroupId),
      body.GroupCounter.map(({ Key, Value }) => ({ key: Key, value: BigInt(Value) })),
      body.Mode,
    ),
  })),

  [`${SERVICE}/get_group_counter`]: restCommand(keysSchema, ({ context, body }) => ({
    GroupCounter: readCounters(context, context.rooms.require(body.GroupId), keysOf(body)),
  })),

  [`${SERVICE}/delete_group_counter`]: restCommand(keysSchema, async ({ context, body }) => {
    await deleteCounters(context, context.rooms.require(body.GroupId), keysOf(body))
    return {}
  }),
}

function attributes(change: AttributeChange): RestCommand {
  return restCommand(change === 'clear' ? clearSchema : writeSchema, async ({ context, caller, body }) => {
    const items = body.GroupAttr.map(({ key, value }) => ({ key, value: value ?? '', seq: null }))
    await changeAttributes(context, context.rooms.require(body.GroupId), caller, { change, items, expected: null })
    return {}
  })
}

/** Keys come as a list of names or of pairs. */
function keysOf(body: z.infer<typeof keysSchema>): readonly string[] {
  return [...body.GroupCounterKeys, ...body.GroupCounter.map(({ Key }) => Key)]
}

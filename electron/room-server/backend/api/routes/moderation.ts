import { z } from 'zod'
import {
  auditPageSchema,
  MAX_TRIED_CHARS,
  measureSchema,
  mutedSchema,
  penaltiesSchema,
  personCardSchema,
  wordSchema,
  wordsReplacedSchema,
  wordsSchema,
  wordTestSchema,
} from '../../../../shared/crew-api'
import { MUTE_SCOPES } from '../../../../shared/room-message'
import type { Business } from '../../business'
import { LIMITS } from '../../config'
import type { Term } from '../../moderation/moderation'
import { ApiError } from '../api-error'
import { emptySchema, numberInQuery, reasonSchema, userIdSchema } from '../fields'
import { callerOf, param, route, type Route } from '../route'

const DAY_SEC = 24 * 3_600
/** For how long: `seconds` goes with `timed`. */
const termFields = {
  scope: z.enum(MUTE_SCOPES),
  seconds: z
    .number()
    .int()
    .min(1)
    .max(365 * DAY_SEC)
    .optional(),
  reason: reasonSchema,
}

/** @throws ApiError request.invalid */
function termOf(body: { readonly scope: 'timed' | 'show' | 'forever'; readonly seconds?: number | undefined }): Term {
  if (body.scope !== 'timed') return { scope: body.scope }
  if (body.seconds === undefined) throw new ApiError('request.invalid', { reason: 'seconds: how long is it?' })
  return { scope: 'timed', seconds: body.seconds }
}

export function moderationRoutes({ moderation, rooms, filter, people, presence, standings }: Business): readonly Route[] {
  const group = 'Moderation'
  const namesOf = async (userIds: Iterable<string>): Promise<Record<string, string>> =>
    Object.fromEntries(await Promise.all([...new Set(userIds)].map(async (userId) => [userId, (await people.shown(userId)).nick])))
  return [
    route(
      {
        method: 'put',
        path: '/api/rooms/:room/mutes/:user',
        summary: 'Mute somebody: for a time, for this show, or for ever.',
        group,
        action: 'moderate.mute',
        rate: 'write',
        body: z.strictObject(termFields),
        answer: mutedSchema,
      },
      async (input) => moderation.mute(param(input, 'room'), callerOf(input), userOf(input), termOf(input.body), input.body.reason),
    ),
    route(
      {
        method: 'delete',
        path: '/api/rooms/:room/mutes/:user',
        summary: 'Give speech back.',
        group,
        action: 'moderate.mute',
        rate: 'write',
        answer: measureSchema,
      },
      async (input) => ({ entry: await moderation.unmute(param(input, 'room'), callerOf(input), userOf(input)) }),
    ),
    route(
      {
        method: 'put',
        path: '/api/rooms/:room/mute-all',
        summary: 'Nobody speaks but the owner, or everybody may again.',
        group,
        action: 'moderate.mute-all',
        rate: 'write',
        body: z.strictObject({ on: z.boolean(), reason: reasonSchema }),
        answer: measureSchema,
      },
      async (input) => ({ entry: await moderation.muteAll(param(input, 'room'), callerOf(input), input.body.on, input.body.reason) }),
    ),
    route(
      {
        method: 'put',
        path: '/api/rooms/:room/slow-mode',
        summary: 'Seconds between two messages of one viewer; 0 = off.',
        group,
        action: 'moderate.slow-mode',
        rate: 'write',
        body: z.strictObject({ seconds: z.number().int().min(0).max(3_600), reason: reasonSchema }),
        answer: measureSchema,
      },
      async (input) => ({ entry: await moderation.slowMode(param(input, 'room'), callerOf(input), input.body.seconds, input.body.reason) }),
    ),
    route(
      {
        method: 'post',
        path: '/api/rooms/:room/removals',
        summary: 'Send people out; they cannot come back for the term.',
        group,
        action: 'moderate.remove',
        rate: 'write',
        body: z.strictObject({ userIds: z.array(userIdSchema).min(1).max(500), ...termFields }),
        answer: measureSchema,
      },
      async (input) => ({
        entry: await moderation.remove(param(input, 'room'), callerOf(input), [...new Set(input.body.userIds)], termOf(input.body), input.body.reason),
      }),
    ),
    route(
      {
        method: 'delete',
        path: '/api/rooms/:room/blocks/:user',
        summary: 'Let somebody in again.',
        group,
        action: 'moderate.remove',
        rate: 'write',
        answer: measureSchema,
      },
      async (input) => ({ entry: await moderation.unblock(param(input, 'room'), callerOf(input), userOf(input)) }),
    ),
    route(
      {
        method: 'get',
        path: '/api/rooms/:room/penalties',
        summary: 'What holds now: who is muted or blocked, whether all are, and the slow mode.',
        group,
        action: 'moderate.read',
        rate: 'read',
        answer: penaltiesSchema,
      },
      async (input) => {
        const roomId = param(input, 'room')
        const room = rooms.get(roomId)
        const mutes = moderation.mutes.list(roomId)
        const blocks = moderation.blocks.list(roomId)
        const names = await namesOf([...mutes, ...blocks].map(({ userId }) => userId))
        return { mutes, blocks, names, muteAll: room.mute_all === 1, slowModeSec: room.slow_mode_sec }
      },
    ),
    route(
      {
        method: 'get',
        path: '/api/rooms/:room/people/:user',
        summary: 'Somebody of the room: who they are, since when they are here, and what holds against them.',
        group,
        action: 'moderate.read',
        rate: 'read',
        answer: personCardSchema,
      },
      async (input) => {
        const roomId = param(input, 'room')
        const userId = userOf(input)
        rooms.get(roomId)
        const joinedMs = presence.list(roomId).find((one) => one.userId === userId)?.joinedMs
        return {
          ...(await standings.person(roomId, userId)),
          member: (await people.shown(userId)).member,
          follows: await people.follows(roomId, userId),
          joinedAt: joinedMs === undefined ? null : Math.floor(joinedMs / 1_000),
          mute: moderation.mutes.find(roomId, userId),
          block: moderation.blocks.find(roomId, userId),
        }
      },
    ),
    route(
      {
        method: 'delete',
        path: '/api/rooms/:room/messages/:seq',
        summary: 'Take a message off every screen.',
        group,
        action: 'moderate.message',
        rate: 'write',
        query: z.object({ reason: z.string().max(LIMITS.reasonChars).default('') }),
        answer: measureSchema,
      },
      async (input) => {
        const msgSeq = z.coerce.number().int().positive().safeParse(param(input, 'seq'))
        if (!msgSeq.success) throw new ApiError('request.invalid', { reason: 'seq: a number' })
        return { entry: await moderation.deleteMessage(param(input, 'room'), callerOf(input), msgSeq.data, input.query.reason) }
      },
    ),
    route(
      {
        method: 'get',
        path: '/api/rooms/:room/audit',
        summary: 'Who did what, to whom and why; newest first, older than `before`.',
        group,
        action: 'moderate.read',
        rate: 'read',
        query: z.object({ before: numberInQuery(0, Number.MAX_SAFE_INTEGER, 0) }),
        answer: auditPageSchema,
      },
      async (input) => {
        rooms.get(param(input, 'room'))
        const entries = await moderation.audit.list(param(input, 'room'), input.query.before)
        const userIds = entries.flatMap(({ by, target, undoneBy }) => [by, undoneBy, ...target.split(',')]).filter((userId) => userId !== '')
        return { entries, names: await namesOf(userIds) }
      },
    ),
    route(
      {
        method: 'post',
        path: '/api/rooms/:room/audit/:entry/undo',
        summary: 'Put back what was there before.',
        group,
        action: 'moderate.undo',
        rate: 'write',
        body: emptySchema,
        answer: measureSchema,
      },
      async (input) => ({ entry: await moderation.undo(param(input, 'room'), callerOf(input), Number(param(input, 'entry')) || 0) }),
    ),
    route(
      {
        method: 'get',
        path: '/api/words',
        summary: 'The words that are not said.',
        group,
        action: 'moderate.words',
        rate: 'read',
        answer: wordsSchema,
      },
      async () => ({ words: await filter.all() }),
    ),
    route(
      {
        method: 'put',
        path: '/api/words',
        summary: 'Replace the words that are not said: refused, shown with stars, or dropped while the sender believes them said.',
        group,
        action: 'moderate.words',
        rate: 'write',
        body: z.strictObject({ words: z.array(wordSchema).max(LIMITS.words) }),
        bodyBytes: LIMITS.wordsBodyBytes,
        answer: wordsReplacedSchema,
      },
      async (input) => ({ words: input.body.words.length, unusable: await filter.replace(input.body.words) }),
    ),
    route(
      {
        method: 'post',
        path: '/api/words/test',
        summary: 'What would become of a message with this text, judged as messages are.',
        group,
        action: 'moderate.words',
        rate: 'read',
        body: z.strictObject({ text: z.string().max(MAX_TRIED_CHARS) }),
        answer: wordTestSchema,
      },
      async (input) => {
        const { text } = input.body
        const { verdict, matches } = filter.try(text)
        const shown = verdict.kind === 'mask' ? verdict.text : verdict.kind === 'pass' ? text : ''
        return { verdict: verdict.kind, shown, matches }
      },
    ),
  ]
}

function userOf(input: { readonly params: Readonly<Record<string, string>> }): string {
  const parsed = userIdSchema.safeParse(param(input, 'user'))
  if (!parsed.success) throw new ApiError('person.not-found')
  return parsed.data
}

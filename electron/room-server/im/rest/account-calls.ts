import { z } from 'zod'
import { CODES, ImError } from '../codes'
import { IMAGE_TAG, isUserId, NICK_TAG } from '../domain/accounts'
import { MUTED_FOR_EVER } from '../domain/group'
import { COUNTS } from '../limits'
import type { ImContext } from '../service/context'
import { quitAll } from '../service/membership'
import { stateChange } from '../callbacks/payloads'
import { profileItemSchema, secondsSchema, userIdSchema } from '../wire/fields'
import { restCommand, type RestCommands } from './rest-command'

const importSchema = z.object({
  UserID: z.string().max(128).optional(),
  // The field's name until 2022.
  Identifier: z.string().max(128).optional(),
  Nick: z.string().max(500).optional(),
  FaceUrl: z.string().max(500).optional(),
})
const manySchema = z.object({
  Accounts: z.array(z.string().max(128)).max(COUNTS.importedAtOnce).optional(),
  AccountList: z.array(importSchema).max(COUNTS.importedAtOnce).optional(),
})
const checkSchema = z.object({
  CheckItem: z
    .array(z.object({ UserID: userIdSchema }))
    .min(1)
    .max(COUNTS.importedAtOnce),
})
const kickSchema = z.object({ UserID: userIdSchema.optional(), Identifier: userIdSchema.optional() })
const statusSchema = z.object({ To_Account: z.array(userIdSchema).min(1).max(500), IsNeedDetail: z.number().int().default(0) })
const setProfileSchema = z.object({ From_Account: userIdSchema, ProfileItem: z.array(profileItemSchema).min(1).max(64) })
const getProfileSchema = z.object({
  To_Account: z.array(userIdSchema).min(1).max(COUNTS.profilesAtOnce),
  TagList: z.array(z.string().max(64)).max(64).default([]),
})
const muteSchema = z.object({ Set_Account: userIdSchema, C2CmsgNospeakingTime: secondsSchema.optional(), GroupmsgNospeakingTime: secondsSchema.optional() })
const getMuteSchema = z.object({ Get_Account: userIdSchema })

/** Accounts, their profiles and their state (im:34953 ff., im:34957, im:34639, im:34923). */
export const ACCOUNT_CALLS: RestCommands = {
  'im_open_login_svc/account_import': restCommand(
    importSchema,
    async ({ context, body }) => {
      await importAccount(context, body.UserID ?? body.Identifier ?? '', body.Nick, body.FaceUrl)
      return {}
    },
    CODES.ACCOUNT_INVALID,
  ),

  'im_open_login_svc/multiaccount_import': restCommand(
    manySchema,
    async ({ context, body }) => {
      const failed: string[] = []
      const wanted = body.AccountList ?? (body.Accounts ?? []).map((UserID) => ({ UserID, Nick: undefined, FaceUrl: undefined }))
      for (const { UserID = '', Nick, FaceUrl } of wanted) {
        if (isUserId(UserID)) await importAccount(context, UserID, Nick, FaceUrl)
        else failed.push(UserID)
      }
      return { FailAccounts: failed }
    },
    CODES.ACCOUNT_INVALID,
  ),

  'im_open_login_svc/account_check': restCommand(
    checkSchema,
    ({ context, body }) => ({
      ResultItem: body.CheckItem.map(({ UserID }) => ({
        UserID,
        ResultCode: 0,
        ResultInfo: '',
        AccountStatus: context.accounts.get(UserID) === undefined ? 'NotImported' : 'Imported',
      })),
    }),
    CODES.ACCOUNT_INVALID,
  ),

  'im_open_login_svc/kick': restCommand(
    kickSchema,
    async ({ context, body }) => {
      await kick(context, body.UserID ?? body.Identifier ?? '')
      return {}
    },
    CODES.ACCOUNT_INVALID,
  ),

  'openim/query_online_status': restCommand(statusSchema, ({ context, body }) => queryState(context, body), CODES.OPENIM_BAD_JSON),
  // Its name until 2021.
  'openim/querystate': restCommand(statusSchema, ({ context, body }) => queryState(context, body), CODES.OPENIM_BAD_JSON),

  'profile/portrait_set': restCommand(
    setProfileSchema,
    async ({ context, body }) => {
      const account = context.accounts.get(body.From_Account)
      if (account === undefined) throw new ImError(CODES.PROFILE_NO_SUCH_ACCOUNT, 'no such account')
      await context.accounts.setProfile(account, body.ProfileItem)
      return { ErrorDisplay: '' }
    },
    CODES.PROFILE_INVALID,
  ),

  'profile/portrait_get': restCommand(
    getProfileSchema,
    ({ context, body }) => {
      const failed: string[] = []
      const items = body.To_Account.map((userId) => {
        const account = context.accounts.get(userId)
        if (account === undefined) {
          failed.push(userId)
          return { To_Account: userId, ResultCode: CODES.PROFILE_NO_SUCH_ACCOUNT, ResultInfo: 'no such account' }
        }
        const wanted = [...account.profile].filter(([tag]) => body.TagList.length === 0 || body.TagList.includes(tag))
        return { To_Account: userId, ProfileItem: wanted.map(([Tag, Value]) => ({ Tag, Value })), ResultCode: 0, ResultInfo: '' }
      })
      return { UserProfileItem: items, ...(failed.length === 0 ? {} : { Fail_Account: failed }), ErrorDisplay: '' }
    },
    CODES.PROFILE_INVALID,
  ),

  'openconfigsvr/setnospeaking': restCommand(muteSchema, async ({ context, body }) => {
    const account = context.accounts.get(body.Set_Account)
    if (account === undefined) throw new ImError(CODES.ACCOUNT_NOT_IMPORTED, 'no such account')
    await context.accounts.setMuted(account, muteEnd(context, body.GroupmsgNospeakingTime), muteEnd(context, body.C2CmsgNospeakingTime))
    return {}
  }),

  'openconfigsvr/getnospeaking': restCommand(getMuteSchema, ({ context, body }) => {
    const account = context.accounts.get(body.Get_Account)
    if (account === undefined) throw new ImError(CODES.ACCOUNT_NOT_IMPORTED, 'no such account')
    const left = (untilSec: number): number => (untilSec === MUTED_FOR_EVER ? MUTED_FOR_EVER : Math.max(0, untilSec - context.nowSec()))
    return { C2CmsgNospeakingTime: left(account.c2cMutedUntilSec), GroupmsgNospeakingTime: left(account.mutedUntilSec) }
  }),
}

async function importAccount(context: ImContext, userId: string, nick: string | undefined, faceUrl: string | undefined): Promise<void> {
  const account = await context.accounts.ensure(userId, context.nowSec())
  const items = [...(nick === undefined ? [] : [{ Tag: NICK_TAG, Value: nick }]), ...(faceUrl === undefined ? [] : [{ Tag: IMAGE_TAG, Value: faceUrl }])]
  if (items.length > 0) await context.accounts.setProfile(account, items)
}

/** Ends somebody's login: type 3 tells the SDK that it was the REST API. */
async function kick(context: ImContext, userId: string): Promise<void> {
  const account = context.accounts.get(userId)
  if (account === undefined) throw new ImError(CODES.ACCOUNT_NOT_IMPORTED, 'no such account')
  await context.accounts.nextInstance(account)
  const peers = context.sessions.peersOf(userId)
  for (const peer of peers) {
    peer.kick(3)
    peer.signedOut()
  }
  context.sessions.forget(userId)
  const caller = { userId, admin: false, platform: 'RESTAPI', clientIp: '127.0.0.1' }
  await quitAll(context, caller)
  if (peers.length > 0) context.callbacks.tell(stateChange('Logout', userId, 'Unregister', false, context.nowMs()), caller)
}

function queryState(context: ImContext, body: { readonly To_Account: readonly string[]; readonly IsNeedDetail: number }): Readonly<Record<string, unknown>> {
  const known = body.To_Account.filter((userId) => context.accounts.get(userId) !== undefined)
  const unknown = body.To_Account.filter((userId) => context.accounts.get(userId) === undefined)
  return {
    QueryResult: known.map((userId) => {
      const online = context.sessions.connected(userId)
      const detail = body.IsNeedDetail === 1 && online ? { Detail: [{ Platform: 'Web', Status: 'Online' }] } : {}
      return { To_Account: userId, Status: online ? 'Online' : 'Offline', ...detail }
    }),
    ErrorList: unknown.map((userId) => ({ To_Account: userId, ErrorCode: CODES.ACCOUNT_NOT_IMPORTED })),
  }
}

function muteEnd(context: ImContext, seconds: number | undefined): number | null {
  if (seconds === undefined) return null
  if (seconds === 0) return 0
  return seconds === MUTED_FOR_EVER ? MUTED_FOR_EVER : context.nowSec() + seconds
}

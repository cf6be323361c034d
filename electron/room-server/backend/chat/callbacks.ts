import { createHash, timingSafeEqual } from 'node:crypto'
import type { z } from 'zod'
import { nowSec, type Clock } from '../clock'
import { LIMITS, type ChatTarget } from '../config'
import {
  afterExitSchema,
  afterJoinSchema,
  attributesSchema,
  beforeJoinSchema,
  groupMessageSchema,
  memberStateSchema,
  PASS,
  stateChangeSchema,
  type AttributesCallback,
  type CallbackAnswer,
  type GroupMessageCallback,
} from './callback-schema'

/** What the business makes of each callback. The "after" ones have no answer. */
export interface CallbackHandlers {
  beforeSend(message: GroupMessageCallback): Promise<CallbackAnswer>
  afterSend(message: GroupMessageCallback): Promise<void>
  beforeJoin(groupId: string, userId: string): CallbackAnswer
  joined(groupId: string, userIds: readonly string[]): void
  left(groupId: string, userIds: readonly string[]): void
  /** The attributes of a group were written, by this process too. */
  attributes(change: AttributesCallback): void
  /** Somebody's connection to IM came or went. */
  state(userId: string, online: boolean): void
}

export type CallbackRefusal = 'wrong-app' | 'unsigned' | 'wrong-sign' | 'stale' | 'malformed' | 'not-local'

/** Who sent a callback. `byPage`: a browser did, for a page. */
export interface CallbackOrigin {
  readonly address: string
  readonly byPage: boolean
}

export type CallbackOutcome = { readonly ok: true; readonly answer: CallbackAnswer } | { readonly ok: false; readonly reason: CallbackRefusal }

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1'])

/**
 * The one ear of the business. A callback counts when it is of our app, signed with our token and fresh; each counts once, however often it
 * comes. What is not understood is answered like what is of no interest, so that a newer cloud keeps working.
 */
export class Callbacks {
  readonly #target: ChatTarget
  readonly #clock: Clock
  readonly #handlers: CallbackHandlers
  /** Answers by event, so that a repeated one gets the same. */
  readonly #answered = new Map<string, Promise<CallbackAnswer>>()
  #taken: () => void = () => undefined

  constructor(target: ChatTarget, clock: Clock, handlers: CallbackHandlers) {
    this.#target = target
    this.#clock = clock
    this.#handlers = handlers
  }

  /** Runs with each callback that counts. */
  onTaken(listener: () => void): void {
    this.#taken = listener
  }

  async take(query: Readonly<Record<string, string>>, from: CallbackOrigin, text: string): Promise<CallbackOutcome> {
    const refused = this.#check(query, from)
    if (refused !== null) return { ok: false, reason: refused }
    const body = readJson(text)
    if (body === null) return { ok: false, reason: 'malformed' }
    this.#taken()
    const command = query['CallbackCommand'] ?? ''
    const event = this.#event(command, body)
    if (event === null) return { ok: true, answer: PASS }
    const known = this.#answered.get(event.key)
    if (known !== undefined) return { ok: true, answer: await known }
    const answer = event.run()
    this.#answered.set(event.key, answer)
    if (this.#answered.size > LIMITS.callbackKeys) this.#answered.delete(this.#answered.keys().next().value ?? '')
    return { ok: true, answer: await answer }
  }

  #check(query: Readonly<Record<string, string>>, { address, byPage }: CallbackOrigin): CallbackRefusal | null {
    if (query['SdkAppid'] !== String(this.#target.sdkAppId)) return 'wrong-app'
    const token = this.#target.callbackToken
    // Without a token nothing tells a callback from anybody's request, except that it comes from this machine, and not from a page that is open on it.
    if (token === null) return LOOPBACK.has(address) && !byPage ? null : 'not-local'
    const { Sign: sign, RequestTime: requestTime } = query
    if (sign === undefined || requestTime === undefined) return 'unsigned'
    if (!/^\d{1,12}$/.test(requestTime) || !sameText(sign.toLowerCase(), callbackSign(token, requestTime))) return 'wrong-sign'
    return Math.abs(nowSec(this.#clock) - Number(requestTime)) > LIMITS.callbackAgeSec ? 'stale' : null
  }

  /** What happened, under a key that a repeat of it has too; null = of no interest. */
  #event(command: string, body: unknown): { readonly key: string; run(): Promise<CallbackAnswer> } | null {
    const handlers = this.#handlers
    switch (command) {
      case 'Group.CallbackBeforeSendMsg':
        return event(groupMessageSchema, body, (message) => [`before ${messageKey(message)}`, () => handlers.beforeSend(message)])
      case 'Group.CallbackAfterSendMsg':
        return event(groupMessageSchema, body, (message) => [
          `after ${message.GroupId} ${message.MsgSeq ?? messageKey(message)}`,
          () => handlers.afterSend(message).then(() => PASS),
        ])
      case 'Group.CallbackBeforeApplyJoinGroup':
        return event(beforeJoinSchema, body, ({ GroupId, Requestor_Account, EventTime }) => [
          `join? ${GroupId} ${Requestor_Account} ${EventTime ?? this.#clock.nowMs()}`,
          async () => handlers.beforeJoin(GroupId, Requestor_Account),
        ])
      case 'Group.CallbackAfterNewMemberJoin':
        return event(afterJoinSchema, body, ({ GroupId, NewMemberList, EventTime }) => [
          `joined ${GroupId} ${accounts(NewMemberList).join()} ${EventTime ?? this.#clock.nowMs()}`,
          async () => (handlers.joined(GroupId, accounts(NewMemberList)), PASS),
        ])
      case 'Group.CallbackAfterMemberExit':
        return event(afterExitSchema, body, ({ GroupId, ExitMemberList, EventTime }) => [
          `left ${GroupId} ${accounts(ExitMemberList).join()} ${EventTime ?? this.#clock.nowMs()}`,
          async () => (handlers.left(GroupId, accounts(ExitMemberList)), PASS),
        ])
      case 'Group.CallbackOnMemberStateChange':
        return event(memberStateSchema, body, ({ GroupId, EventType, MemberList, EventTime }) => [
          `member ${EventType} ${GroupId} ${accounts(MemberList).join()} ${EventTime ?? this.#clock.nowMs()}`,
          async () => {
            if (EventType === 'Online') handlers.joined(GroupId, accounts(MemberList))
            else handlers.left(GroupId, accounts(MemberList))
            return PASS
          },
        ])
      case 'Group.CallbackAfterGroupAttrChanged':
        return event(attributesSchema, body, (change) => [
          `attributes ${createHash('sha256').update(JSON.stringify(change)).digest('hex')} ${change.EventTime ?? this.#clock.nowMs()}`,
          async () => (handlers.attributes(change), PASS),
        ])
      case 'State.StateChange':
        return event(stateChangeSchema, body, ({ Info, EventTime }) => [
          `state ${Info.Action} ${Info.To_Account} ${EventTime ?? this.#clock.nowMs()}`,
          async () => (handlers.state(Info.To_Account, Info.Action === 'Login'), PASS),
        ])
      default:
        return null
    }
  }
}

/** `Sign` of a callback (im:34354): lower-hex SHA-256 of token and time. */
export function callbackSign(token: string, requestTime: string): string {
  return createHash('sha256').update(`${token}${requestTime}`).digest('hex')
}

function event<T>(
  schema: z.ZodType<T>,
  body: unknown,
  read: (value: T) => readonly [string, () => Promise<CallbackAnswer>],
): { readonly key: string; run(): Promise<CallbackAnswer> } | null {
  const parsed = schema.safeParse(body)
  if (!parsed.success) return null
  const [key, run] = read(parsed.data)
  return { key, run }
}

function messageKey({ GroupId, From_Account, Random, MsgId, EventTime }: GroupMessageCallback): string {
  return `${GroupId} ${From_Account} ${MsgId ?? `${Random} ${EventTime ?? ''}`}`
}

function accounts(list: readonly { readonly Member_Account: string }[]): readonly string[] {
  return list.map(({ Member_Account }) => Member_Account)
}

function readJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function sameText(left: string, right: string): boolean {
  const a = Buffer.from(left)
  const b = Buffer.from(right)
  return a.length === b.length && timingSafeEqual(a, b)
}

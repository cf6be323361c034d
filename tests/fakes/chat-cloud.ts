import { createHash, createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inflateSync } from 'node:zlib'

type Injected = { readonly ErrorCode: number; readonly ErrorInfo?: string } | 'hang-up'

/**
 * A small stand-in for Tencent's Chat as an app's own server sees it: REST v4 and callbacks, written from the documents (im:34620, im:34959,
 * im:34354, im:34374 …). It keeps what it is told, and knows nothing of the server in this repository.
 */

export interface CloudCall {
  readonly command: string
  readonly body: Readonly<Record<string, unknown>>
}
export interface CloudElement {
  readonly MsgType: string
  readonly MsgContent: Readonly<Record<string, unknown>>
}
export interface CloudMessage {
  readonly groupId: string
  readonly from: string
  readonly priority: string
  readonly body: readonly CloudElement[]
  readonly cloudCustomData: string
  readonly msgSeq: number
}
export interface CallbackReply {
  readonly ErrorCode: number
  readonly ErrorInfo?: string
  readonly MsgBody?: readonly CloudElement[]
  readonly CloudCustomData?: string
}
export type SendOutcome = { readonly ok: true; readonly msgSeq: number } | { readonly ok: false; readonly code: number; readonly info: string }

interface Group {
  readonly profile: Record<string, unknown>
  readonly attributes: Map<string, string>
  /** How often the attributes were written. */
  attributeWrites: number
  readonly counters: Map<string, number>
  readonly members: Set<string>
  readonly muted: Map<string, number>
  readonly banned: Map<string, number>
  muteAll: boolean
}

export interface CloudOptions {
  readonly sdkAppId: number
  readonly key: string
  readonly admin: string
  /** Signs callbacks. */
  readonly token: string | null
}

const OK = { ActionStatus: 'OK', ErrorCode: 0, ErrorInfo: '' }
const FOR_EVER = 4_294_967_295
const ATTRIBUTE_WRITE_MS = 2

export class ChatCloud {
  readonly #options: CloudOptions
  readonly #server: Server
  readonly #groups = new Map<string, Group>()
  readonly accounts = new Map<string, { nick: string; avatar: string }>()
  readonly calls: CloudCall[] = []
  readonly messages: CloudMessage[] = []
  readonly recalled: number[] = []
  /** How far the cloud's clock is before this machine's, in what callbacks say. */
  aheadMs = 0
  /** Writes of attributes that were refused with 10056. */
  conflicts = 0
  /** Where callbacks go; null = none are set up. */
  callbackUrl: string | null = null
  /** How long they may take. */
  callbackMs = 2_000
  /** Answers a call instead of doing it; null = does it. A promise holds the call up. */
  intercept: (call: CloudCall) => Injected | null | Promise<null> = () => null
  /** Messages that the room's rate drops: accepted, and never delivered (the guide: no after-send callback). */
  drops: (message: { readonly from: string; readonly body: readonly CloudElement[] }) => boolean = () => false
  #sent = new Map<string, Promise<SendOutcome>>()
  #seq = 0
  base = ''

  constructor(options: CloudOptions) {
    this.#options = options
    this.#server = createServer((request, response) => {
      void readBody(request).then(async (text) => {
        const url = new URL(request.url ?? '/', 'http://cloud')
        const command = url.pathname.replace(/^\/v4\//, '')
        const refused = this.#refusal(request.method ?? '', url)
        const body = JSON.parse(text) as Record<string, unknown>
        const call = { command, body }
        const injected = refused === null ? await this.intercept(call) : null
        if (injected === 'hang-up') {
          request.socket.destroy()
          return
        }
        if (refused === null && injected === null) this.calls.push(call)
        const answer = refused ?? (injected === null ? await this.#run(call) : fail(injected.ErrorCode, injected.ErrorInfo ?? 'injected'))
        response.writeHead(200, { 'content-type': 'application/json' })
        response.end(JSON.stringify(answer))
      })
    })
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    this.base = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
    return this.base
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  group(groupId: string): Group {
    const group = this.#groups.get(groupId)
    if (group === undefined) throw new Error(`no group ${groupId}`)
    return group
  }

  /** What a member's client would have got as `Data` of custom elements, parsed. */
  told(groupId: string): Record<string, unknown>[] {
    return this.messages
      .filter((message) => message.groupId === groupId && message.body[0]?.MsgType === 'TIMCustomElem')
      .map((message) => JSON.parse(String(message.body[0]?.MsgContent['Data'])) as Record<string, unknown>)
  }

  /** A client joins. @returns the code that it is given */
  async join(groupId: string, userId: string): Promise<number> {
    const group = this.group(groupId)
    if ((group.banned.get(userId) ?? 0) > nowS()) return 10007
    const reply = await this.callback('Group.CallbackBeforeApplyJoinGroup', {
      GroupId: groupId,
      Type: 'AVChatRoom',
      Requestor_Account: userId,
      EventTime: String(Date.now()),
    })
    if (reply.ErrorCode !== 0) return reply.ErrorCode === 1 ? 10016 : reply.ErrorCode
    group.members.add(userId)
    await this.callback('Group.CallbackAfterNewMemberJoin', {
      GroupId: groupId,
      Type: 'AVChatRoom',
      JoinType: 'Apply',
      Operator_Account: userId,
      NewMemberList: [{ Member_Account: userId }],
      EventTime: String(Date.now()),
    })
    return 0
  }

  async leave(groupId: string, userId: string): Promise<void> {
    if (!this.group(groupId).members.delete(userId)) return
    await this.callback('Group.CallbackAfterMemberExit', {
      GroupId: groupId,
      Type: 'AVChatRoom',
      ExitType: 'Quit',
      Operator_Account: userId,
      ExitMemberList: [{ Member_Account: userId }],
      EventTime: String(Date.now()),
    })
  }

  /** A client says something. */
  async send(groupId: string, from: string, body: readonly CloudElement[], cloudCustomData = ''): Promise<SendOutcome> {
    const group = this.group(groupId)
    if ((group.muted.get(from) ?? 0) > nowS()) return { ok: false, code: 10017, info: 'muted' }
    if (group.muteAll && group.profile['Owner_Account'] !== from) return { ok: false, code: 10017, info: 'all are muted' }
    return this.#deliver({
      groupId,
      from,
      operator: from,
      priority: 'Normal',
      body,
      cloudCustomData,
      random: Math.floor(Math.random() * FOR_EVER),
      platform: 'Web',
    })
  }

  say(groupId: string, from: string, text: string, cloudCustomData = ''): Promise<SendOutcome> {
    return this.send(groupId, from, [{ MsgType: 'TIMTextElem', MsgContent: { Text: text } }], cloudCustomData)
  }

  like(groupId: string, from: string, count: number): Promise<SendOutcome> {
    return this.send(groupId, from, [{ MsgType: 'TIMCustomElem', MsgContent: { Data: JSON.stringify({ v: 1, kind: 'like', count }), Desc: 'like', Ext: '' } }])
  }

  /** Sends a callback as the cloud does; `changes` to its query for tests of what must not be taken. */
  async callback(command: string, body: Readonly<Record<string, unknown>>, changes: Readonly<Record<string, string>> = {}): Promise<CallbackReply> {
    if (this.callbackUrl === null) return { ErrorCode: 0 }
    try {
      const response = await fetch(this.callbackAddress(command, changes), {
        method: 'POST',
        body: JSON.stringify({ CallbackCommand: command, ...body }),
        signal: AbortSignal.timeout(this.callbackMs),
      })
      return response.status === 200 ? ((await response.json()) as CallbackReply) : { ErrorCode: 0 }
    } catch (error) {
      // Who does not answer has no objection (im:34354).
      if (error instanceof TypeError || error instanceof DOMException) return { ErrorCode: 0 }
      throw error
    }
  }

  callbackAddress(command: string, changes: Readonly<Record<string, string>> = {}): string {
    const time = String(Math.floor((Date.now() + this.aheadMs) / 1_000))
    const query = new URLSearchParams({
      SdkAppid: String(this.#options.sdkAppId),
      CallbackCommand: command,
      contenttype: 'json',
      ClientIP: '203.0.113.7',
      OptPlatform: 'Web',
      ...(this.#options.token === null ? {} : { Sign: createHash('sha256').update(`${this.#options.token}${time}`).digest('hex'), RequestTime: time }),
      ...changes,
    })
    return `${this.callbackUrl ?? ''}?${query.toString()}`
  }

  async #deliver(message: {
    readonly groupId: string
    readonly from: string
    readonly operator: string
    readonly priority: string
    readonly body: readonly CloudElement[]
    readonly cloudCustomData: string
    readonly random: number
    readonly platform: string
  }): Promise<SendOutcome> {
    const facts = {
      GroupId: message.groupId,
      Type: 'AVChatRoom',
      From_Account: message.from,
      Operator_Account: message.operator,
      Random: message.random,
      OnlineOnlyFlag: 0,
      MsgBody: message.body,
      CloudCustomData: message.cloudCustomData,
    }
    const platform = { OptPlatform: message.platform }
    const reply = await this.callback('Group.CallbackBeforeSendMsg', { ...facts, EventTime: String(Date.now()) }, platform)
    if (reply.ErrorCode === 2) return { ok: true, msgSeq: ++this.#seq }
    if (reply.ErrorCode !== 0) return { ok: false, code: reply.ErrorCode === 1 ? 10016 : reply.ErrorCode, info: reply.ErrorInfo ?? '' }
    const body = reply.MsgBody ?? message.body
    const cloudCustomData = reply.CloudCustomData ?? message.cloudCustomData
    const msgSeq = ++this.#seq
    if (this.drops({ from: message.from, body })) return { ok: true, msgSeq }
    this.messages.push({ groupId: message.groupId, from: message.from, priority: message.priority, body, cloudCustomData, msgSeq })
    await this.callback(
      'Group.CallbackAfterSendMsg',
      { ...facts, MsgBody: body, CloudCustomData: cloudCustomData, MsgSeq: msgSeq, MsgTime: nowS(), EventTime: String(Date.now()) },
      platform,
    )
    return { ok: true, msgSeq }
  }

  /** A write takes a moment; of two in the same moment the later one is refused. */
  async #writeAttributes(groupId: string, group: Group, items: readonly { readonly key: string; readonly value: string }[]): Promise<object> {
    const before = group.attributeWrites
    await new Promise((resolve) => setTimeout(resolve, ATTRIBUTE_WRITE_MS))
    if (group.attributeWrites !== before) {
      this.conflicts += 1
      return fail(10056, 'written by another at the same time')
    }
    group.attributeWrites += 1
    for (const { key, value } of items) group.attributes.set(key, value)
    await this.callback('Group.CallbackAfterGroupAttrChanged', {
      GroupId: groupId,
      Operator_Account: this.#options.admin,
      OptionType: 'modify',
      GroupAttr: items,
      EventTime: String(Date.now()),
    })
    return OK
  }

  #refusal(method: string, url: URL): object | null {
    const { sdkAppId, key, admin } = this.#options
    if (method !== 'POST') return fail(60002, 'POST')
    if (url.searchParams.get('sdkappid') !== String(sdkAppId)) return fail(60006, 'another app')
    if (url.searchParams.get('identifier') !== admin) return fail(60010, 'no administrator')
    return isSigned(url.searchParams.get('usersig') ?? '', sdkAppId, admin, key) ? null : fail(70009, 'forged')
  }

  async #run({ command, body }: CloudCall): Promise<object> {
    const groupId = String(body['GroupId'] ?? '')
    const name = command.slice(command.indexOf('/') + 1)
    if (name === 'account_import') {
      this.accounts.set(String(body['UserID']), { nick: String(body['Nick']), avatar: String(body['FaceUrl']) })
      return OK
    }
    if (name === 'portrait_get') {
      const items = (body['To_Account'] as string[]).map((userId) => {
        const { nick, avatar } = this.accounts.get(userId) ?? { nick: '', avatar: '' }
        const ProfileItem = [
          { Tag: 'Tag_Profile_IM_Nick', Value: nick },
          { Tag: 'Tag_Profile_IM_Image', Value: avatar },
        ]
        return { To_Account: userId, ProfileItem, ResultCode: 0, ResultInfo: '' }
      })
      return { ...OK, UserProfileItem: items }
    }
    if (name === 'get_group_info') {
      const infos = (body['GroupIdList'] as string[]).map((id) => ({ AppDefinedData: [], ...this.#groups.get(id)?.profile, GroupId: id }))
      return { ...OK, GroupInfo: infos }
    }
    if (name === 'create_group') {
      if (this.#groups.has(groupId)) return fail(10025, 'yours already')
      if (!this.accounts.has(String(body['Owner_Account']))) return fail(10019, 'no such account')
      const fresh: Group = {
        profile: { ...body },
        attributes: new Map(),
        attributeWrites: 0,
        counters: new Map(),
        members: new Set(),
        muted: new Map(),
        banned: new Map(),
        muteAll: false,
      }
      this.#groups.set(groupId, fresh)
      return { ...OK, GroupId: groupId }
    }
    if (name === 'send_broadcast_msg') {
      for (const id of this.#groups.keys())
        this.messages.push({
          groupId: id,
          from: String(body['From_Account']),
          priority: 'High',
          body: body['MsgBody'] as CloudElement[],
          cloudCustomData: '',
          msgSeq: ++this.#seq,
        })
      return { ...OK, MsgSeq: this.#seq }
    }
    const group = this.#groups.get(groupId)
    if (group === undefined) return fail(10010, 'no such group')
    return this.#ofGroup(name, groupId, group, body)
  }

  async #ofGroup(name: string, groupId: string, group: Group, body: Readonly<Record<string, unknown>>): Promise<object> {
    const members = (body['Members_Account'] ?? []) as string[]
    const until = (seconds: unknown): number => (seconds === FOR_EVER ? FOR_EVER : nowS() + Number(seconds))
    switch (name) {
      case 'modify_group_base_info':
        if (body['MuteAllMember'] !== undefined) group.muteAll = body['MuteAllMember'] === 'On'
        Object.assign(group.profile, body)
        return OK
      case 'send_group_msg': {
        const random = `${String(body['From_Account'])} ${String(body['Random'])}`
        const from = String(body['From_Account'] ?? this.#options.admin)
        // A repetition is the same message, also while the first is on its way.
        const sending =
          this.#sent.get(random) ??
          this.#deliver({
            groupId,
            from,
            operator: this.#options.admin,
            priority: String(body['MsgPriority'] ?? 'Normal'),
            body: body['MsgBody'] as CloudElement[],
            cloudCustomData: String(body['CloudCustomData'] ?? ''),
            random: Number(body['Random']),
            platform: 'RESTAPI',
          })
        this.#sent.set(random, sending)
        const sent = await sending
        if (!sent.ok) {
          this.#sent.delete(random)
          return fail(sent.code, sent.info)
        }
        return { ...OK, MsgSeq: sent.msgSeq, MsgTime: nowS() }
      }
      case 'forbid_send_msg':
        for (const member of members) {
          if (body['MuteTime'] === 0) group.muted.delete(member)
          else group.muted.set(member, until(body['MuteTime']))
        }
        return OK
      case 'ban_group_member':
        for (const member of members) {
          group.banned.set(member, until(body['Duration']))
          group.members.delete(member)
        }
        return OK
      case 'unban_group_member':
        for (const member of members) group.banned.delete(member)
        return OK
      case 'group_msg_recall': {
        const list = body['MsgSeqList'] as { MsgSeq: number }[]
        this.recalled.push(...list.map(({ MsgSeq }) => MsgSeq))
        return { ...OK, RecallRetList: list.map(({ MsgSeq }) => ({ MsgSeq, RetCode: 0 })) }
      }
      case 'modify_group_attr':
        return this.#writeAttributes(groupId, group, body['GroupAttr'] as { key: string; value: string }[])
      case 'get_group_attr':
        return { ...OK, GroupAttrAry: [...group.attributes].map(([key, value]) => ({ key, value })) }
      case 'update_group_counter':
        for (const { Key, Value } of body['GroupCounter'] as { Key: string; Value: number }[]) group.counters.set(Key, Value)
        return OK
      case 'get_group_counter':
        return { ...OK, GroupCounter: [...group.counters].map(([Key, Value]) => ({ Key, Value })) }
      case 'get_online_member_num':
        return { ...OK, OnlineMemberNum: group.members.size }
      case 'get_members':
        return { ...OK, MemberList: [...group.members].map((Member_Account) => ({ Member_Account, JoinTime: nowS() })), NextTimestamp: 0 }
      default:
        return fail(60009, `no such call: ${name}`)
    }
  }
}

function fail(ErrorCode: number, ErrorInfo: string): object {
  return { ActionStatus: 'FAIL', ErrorCode, ErrorInfo }
}

/** TLSSigAPIv2, from the document. */
function isSigned(sig: string, sdkAppId: number, userId: string, key: string): boolean {
  const json = JSON.parse(inflateSync(Buffer.from(sig.replaceAll('*', '+').replaceAll('-', '/').replaceAll('_', '='), 'base64')).toString()) as Record<
    string,
    string | number
  >
  const content = `TLS.identifier:${userId}\nTLS.sdkappid:${sdkAppId}\nTLS.time:${json['TLS.time']}\nTLS.expire:${json['TLS.expire']}\n`
  return json['TLS.sig'] === createHmac('sha256', key).update(content).digest('base64')
}

function nowS(): number {
  return Math.floor(Date.now() / 1_000)
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}

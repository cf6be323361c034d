import { randomInt } from 'node:crypto'
import { freshUserSig } from './user-sig'

/** What every REST v4 answer has, whatever was asked. */
export interface RestAnswer {
  readonly ActionStatus: string
  readonly ErrorCode: number
  readonly ErrorInfo: string
}

export interface RestAccess {
  /** As in the documents: `<scheme>://<host>`, to which `/v4/<service>/<command>` is added. */
  readonly base: string
  readonly sdkAppId: number
  readonly key: string
  readonly identifier: string
}

const MAX_RANDOM = 4_294_967_295

/** Tencent's REST v4, from its documents: POST, query, JSON body, HTTP 200 whatever the outcome. */
export class RestClient {
  readonly #access: RestAccess

  constructor(access: RestAccess) {
    this.#access = access
  }

  /** @param command with or without its service, which is `group_open_http_svc` unless said */
  async call<T extends object = RestAnswer>(command: string, body: object, query: Record<string, string> = {}): Promise<T & RestAnswer> {
    const response = await this.post(command, JSON.stringify(body), query)
    if (response.status !== 200) throw new Error(`${command} answered HTTP ${response.status}`)
    return (await response.json()) as T & RestAnswer
  }

  /** As `call`, for what has to succeed. @throws Error with the code of the answer */
  async ok<T extends object = RestAnswer>(command: string, body: object): Promise<T & RestAnswer> {
    const answer = await this.call<T>(command, body)
    if (answer.ActionStatus !== 'OK' || answer.ErrorCode !== 0) throw new Error(`${command}: ${answer.ErrorCode} ${answer.ErrorInfo}`)
    return answer
  }

  /** Makes accounts known, as an app does before it names them anywhere. */
  async importAccounts(...userIds: readonly string[]): Promise<void> {
    await Promise.all(userIds.map((UserID) => this.ok('im_open_login_svc/account_import', { UserID })))
  }

  /** A live room of an owner who may be new. */
  async openRoom(groupId: string, owner = 'owner'): Promise<void> {
    await this.importAccounts(owner)
    await this.ok('create_group', { Owner_Account: owner, Type: 'AVChatRoom', Name: 'Friday night', GroupId: groupId })
  }

  post(command: string, body: string | Uint8Array<ArrayBuffer>, query: Record<string, string> = {}): Promise<Response> {
    return fetch(this.url(command, query), { method: 'POST', body, headers: { 'content-type': 'application/json' } })
  }

  url(command: string, query: Record<string, string> = {}): string {
    const { base, sdkAppId, key, identifier } = this.#access
    const parameters = new URLSearchParams({
      sdkappid: String(sdkAppId),
      identifier,
      usersig: freshUserSig(sdkAppId, key, identifier),
      random: String(randomInt(MAX_RANDOM)),
      contenttype: 'json',
      ...query,
    })
    return `${base}/v4/${command.includes('/') ? command : `group_open_http_svc/${command}`}?${parameters.toString()}`
  }
}

export interface MessageElement {
  readonly MsgType: string
  readonly MsgContent: Record<string, unknown>
}

export function textElement(text: string): MessageElement {
  return { MsgType: 'TIMTextElem', MsgContent: { Text: text } }
}

export function customElement(data: string, description = '', extension = ''): MessageElement {
  return { MsgType: 'TIMCustomElem', MsgContent: { Data: data, Desc: description, Ext: extension } }
}

/** A new `Random`, as each message needs. */
export function newRandom(): number {
  return randomInt(MAX_RANDOM)
}

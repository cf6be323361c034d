import { WebSocket } from 'ws'
import { until } from '../../../support/until'
import { SDK_APP_ID } from './room-server-process'

const REQUEST_DEADLINE_MS = 20_000
const POLL_HOLD_S = 90
const CHAT = 3
const BROADCAST = 17

export type WireBody = Record<string, unknown>

export interface WireFrame {
  readonly head: { readonly servcmd: string; readonly seq: number }
  readonly body: WireBody
}

/** An item of a room: a chat message, a tip or a notice. */
export interface WireItem {
  readonly Event: number
  readonly From_Account?: string
  readonly ToGroupId?: string
  readonly MsgSeq?: number
  readonly MsgPriority?: string
  readonly MsgBody?: unknown
  readonly [field: string]: unknown
}

export class WireError extends Error {
  readonly code: number

  constructor(command: string, code: number, info: string) {
    super(`${command}: ${code} ${info}`)
    this.code = code
  }
}

export function wireUrl(wire: string, sdkAppId = SDK_APP_ID): string {
  const query = `sdkappid=${sdkAppId}&instanceid=ab12&random=0.5&platform=7&host=unknown&version=-1&sdkversion=3.6.6&compress=gzip`
  return `${wire}/binfo?${query}`
}

/** Opens a socket. @throws Error when it is refused */
export function openSocket(url: string, origin: string | null = null): Promise<WebSocket> {
  const socket = new WebSocket(url, { perMessageDeflate: false, ...(origin === null ? {} : { origin }) })
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket))
    // Stays for good: what happens to an open socket shows in its state.
    socket.on('error', reject)
  })
}

/**
 * A light client of the SDK's wire protocol, written from what the SDK was seen to send. It does as it is told and no more: many
 * of them fit into one process, and they may misbehave.
 */
export class WireClient {
  readonly userId: string
  readonly items: WireItem[] = []
  /** Called with each item in the moment in which it is there. */
  onItem: (item: WireItem) => void = () => undefined
  /** Bodies of pushes that are no room items, by command. */
  readonly pushes: WireFrame[] = []
  readonly #pending = new Map<string, { resolve(body: WireBody): void; reject(error: Error): void; timer: NodeJS.Timeout }>()
  readonly #sdkAppId: number
  #socket: WebSocket | null = null
  #a2: string | null = null
  #tinyId = ''
  #seq = Math.floor(Math.random() * 1_000_000)
  #polling = false

  constructor(userId: string, sdkAppId = SDK_APP_ID) {
    this.userId = userId
    this.#sdkAppId = sdkAppId
  }

  get open(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN
  }

  get socket(): WebSocket {
    if (this.#socket === null) throw new Error('not connected')
    return this.#socket
  }

  async connect(wire: string, origin: string | null = null): Promise<void> {
    const socket = await openSocket(wireUrl(wire, this.#sdkAppId), origin)
    this.#socket = socket
    socket.on('close', () => this.#dropAll())
    socket.on('message', (data: Buffer) => this.#read(data))
  }

  /** First log-in with a UserSig, later ones with the key that the first one gave. */
  async login(userSig: string): Promise<WireBody> {
    const body = { State: 'Online', is_web_uniapp: 0, InstType: 0, CustomInfo: '' }
    const answer = await this.request('im_open_status.wslogin', body, this.#a2 === null ? { identifier: this.userId, usersig: userSig } : {})
    if (typeof answer['A2Key'] === 'string') this.#a2 = answer['A2Key']
    if (typeof answer['TinyId'] === 'string') this.#tinyId = answer['TinyId']
    return answer
  }

  /** Joins, and takes messages from then on as the room's answer says: pushed, or by long poll. */
  async join(groupId: string): Promise<WireBody> {
    const answer = await this.request('group_open_http_svc.apply_join_group', { GroupId: groupId, WebPushFlag: 1, HugeGroupHistoryMsgFlag: 1 })
    for (const item of (answer['RspMsgList'] as WireItem[] | undefined) ?? []) this.items.push(item)
    const key = answer['LongPollingKey']
    if (typeof key === 'string') void this.#poll(key, Number(answer['StartSeq'] ?? 0))
    return answer
  }

  send(groupId: string, text: string, priority = 'Normal'): Promise<WireBody> {
    return this.request('group_open_http_svc.send_group_msg', {
      From_Account: this.userId,
      GroupId: groupId,
      Random: Math.floor(Math.random() * 4_294_967_295),
      ClientSeq: this.#seq,
      MsgPriority: priority,
      MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: text } }],
      CloudCustomData: '',
      MsgClientTime: Math.floor(Date.now() / 1_000),
    })
  }

  /** @throws WireError with the code of the answer */
  async request(command: string, body: object, head: WireBody = {}): Promise<WireBody> {
    const { seq, frame } = this.#frame(command, body, head)
    const answer = await new Promise<WireBody>((resolve, reject) => {
      const key = `${command}:${seq}`
      const timer = setTimeout(() => {
        this.#pending.delete(key)
        reject(new Error(`${command} was not answered`))
      }, REQUEST_DEADLINE_MS)
      this.#pending.set(key, { resolve, reject, timer })
      this.socket.send(frame)
    })
    const code = Number(answer['ErrorCode'] ?? 0)
    if (code !== 0) throw new WireError(command, code, String(answer['ErrorInfo'] ?? ''))
    return answer
  }

  /** Sends without waiting for an answer. */
  post(command: string, body: unknown): void {
    if (this.open) this.socket.send(this.#frame(command, body, {}).frame)
  }

  /** The texts heard, in order. */
  texts(): string[] {
    return this.items.filter((one) => one.Event === CHAT || one.Event === BROADCAST).map(textOf)
  }

  hear(text: string): Promise<true> {
    return until(() => (this.texts().includes(text) ? true : null), REQUEST_DEADLINE_MS, `"${text}"`)
  }

  close(): void {
    this.#polling = false
    this.#socket?.terminate()
  }

  #frame(command: string, body: unknown, head: WireBody): { seq: number; frame: Buffer } {
    const seq = ++this.#seq
    const identity = this.#a2 === null ? {} : { a2: this.#a2, tinyid: this.#tinyId }
    const fixed = {
      ver: 'v4',
      platform: 7,
      websdkappid: 537_048_168,
      websdkversion: '1.7.3',
      status_instid: 1_001,
      sdkappid: this.#sdkAppId,
      contenttype: 'json',
    }
    const whole = { head: { ...fixed, ...identity, ...head, reqtime: Math.floor(Date.now() / 1_000), cs: 0, servcmd: command, seq }, body }
    return { seq, frame: Buffer.from(JSON.stringify(whole)) }
  }

  #read(data: Buffer): void {
    const frame = JSON.parse(data.toString('utf8')) as WireFrame
    const key = `${frame.head.servcmd}:${frame.head.seq}`
    const pending = this.#pending.get(key)
    if (pending !== undefined) {
      clearTimeout(pending.timer)
      this.#pending.delete(key)
      pending.resolve(frame.body)
      return
    }
    if (frame.head.servcmd !== 'im_open_push.msg_push') {
      this.pushes.push(frame)
      return
    }
    for (const event of (frame.body['EventArray'] as WireBody[] | undefined) ?? []) {
      const items = (event['GroupMsgArray'] ?? event['GroupTips']) as WireItem[] | undefined
      if (items === undefined) this.pushes.push(frame)
      else this.#take(items)
    }
  }

  /** Asks again as soon as an answer is there, until the socket closes. */
  async #poll(key: string, start: number): Promise<void> {
    this.#polling = true
    let next = start
    while (this.#polling && this.open) {
      const body = { USP: 1, StartSeq: next, HoldTime: POLL_HOLD_S, Key: key, DownsizeFlag: 0 }
      const answer = await this.request('group_open_long_polling_http_svc.get_msg', body).catch(() => null)
      if (answer === null) return
      next = Number(answer['NextSeq'] ?? next)
      for (const list of ['RspMsgList', 'RspBroadcastMsgList']) this.#take((answer[list] as WireItem[] | undefined) ?? [])
    }
  }

  #take(items: readonly WireItem[]): void {
    for (const item of items) {
      this.items.push(item)
      this.onItem(item)
    }
  }

  #dropAll(): void {
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer)
      reject(new Error('the socket closed'))
    }
    this.#pending.clear()
  }
}

export function textOf(item: WireItem): string {
  const [element] = (item.MsgBody ?? []) as readonly { readonly MsgContent?: { readonly Text?: string } }[]
  return element?.MsgContent?.Text ?? ''
}

import { WebSocket } from 'ws'
import { SDK_APP_ID } from '../contract/im/support/room-server-process'
import { wireUrl } from '../contract/im/support/wire-client'

/** What the SDK asks after a log-in, before it is quiet. */
const AFTER_LOGIN: readonly (readonly [string, object])[] = [
  ['profile.portrait_get_all', { From_Account: '', To_Account: [] }],
  ['sns.black_list_get', { StartIndex: 0, MaxLimited: 20, LastSequence: 0 }],
  ['recentcontact.page_get', { TimeStamp: 0, StartIndex: 0, OrderType: 1 }],
  ['openim.getmsg', { Cookie: '', SyncFlag: 0 }],
  ['group_open_http_svc.get_joined_group_list', { Limit: 50, Offset: 0 }],
  ['million_group_open_http_svc.get_joined_group_list', { Limit: 50, Offset: 0 }],
  ['sns.friend_get', { StartIndex: 0 }],
  ['sns.group_get', {}],
  ['sns.pendency_get', { PendencyType: 'Pendency_Type_Both' }],
  ['recentcontact.get_contact_group', {}],
  ['im_sdk_config_mgr.fetch_config', { uint64_version: 0 }],
  ['im_sdk_config_mgr.fetch_imsdk_purchase_bitsv2', {}],
]

const MARK = '@sent:'
/** Between two polls, as the server tells the SDK. */
const POLL_EVERY_MS = 50
const POLL_HOLD_S = 90

/** A text that carries the moment at which it was sent. */
export function markedText(): string {
  return `${MARK}${performance.now().toFixed(3)}; what an ordinary person says in an ordinary room`
}

/**
 * A viewer as cheap as can be: thousands of them have to leave the machine to the server. It speaks like the SDK and looks at
 * answers without parsing them.
 */
export class LoadClient {
  readonly userId: string
  /** Called with the delay of each message, milliseconds. */
  readonly #arrived: (delayMs: number) => void
  readonly #waiting = new Map<number, (answer: Buffer) => void>()
  #socket: WebSocket | null = null
  #identity = ''
  #seq = 0
  #pollSeq = -1
  #pollKey = ''
  #nextSeq = 0
  #closed = false

  constructor(userId: string, arrived: (delayMs: number) => void) {
    this.userId = userId
    this.#arrived = arrived
  }

  async connect(wire: string): Promise<void> {
    const socket = new WebSocket(wireUrl(wire), { perMessageDeflate: false, skipUTF8Validation: true })
    this.#socket = socket
    socket.on('message', (data: Buffer) => this.#read(data))
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve)
      socket.on('error', reject)
    })
  }

  /** A log-in with all that the SDK asks along with it. */
  async login(userSig: string): Promise<void> {
    this.#identity = `"identifier":${JSON.stringify(this.userId)},"usersig":"${userSig}"`
    const answer = JSON.parse((await this.#ask('im_open_status.wslogin', '{"State":"Online"}')).toString('utf8')) as { body: Record<string, unknown> }
    const { A2Key, TinyId } = answer.body
    if (typeof A2Key !== 'string') throw new Error(`no key: ${JSON.stringify(answer.body)}`)
    this.#identity = `"a2":"${A2Key}","tinyid":"${String(TinyId)}"`
    await Promise.all(AFTER_LOGIN.map(([command, body]) => this.#ask(command, JSON.stringify(body))))
  }

  async join(groupId: string): Promise<void> {
    const body = JSON.stringify({ GroupId: groupId, WebPushFlag: 1, HugeGroupHistoryMsgFlag: 0 })
    const answer = JSON.parse((await this.#ask('group_open_http_svc.apply_join_group', body)).toString('utf8')) as { body: Record<string, unknown> }
    if (Number(answer.body['ErrorCode'] ?? 0) !== 0) throw new Error(`join: ${JSON.stringify(answer.body)}`)
    if (typeof answer.body['LongPollingKey'] !== 'string') return
    this.#pollKey = answer.body['LongPollingKey']
    this.#nextSeq = Number(answer.body['StartSeq'] ?? 0)
    this.#poll()
  }

  close(): void {
    this.#closed = true
    this.#socket?.terminate()
  }

  /** The SDK's beat: without it the server takes the line for dead. */
  beat(): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#send('heartbeat.alive', '{}')
  }

  #ask(command: string, body: string): Promise<Buffer> {
    const seq = this.#send(command, body)
    return new Promise((resolve) => this.#waiting.set(seq, resolve))
  }

  #send(command: string, body: string): number {
    const seq = ++this.#seq
    const head = `"ver":"v4","platform":7,"websdkappid":537048168,"websdkversion":"1.7.3",${this.#identity},"status_instid":1001,"sdkappid":${SDK_APP_ID},"contenttype":"json","reqtime":${Math.floor(Date.now() / 1_000)},"sdkability":75689843,"sdkability_ext":"","cappid":0,"cs":0,"servcmd":"${command}","seq":${seq}`
    this.#socket?.send(Buffer.from(`{"head":{${head}},"body":${body}}`))
    return seq
  }

  #poll(): void {
    if (this.#closed) return
    const body = `{"USP":1,"StartSeq":${this.#nextSeq},"HoldTime":${POLL_HOLD_S},"Key":"${this.#pollKey}","DownsizeFlag":0}`
    this.#pollSeq = this.#send('group_open_long_polling_http_svc.get_msg', body)
  }

  #read(data: Buffer): void {
    const now = performance.now()
    for (let at = data.indexOf(MARK); at >= 0; at = data.indexOf(MARK, at + MARK.length)) {
      this.#arrived(now - Number.parseFloat(data.toString('latin1', at + MARK.length, at + MARK.length + 20)))
    }
    const seq = numberAfter(data, '"seq":')
    if (seq === this.#pollSeq) {
      this.#nextSeq = numberAfter(data, '"NextSeq":') ?? this.#nextSeq
      setTimeout(() => this.#poll(), POLL_EVERY_MS)
      return
    }
    const waiting = seq === null ? undefined : this.#waiting.get(seq)
    if (seq === null || waiting === undefined) return
    this.#waiting.delete(seq)
    waiting(data)
  }
}

function numberAfter(data: Buffer, name: string): number | null {
  const at = data.indexOf(name)
  return at < 0 ? null : Number.parseInt(data.toString('latin1', at + name.length, at + name.length + 16), 10)
}

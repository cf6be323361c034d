import { randomBytes, randomInt } from 'node:crypto'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { ROOM_MESSAGE_VERSION } from '../../shared/room-message'
import { sessionSchema, type RoomSession } from '../../shared/room-api'

const ANSWER_WITHIN_MS = 10_000
const frameSchema = z.object({ head: z.object({ servcmd: z.string(), seq: z.number() }), body: z.record(z.string(), z.unknown()) })
type Body = z.infer<typeof frameSchema>['body']

/** One simulated viewer: comes in over HTTP, and goes on by the wire that the Chat SDK speaks, as any viewer does. */
export class RehearsalViewer {
  readonly #http: string
  readonly #roomId: string
  readonly #session: RoomSession
  readonly #socket: WebSocket
  readonly #waiting = new Map<string, (body: Body | null) => void>()
  #identity: Body = {}
  #seq = randomInt(1_000_000)

  private constructor(http: string, roomId: string, session: RoomSession, socket: WebSocket) {
    this.#http = http
    this.#roomId = roomId
    this.#session = session
    this.#socket = socket
    socket.on('message', (data: Buffer) => this.#read(data))
    socket.on('close', () => this.#drop())
    // What happened to it shows in what is asked of it.
    socket.on('error', () => this.#drop())
  }

  /** @throws Error when the room does not let it in */
  static async come(http: string, roomId: string, nick: string): Promise<RehearsalViewer> {
    const session = sessionSchema.parse(await ask(http, null, 'POST', `/api/rooms/${roomId}/sessions`, { nick }))
    const query = `sdkappid=${session.sdkAppId}&instanceid=ab12&random=0.5&platform=7&host=unknown&version=-1&sdkversion=3.6.6&compress=gzip`
    const socket = new WebSocket(`${session.wire ?? ''}/binfo?${query}`, { perMessageDeflate: false })
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve())
      socket.once('error', reject)
    })
    const viewer = new RehearsalViewer(http, roomId, session, socket)
    const login = await viewer.#request(
      'im_open_status.wslogin',
      { State: 'Online', is_web_uniapp: 0, InstType: 0, CustomInfo: '' },
      { identifier: session.userId, usersig: session.userSig },
    )
    viewer.#identity = { a2: login['A2Key'], tinyid: login['TinyId'] }
    await viewer.#request('group_open_http_svc.apply_join_group', { GroupId: roomId, WebPushFlag: 1, HugeGroupHistoryMsgFlag: 0 })
    return viewer
  }

  async say(text: string): Promise<void> {
    await this.#send('Normal', { MsgType: 'TIMTextElem', MsgContent: { Text: text } })
  }

  async like(count: number): Promise<void> {
    const data = JSON.stringify({ v: ROOM_MESSAGE_VERSION, kind: 'like', count })
    await this.#send('Low', { MsgType: 'TIMCustomElem', MsgContent: { Data: data, Desc: 'like', Ext: '' } })
  }

  async give(giftId: string, count: number): Promise<void> {
    const order = { orderId: randomBytes(9).toString('hex'), giftId, count }
    await ask(this.#http, this.#session.token, 'POST', `/api/rooms/${this.#roomId}/gifts`, order)
  }

  leave(): void {
    this.#socket.terminate()
  }

  async #send(priority: 'Normal' | 'Low', element: object): Promise<void> {
    await this.#request('group_open_http_svc.send_group_msg', {
      From_Account: this.#session.userId,
      GroupId: this.#roomId,
      Random: randomInt(4_294_967_295),
      ClientSeq: this.#seq,
      MsgPriority: priority,
      MsgBody: [element],
      CloudCustomData: '',
      MsgClientTime: Math.floor(Date.now() / 1_000),
    })
  }

  async #request(command: string, body: object, more: Body = {}): Promise<Body> {
    this.#seq += 1
    const seq = this.#seq
    const fixed = { ver: 'v4', platform: 7, websdkappid: 537_048_168, websdkversion: '1.7.3', status_instid: 1_001, contenttype: 'json', cs: 0 }
    const head = { ...fixed, sdkappid: this.#session.sdkAppId, ...this.#identity, ...more, reqtime: Math.floor(Date.now() / 1_000), servcmd: command, seq }
    const answer = await new Promise<Body | null>((resolve) => {
      const key = `${command}:${seq}`
      const timer = setTimeout(() => done(null), ANSWER_WITHIN_MS)
      const done = (value: Body | null): void => {
        clearTimeout(timer)
        this.#waiting.delete(key)
        resolve(value)
      }
      this.#waiting.set(key, done)
      this.#socket.send(JSON.stringify({ head, body }), (error) => {
        if (error !== undefined && error !== null) done(null)
      })
    })
    if (answer === null) throw new Error(`${command} was not answered`)
    if (Number(answer['ErrorCode'] ?? 0) !== 0) throw new Error(`${command}: ${String(answer['ErrorCode'])}`)
    return answer
  }

  #read(data: Buffer): void {
    const frame = frameSchema.safeParse(JSON.parse(data.toString('utf8')))
    if (frame.success) this.#waiting.get(`${frame.data.head.servcmd}:${frame.data.head.seq}`)?.(frame.data.body)
  }

  #drop(): void {
    for (const done of this.#waiting.values()) done(null)
  }
}

/** One request to the room's API. @throws Error when it is refused */
export async function ask(http: string, token: string | null, method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${http}${path}`, {
    method,
    headers: {
      ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${path}: ${response.status}`)
  return response.json()
}

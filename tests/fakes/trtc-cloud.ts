import { createHash, createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'
import { verifyUserSig } from '../../electron/room-server/usersig'

/** What the real one would refuse, refused here with its codes: signature (checked by the document's rules, from the bytes that came), version, clock, fields. */
export interface TrtcCloudAccount {
  readonly secretId: string
  readonly secretKey: string
  readonly sdkAppId: number
  /** Of UserSigs. */
  readonly key: string
}

export interface CloudTask {
  readonly taskId: string
  readonly action: string
  readonly body: Record<string, unknown>
  running: boolean
}

const text = z.string().min(1)
const userStream = z.strictObject({ UserInfo: z.strictObject({ RoomId: text, RoomIdType: z.literal(1), UserId: text }), StreamType: z.literal(0) })
const relayed = {
  SingleSubscribeParams: z.strictObject({ UserMediaStream: userStream }),
  PublishCdnParams: z
    .array(z.strictObject({ PublishCdnUrl: z.string().regex(/^rtmp:\/\//), IsTencentCdn: z.union([z.literal(0), z.literal(1)]) }))
    .min(1)
    .max(10),
}
const app = { SdkAppId: z.number().int() }
/** Fields by the document of API 2019-07-22; RoomIdType 0 is a string room for recordings, 1 for relays. */
const ACTIONS = {
  CreateCloudRecording: z.strictObject({
    ...app,
    RoomId: text.max(64),
    RoomIdType: z.literal(0),
    UserId: text.max(32),
    UserSig: text,
    PrivateMapKey: text,
    RecordParams: z.strictObject({ RecordMode: z.literal(2), StreamType: z.literal(0), MaxIdleTime: z.number().int().min(5).max(86_400) }),
    MixTranscodeParams: z.strictObject({
      VideoParams: z.strictObject({
        Width: z.number().max(1_920),
        Height: z.number().max(1_920),
        Fps: z.number().min(1).max(60),
        BitRate: z.number().min(64_000).max(8_192_000),
        Gop: z.number(),
      }),
      AudioParams: z.strictObject({ SampleRate: z.number().min(1).max(3), Channel: z.number().min(1).max(2), BitRate: z.number().min(32_000).max(128_000) }),
    }),
    MixLayoutParams: z.strictObject({ MixLayoutMode: z.number().min(1).max(4) }),
    StorageParams: z.strictObject({
      CloudVod: z.strictObject({
        TencentVod: z.strictObject({ ExpireTime: z.number(), MediaType: z.number(), UserDefineRecordId: z.string().regex(/^[\w-]{1,64}$/) }),
      }),
    }),
  }),
  DeleteCloudRecording: z.strictObject({ ...app, TaskId: text }),
  StartPublishCdnStream: z.strictObject({
    ...app,
    RoomId: text.max(64),
    RoomIdType: z.literal(1),
    AgentParams: z.strictObject({ UserId: text.max(32), UserSig: text, MaxIdleTime: z.number().int() }),
    WithTranscoding: z.literal(0),
    AudioParams: z.strictObject({ AudioEncode: z.strictObject({ SampleRate: z.number(), Channel: z.number(), BitRate: z.number() }) }),
    ...relayed,
  }),
  UpdatePublishCdnStream: z.strictObject({ ...app, TaskId: text, SequenceNumber: z.number().int().positive(), WithTranscoding: z.literal(0), ...relayed }),
  StopPublishCdnStream: z.strictObject({ ...app, TaskId: text }),
} as const
type Action = keyof typeof ACTIONS

type Planned = { status: number; code: string } | 'hang-up' | null

class Refusal extends Error {}

/** TRTC's API of the cloud, as far as this program calls it. */
export class TrtcCloud {
  readonly account: TrtcCloudAccount
  readonly tasks: CloudTask[] = []
  readonly actions: string[] = []
  /** Answers instead; null = as always. A promise: the answer waits for it. */
  intercept: (action: string) => Planned | Promise<Planned> = () => null
  readonly #server: Server
  #made = 0

  constructor(account: TrtcCloudAccount) {
    this.account = account
    this.#server = createServer((request, response) => void this.#serve(request, response))
  }

  get base(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  get running(): readonly CloudTask[] {
    return this.tasks.filter(({ running }) => running)
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const payload = Buffer.concat(chunks)
    const action = String(request.headers['x-tc-action'])
    this.actions.push(action)
    const planned = await this.intercept(action)
    if (planned === 'hang-up') {
      request.socket.destroy()
      return
    }
    if (planned !== null) {
      answer(response, planned.status, { Error: { Code: planned.code, Message: 'as planned' } })
      return
    }
    try {
      this.#check(request, payload)
      answer(response, 200, this.#do(action, payload))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      answer(response, 200, { Error: { Code: error.message, Message: 'refused' } })
    }
  }

  #check(request: IncomingMessage, payload: Buffer): void {
    const { headers, method, url } = request
    const given = /^TC3-HMAC-SHA256 Credential=([^/]+)\/(\d{4}-\d\d-\d\d)\/(\w+)\/tc3_request, SignedHeaders=([a-z;-]+), Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    )
    if (given === null) throw new Refusal('AuthFailure.InvalidAuthorization')
    const [, id = '', date = '', service = '', names = '', signature = ''] = given
    const stamp = Number(headers['x-tc-timestamp'])
    if (id !== this.account.secretId) throw new Refusal('AuthFailure.SecretIdNotFound')
    if (Math.abs(stamp - Date.now() / 1_000) > 300) throw new Refusal('AuthFailure.SignatureExpire')
    const day = new Date(stamp * 1_000)
    const utc = `${day.getUTCFullYear()}-${String(day.getUTCMonth() + 1).padStart(2, '0')}-${String(day.getUTCDate()).padStart(2, '0')}`
    if (date !== utc || service !== 'trtc') throw new Refusal('AuthFailure.SignatureFailure')
    let lines = ''
    for (const name of names.split(';')) lines += `${name}:${String(headers[name]).trim().toLowerCase()}\n`
    if (!names.includes('content-type') || !names.includes('host')) throw new Refusal('AuthFailure.SignatureFailure')
    const request1 = `${method ?? ''}\n${url ?? ''}\n\n${lines}\n${names}\n${createHash('sha256').update(payload).digest('hex')}`
    const string = `TC3-HMAC-SHA256\n${stamp}\n${date}/${service}/tc3_request\n${createHash('sha256').update(request1).digest('hex')}`
    const step = (key: Buffer | string, part: string): Buffer => createHmac('sha256', key).update(part).digest()
    const expected = step(step(step(step(`TC3${this.account.secretKey}`, date), service), 'tc3_request'), string).toString('hex')
    if (expected !== signature) throw new Refusal('AuthFailure.SignatureFailure')
    if (headers['x-tc-version'] !== '2019-07-22') throw new Refusal('InvalidParameter.Version')
    if (headers['x-tc-region'] === undefined) throw new Refusal('MissingParameter')
  }

  #do(action: string, payload: Buffer): object {
    if (!Object.hasOwn(ACTIONS, action)) throw new Refusal('InvalidAction')
    const parsed = ACTIONS[action as Action].safeParse(JSON.parse(payload.toString('utf8')))
    if (!parsed.success) throw new Refusal('InvalidParameter')
    const body: Record<string, unknown> = parsed.data
    if (body['SdkAppId'] !== this.account.sdkAppId) throw new Refusal('InvalidParameter.SdkAppId')
    if (action === 'CreateCloudRecording' || action === 'StartPublishCdnStream') {
      this.#checkRobot((body['AgentParams'] ?? body) as { UserId: string; UserSig: string })
      const task = { taskId: `-task-${++this.#made}..`, action, body, running: true }
      this.tasks.push(task)
      return { TaskId: task.taskId }
    }
    const task = this.tasks.find(({ taskId, running }) => running && taskId === body['TaskId'])
    if (task === undefined) throw new Refusal('FailedOperation.TaskNotExist')
    if (action === 'UpdatePublishCdnStream') Object.assign(task.body, body)
    else task.running = false
    return { TaskId: task.taskId }
  }

  #checkRobot({ UserId, UserSig }: { UserId: string; UserSig: string }): void {
    const { sdkAppId, key } = this.account
    if (!verifyUserSig(UserSig, { sdkAppId, key, userId: UserId, nowSec: Date.now() / 1_000 }).ok) throw new Refusal('InvalidParameter.UserSig')
    if (this.running.some(({ body }) => body['UserId'] === UserId)) throw new Refusal('FailedOperation.UserIdConflict')
  }
}

function answer(response: ServerResponse, status: number, result: object): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ Response: { ...result, RequestId: '71993312-6ab8-4768-9124-118e0a20c45f' } }))
}

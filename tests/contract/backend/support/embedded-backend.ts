import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { IceServer } from '../../../../electron/shared/co-anchor-line'
import type { RichText } from '../../../../electron/shared/room-message'
import type { ChatOptions } from '../../../../electron/room-server/options'
import { RoomServer } from '../../../../electron/room-server/room-server'
import { RtmpClient } from '../../../support/rtmp-client'
import { until } from '../../../support/until'
import { newRandom, RestClient, textElement, type MessageElement } from '../../im/support/rest-client'
import { ADMIN, SDK_APP_ID, SECRET_KEY } from '../../im/support/room-server-process'
import { WireClient, WireError, type WireItem } from '../../im/support/wire-client'
import { freshUserSig } from '../../im/support/user-sig'
import { ApiClient } from './api-client'
import { ROOM } from './cloud-backend'
import type { HeardMessage, House, HouseOptions, Sent } from './house'
import { sqliteStore } from './test-store'

/** Listens in a room. One account is in one live room: each room has its own. */
const observerOf = (room: string): string => `observer-of-${room}`
const DEADLINE_MS = 20_000
/** A machine that stands still for longer than the usual two seconds would let pass what a test has refused. */
const CALLBACK_MS = 15_000
const STREAM_KEY = 'a-stream-key-of-the-tests'
/** Numbers of items (`Event`). */
const CHAT = 3
const BROADCAST = 17
const REVOKE = 20

export type EmbeddedOptions = HouseOptions & Pick<ChatOptions, 'iceServers' | 'lineTime' | 'businessTime'>

/** The backend beside the embedded server, with light clients of the SDK's wire protocol in its room. */
export class EmbeddedBackend implements House {
  readonly sdkAppId = SDK_APP_ID
  readonly listeners = 1
  readonly dataDir = mkdtempSync(join(tmpdir(), 'anchordesk-house-'))
  readonly store = sqliteStore(this.dataDir)
  readonly #options: EmbeddedOptions
  readonly #clients = new Map<string, WireClient>()
  readonly #rooms = new Set([ROOM])
  /** By kind and number: who comes again is told the latest once more. */
  readonly #items = new Map<string, WireItem>()
  #server: RoomServer | null = null
  #encoder: RtmpClient | null = null
  #rtmpPort = 0
  wire = ''
  base = ''

  private constructor(options: EmbeddedOptions) {
    this.#options = options
  }

  static async start(options: EmbeddedOptions = {}): Promise<EmbeddedBackend> {
    const made = new EmbeddedBackend(options)
    await made.open()
    return made
  }

  async open(): Promise<void> {
    const { time, ...options } = this.#options
    this.#server = new RoomServer({
      host: '127.0.0.1',
      httpPort: 0,
      rtmpPort: 0,
      portFallback: false,
      streamKey: STREAM_KEY,
      webRoot: this.dataDir,
      title: 'Friday night',
      chat: {
        dataDir: this.dataDir,
        app: { sdkAppId: SDK_APP_ID, secretKey: SECRET_KEY },
        callbackMs: CALLBACK_MS,
        ...(time === undefined ? {} : { businessTime: time }),
        ...options,
      },
      log: () => undefined,
    })
    const addresses = await this.#server.start()
    this.base = addresses.http
    this.wire = addresses.wire
    this.#rtmpPort = Number(new URL(addresses.rtmp).port)
    for (const room of this.#rooms) await this.listen(room)
  }

  get restBase(): string {
    return this.base
  }

  rest(): RestClient {
    return new RestClient({ base: this.restBase, sdkAppId: SDK_APP_ID, key: SECRET_KEY, identifier: ADMIN })
  }

  async anchor(): Promise<ApiClient> {
    const session = (await this.#server?.anchorSession('Ada')) ?? null
    return new ApiClient(this.base, session)
  }

  /** What main of the app asks for. */
  sayNotice(notice: RichText, ifStill: string | null): Promise<RichText | null> {
    return this.#server?.sayNotice(notice, ifStill) ?? Promise.resolve(null)
  }

  /** What main of the app says. */
  setIceServers(iceServers: readonly IceServer[]): void {
    this.#server?.setIceServers(iceServers)
  }

  nobody(): ApiClient {
    return new ApiClient(this.base)
  }

  guest(nick: string, room = ROOM): Promise<ApiClient> {
    return this.nobody().guest(room, nick)
  }

  heard(room = ROOM): readonly HeardMessage[] {
    this.#collect()
    return [...this.#items.values()].flatMap((item) => {
      if (item.ToGroupId !== room || (item.Event !== CHAT && item.Event !== BROADCAST)) return []
      const [element] = item.MsgBody as readonly MessageElement[]
      return {
        from: item.From_Account ?? '',
        priority: item.MsgPriority ?? '',
        type: element?.MsgType ?? '',
        content: element?.MsgContent ?? {},
        cloudCustomData: String(item['CloudCustomData'] ?? ''),
        msgSeq: item.MsgSeq ?? 0,
      }
    })
  }

  recalled(): readonly number[] {
    this.#collect()
    return [...this.#items.values()]
      .filter(({ Event }) => Event === REVOKE)
      .flatMap(({ MsgBody }) => (MsgBody as { readonly RevokeMsgList: readonly { readonly MsgSeq: number }[] }).RevokeMsgList.map(({ MsgSeq }) => MsgSeq))
  }

  async listen(room: string): Promise<void> {
    this.#rooms.add(room)
    await this.#enter(observerOf(room), freshUserSig(SDK_APP_ID, SECRET_KEY, observerOf(room)), room)
  }

  async join(guest: ApiClient): Promise<number> {
    return (await outcome(() => this.#enter(guest.userId, guest.session?.userSig ?? ''))).code
  }

  async say(guest: ApiClient, text: string): Promise<number> {
    return (await this.send(guest, [textElement(text)])).code
  }

  send(guest: ApiClient, body: readonly MessageElement[], cloudCustomData = ''): Promise<Sent> {
    const message = { GroupId: ROOM, Random: newRandom(), MsgPriority: 'Normal', MsgBody: body, CloudCustomData: cloudCustomData }
    return outcome(() => this.#clientOf(guest.userId).request('group_open_http_svc.send_group_msg', message))
  }

  async leave(guest: ApiClient): Promise<void> {
    await this.#clientOf(guest.userId).request('group_open_http_svc.quit_group', { GroupId: ROOM })
  }

  async line(guest: ApiClient, up: boolean): Promise<void> {
    const client = this.#clientOf(guest.userId)
    if (!up) {
      // As a page that is closed does: a line that is cut without a word is given time.
      client.socket.close()
      await until(() => (client.open ? null : true), DEADLINE_MS, 'the socket to close')
      return
    }
    await client.connect(this.wire)
    await client.login(guest.session?.userSig ?? '')
  }

  async stream(on: boolean): Promise<void> {
    this.#encoder?.socket.destroy()
    this.#encoder = null
    if (!on) return
    this.#encoder = await RtmpClient.open(this.#rtmpPort)
    await this.#encoder.take('publish', STREAM_KEY)
  }

  async shut(): Promise<void> {
    this.#collect()
    await this.stream(false)
    for (const client of this.#clients.values()) client.close()
    this.#clients.clear()
    await this.#server?.close()
    this.#server = null
  }

  async close(): Promise<void> {
    await this.shut()
    rmSync(this.dataDir, { recursive: true, force: true })
  }

  async #enter(userId: string, userSig: string, room = ROOM): Promise<void> {
    const client = this.#clients.get(userId) ?? new WireClient(userId)
    if (!client.open) {
      await client.connect(this.wire)
      await client.login(userSig)
    }
    this.#clients.set(userId, client)
    await client.join(room)
  }

  #clientOf(userId: string): WireClient {
    const client = this.#clients.get(userId)
    if (client === undefined) throw new Error(`${userId} is not in the room`)
    return client
  }

  #collect(): void {
    for (const room of this.#rooms)
      for (const item of this.#clients.get(observerOf(room))?.items ?? [])
        if (item.MsgSeq !== undefined) this.#items.set(`${room} ${item.Event} ${item.MsgSeq}`, item)
  }
}

/** What the server said to it, be it a refusal. */
async function outcome(act: () => Promise<Record<string, unknown> | undefined | void>): Promise<Sent> {
  try {
    const answer = await act()
    return { code: 0, info: '', msgSeq: Number(answer?.['MsgSeq'] ?? 0) }
  } catch (error) {
    if (error instanceof WireError) return { code: error.code, info: error.message, msgSeq: 0 }
    throw error
  }
}

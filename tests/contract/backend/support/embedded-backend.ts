import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PaymentHook } from '../../../../electron/room-server/backend/gifts/payment'
import type { Edition } from '../../../../electron/shared/edition'
import { RoomServer } from '../../../../electron/room-server/room-server'
import { SDK_APP_ID, SECRET_KEY } from '../../im/support/room-server-process'
import { WireClient, WireError, type WireItem } from '../../im/support/wire-client'
import { freshUserSig } from '../../im/support/user-sig'
import { ApiClient } from './api-client'
import { ROOM } from './cloud-backend'

const OBSERVER = 'observer'

export interface EmbeddedOptions {
  readonly payment?: PaymentHook
  readonly edition?: Edition
}

/** The backend beside the embedded server, with light clients of the SDK's wire protocol in its room. */
export class EmbeddedBackend {
  readonly #options: EmbeddedOptions
  readonly #dataDir = mkdtempSync(join(tmpdir(), 'anchordesk-house-'))
  readonly #clients = new Map<string, WireClient>()
  /** By their numbers: who comes again is told the latest once more. */
  readonly #heard = new Map<number, WireItem>()
  #server: RoomServer | null = null
  #wire = ''
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
    this.#server = new RoomServer({
      host: '127.0.0.1',
      httpPort: 0,
      rtmpPort: 0,
      portFallback: false,
      streamKey: 'a-stream-key-of-the-tests',
      webRoot: this.#dataDir,
      title: 'Friday night',
      chat: { dataDir: this.#dataDir, app: { sdkAppId: SDK_APP_ID, secretKey: SECRET_KEY }, ...this.#options },
      log: () => undefined,
    })
    const addresses = await this.#server.start()
    this.base = addresses.http
    this.#wire = addresses.wire
    await this.#enter(OBSERVER, freshUserSig(SDK_APP_ID, SECRET_KEY, OBSERVER))
  }

  async anchor(): Promise<ApiClient> {
    const session = (await this.#server?.anchorSession('Ada')) ?? null
    return new ApiClient(this.base, session)
  }

  nobody(): ApiClient {
    return new ApiClient(this.base)
  }

  guest(nick: string): Promise<ApiClient> {
    return this.nobody().guest(ROOM, nick)
  }

  told(): readonly Record<string, unknown>[] {
    this.#collect()
    return [...this.#heard.values()].flatMap((item) => {
      const [element] = (item.Event === 3 ? item.MsgBody : []) as readonly { readonly MsgType: string; readonly MsgContent: { readonly Data?: string } }[]
      return element?.MsgType === 'TIMCustomElem' ? [JSON.parse(element.MsgContent.Data ?? '{}') as Record<string, unknown>] : []
    })
  }

  async join(guest: ApiClient): Promise<number> {
    return codeOf(() => this.#enter(guest.userId, guest.session?.userSig ?? ''))
  }

  async say(guest: ApiClient, text: string): Promise<number> {
    const client = this.#clients.get(guest.userId)
    if (client === undefined) throw new Error(`${guest.userId} is not in the room`)
    return codeOf(() => client.send(ROOM, text))
  }

  async shut(): Promise<void> {
    this.#collect()
    for (const client of this.#clients.values()) client.close()
    this.#clients.clear()
    await this.#server?.close()
    this.#server = null
  }

  async close(): Promise<void> {
    await this.shut()
    rmSync(this.#dataDir, { recursive: true, force: true })
  }

  async #enter(userId: string, userSig: string): Promise<void> {
    const client = this.#clients.get(userId) ?? new WireClient(userId)
    if (!client.open) {
      await client.connect(this.#wire)
      await client.login(userSig)
    }
    this.#clients.set(userId, client)
    await client.join(ROOM)
  }

  #collect(): void {
    for (const item of this.#clients.get(OBSERVER)?.items ?? []) if (item.MsgSeq !== undefined) this.#heard.set(item.MsgSeq, item)
  }
}

async function codeOf(act: () => Promise<unknown>): Promise<number> {
  try {
    await act()
    return 0
  } catch (error) {
    if (error instanceof WireError) return error.code
    throw error
  }
}

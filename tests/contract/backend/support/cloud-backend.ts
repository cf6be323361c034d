import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import { Backend, CALLBACK_PATH, type BackendOptions } from '../../../../electron/room-server/backend/backend'
import type { BackendConfig } from '../../../../electron/room-server/backend/config'
import type { RoomDatabase } from '../../../../electron/room-server/store/schema'
import { EDITIONS, type Edition } from '../../../../electron/shared/edition'
import { ChatCloud } from '../../../fakes/chat-cloud'
import { ApiClient } from './api-client'
import { postgresStore, sqliteStore, USUAL_STORE, type StoreKind, type TestStore } from './test-store'

export const APP = {
  sdkAppId: 1_400_000_001,
  key: '5bd2850fff3ecb11d7c805251c51ee463a25727bddc2385f3fa8bfee1bb93b5e',
  admin: 'administrator',
  token: 'a-token-of-the-tests',
}
export const ROOM = 'program'

export interface CloudBackendOptions {
  readonly edition?: Edition
  readonly callbacks?: boolean
  readonly store?: StoreKind
  readonly more?: Pick<BackendOptions, 'payment' | 'reviewer' | 'clock' | 'timers' | 'observer' | 'mayTell'>
  readonly config?: Pick<BackendConfig, 'css' | 'cloudKeys' | 'mayConnect'>
}

/** The backend beside the stand-in for the cloud; it can be closed and opened again on the same data. */
export class CloudBackend {
  readonly cloud: ChatCloud
  readonly #options: CloudBackendOptions
  readonly dataDir: string
  readonly log: string[] = []
  #server: Server | null = null
  #backend: Backend | null = null
  readonly store: TestStore
  #database: Kysely<RoomDatabase> | null = null
  base = ''

  private constructor(options: CloudBackendOptions, dataDir: string, store: TestStore) {
    this.#options = options
    this.dataDir = dataDir
    this.store = store
    this.cloud = new ChatCloud(APP)
    // A machine that stands still for longer than the cloud's two seconds would let pass what a test has refused.
    this.cloud.callbackMs = 15_000
  }

  static async start(options: CloudBackendOptions = {}): Promise<CloudBackend> {
    const dataDir = mkdtempSync(join(tmpdir(), 'anchordesk-backend-'))
    const store = (options.store ?? USUAL_STORE) === 'postgres' ? await postgresStore() : sqliteStore(dataDir)
    const made = new CloudBackend(options, dataDir, store)
    await made.cloud.listen()
    await made.open()
    return made
  }

  get backend(): Backend {
    if (this.#backend === null) throw new Error('the backend is closed')
    return this.#backend
  }

  get database(): Kysely<RoomDatabase> {
    if (this.#database === null) throw new Error('the backend is closed')
    return this.#database
  }

  get business(): Backend['business'] {
    return this.backend.business
  }

  async open(): Promise<void> {
    this.#database = await this.store.open()
    const backend = await Backend.open({
      config: {
        chat: {
          restBase: () => this.cloud.base,
          sdkAppId: APP.sdkAppId,
          secretKey: APP.key,
          admin: APP.admin,
          callbackToken: APP.token,
          edition: EDITIONS[this.#options.edition ?? 'enterprise'],
          wire: 'cloud',
        },
        programRoom: ROOM,
        title: 'Friday night',
        ...this.#options.config,
        log: (level, message) => void this.log.push(`${level}: ${message}`),
      },
      database: this.#database,
      ...this.#options.more,
    })
    const server = createServer((request, response) => backend.handle(request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    this.#server = server
    this.#backend = backend
    this.base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    this.cloud.callbackUrl = this.#options.callbacks === false ? null : `${this.base}${CALLBACK_PATH}`
    await backend.start()
  }

  nobody(): ApiClient {
    return new ApiClient(this.base)
  }

  async anchor(): Promise<ApiClient> {
    return new ApiClient(this.base, { ...(await this.backend.anchorSession('Ada')), wire: null })
  }

  guest(nick: string, room = ROOM): Promise<ApiClient> {
    return this.nobody().guest(room, nick)
  }

  async shut(): Promise<void> {
    await this.#backend?.close()
    this.#server?.closeAllConnections()
    await new Promise<void>((resolve) => (this.#server === null ? resolve() : this.#server.close(() => resolve())))
    await this.#database?.destroy()
    this.#backend = null
  }

  async close(): Promise<void> {
    await this.shut()
    await this.cloud.close()
    rmSync(this.dataDir, { recursive: true, force: true })
  }
}

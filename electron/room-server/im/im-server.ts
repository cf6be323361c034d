import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Kysely } from 'kysely'
import type { RoomDatabase } from '../store/schema'
import { WriteQueue } from '../store/write-queue'
import type { Upgrades } from '../upgrades'
import { A2Keys } from './a2-key'
import { CallbackClient } from './callbacks/client'
import type { ImConfig } from './config'
import { Sequence } from './domain/sequence'
import { AccountBook } from './service/account-book'
import { C2cMail } from './service/c2c-mail'
import { editionOf, type ImContext } from './service/context'
import { tidy } from './service/housekeeping'
import { resume } from './service/messaging'
import { presenceEvents } from './service/presence'
import { RoomBook } from './service/room-book'
import { RoomFeed } from './service/room-feed'
import { SessionBook } from './service/session-book'
import { COMMANDS, OPEN_COMMANDS } from './wire/commands'
import { resumePush } from './wire/poll'
import { WireGateway, type GatewayOptions } from './wire/gateway'
import { RestApi } from './rest/rest-api'

const PRESENCE_SWEEP_MS = 1_000
const HOUSEKEEPING_MS = 10 * 60_000

export interface ImServerOptions extends GatewayOptions {
  readonly config: ImConfig
  readonly database: Kysely<RoomDatabase>
}

/** A server that Tencent's Chat SDK signs in to, and that answers the REST API of its cloud. */
export class ImServer {
  readonly #context: ImContext
  readonly #gateway: WireGateway
  readonly #rest: RestApi
  readonly #timers: NodeJS.Timeout[] = []

  private constructor(context: ImContext, options: GatewayOptions) {
    this.#context = context
    const presence = presenceEvents(context)
    this.#gateway = new WireGateway(
      {
        context,
        commands: COMMANDS,
        open: OPEN_COMMANDS,
        attached: (connection, resumed) => {
          context.sessions.attach(connection, presence, resumed)
          if (resumed && context.config.delivery === 'push') resumePush(context, connection)
        },
        detached: (connection, closed) => context.sessions.detach(connection, context.nowMs(), presence, closed),
      },
      options,
    )
    this.#rest = new RestApi(context)
    context.feed.start()
    this.#timers.push(
      setInterval(() => context.sessions.sweep(context.nowMs(), presence), PRESENCE_SWEEP_MS),
      setInterval(() => {
        tidy(context).catch((error: unknown) => context.config.log('warn', `what is over was not removed: ${String(error)}`))
      }, HOUSEKEEPING_MS),
    )
  }

  /** Reads the rooms back and goes on where the last process stopped. @throws Error of SQLite */
  static async open({ config, database, ...gateway }: ImServerOptions): Promise<ImServer> {
    const store = new WriteQueue(database)
    const kept = await database.selectFrom('setting').select('value').where('name', '=', 'sequence').executeTakeFirst()
    const sequence = new Sequence(Number(kept?.value ?? 0), (upTo) => {
      store
        .add((db) =>
          db
            .insertInto('setting')
            .values({ name: 'sequence', value: String(upTo) })
            .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: String(upTo) }))
            .execute(),
        )
        .catch((error: unknown) => config.log('warn', `numbers could not be set aside: ${String(error)}`))
    })
    const accounts = new AccountBook(store)
    await accounts.load(database)
    const rooms = new RoomBook()
    const parts = {
      config,
      keys: new A2Keys(config.secretKey, config.sdkAppId),
      store,
      callbacks: new CallbackClient(config),
      accounts,
      rooms,
      sessions: new SessionBook(),
      c2c: new C2cMail(database, store),
      sequence,
      nowMs: () => Date.now(),
      nowSec: () => Math.floor(Date.now() / 1_000),
      random: () => Math.random(),
    }
    const context: ImContext = Object.assign(parts, { feed: new RoomFeed(() => context) })
    const pending = await rooms.load(database, editionOf(context).messagesPerSecond, parts.random, parts.nowMs())
    const server = new ImServer(context, gateway)
    // Everybody who was in a room has the usual grace to come back.
    for (const userId of rooms.presentUsers()) context.sessions.setAbsent(userId, context.nowMs(), false)
    for (const { room, pending: message } of pending) await resume(context, room, message)
    return server
  }

  /** Takes the WebSockets of /binfo and /info. */
  serveOn(upgrades: Upgrades): void {
    this.#gateway.serveOn(upgrades)
  }

  /** Answers a request under /v4/. */
  handleRest(request: IncomingMessage, response: ServerResponse): void {
    this.#rest.handle(request, response)
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    this.#gateway.close()
    this.#context.feed.close()
    for (const room of this.#context.rooms.all()) {
      if (room.lookTimer !== null) clearTimeout(room.lookTimer)
      if (room.pumpTimer !== null) clearTimeout(room.pumpTimer)
    }
    await this.#context.store.idle()
    await this.#context.callbacks.close()
  }
}

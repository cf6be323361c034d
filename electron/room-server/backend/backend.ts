import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Kysely } from 'kysely'
import type { RichText } from '../../shared/room-message'
import type { ShowState } from '../../shared/room-server'
import type { ShowEngine } from '../../shared/show-engine'
import { CloudApi } from '../cloud/cloud-api'
import { RoomTasks } from '../cloud/room-tasks'
import { TrtcTasks } from '../cloud/trtc-tasks'
import type { RoomDatabase } from '../store/schema'
import { ApiError } from './api/api-error'
import { createApi, factsOf, readText } from './api/create-api'
import { ApiRates } from './api/rate'
import { audienceRoutes } from './api/routes/audience'
import { cloudRoutes } from './api/routes/cloud'
import { drawRoutes } from './api/routes/draws'
import { giftRoutes } from './api/routes/gifts'
import { moderationRoutes } from './api/routes/moderation'
import { pkRoutes } from './api/routes/pk'
import { roomRoutes } from './api/routes/rooms'
import { sessionRoutes } from './api/routes/sessions'
import { seatRoutes } from './api/routes/seats'
import { showRoutes } from './api/routes/shows'
import { trtcRoutes } from './api/routes/trtc'
import { Activity } from './audience/activity'
import { Counters } from './audience/counters'
import { EnergyLog } from './audience/energy-log'
import { Presence } from './audience/presence'
import { Standings } from './audience/standing'
import type { Business } from './business'
import { Board } from './chat/board'
import { CallbackWatch } from './chat/callback-watch'
import { Callbacks } from './chat/callbacks'
import { ChatRest } from './chat/chat-rest'
import { Outbox } from './chat/outbox'
import { systemClock, systemTimers, type Clock, type Timers } from './clock'
import { LIMITS, type BackendConfig } from './config'
import type { BackendObserver } from './observer'
import { Draws } from './draws/draws'
import { Gifts } from './gifts/gifts'
import type { PaymentHook } from './gifts/payment'
import { TestWallet } from './gifts/test-wallet'
import { People } from './identity/people'
import { LOCAL_ANCHOR, Sessions, type OpenSession } from './identity/sessions'
import { Moderation } from './moderation/moderation'
import { WordList } from './moderation/word-list'
import { Connections } from './pk/connections'
import { Pks } from './pk/pks'
import { ProgramRoom } from './rooms/program-room'
import { QuickNotices } from './rooms/quick-notices'
import { fromGroupText } from './rooms/room-text'
import { Rooms } from './rooms/rooms'
import { Seats } from './seats/seats'
import { ShowBook } from './shows/show-book'
import { Broadcasts } from './speech/broadcasts'
import { History } from './speech/history'
import { Speech, type Reviewer } from './speech/speech'

export interface BackendOptions {
  readonly config: BackendConfig
  readonly database: Kysely<RoomDatabase>
  readonly clock?: Clock
  /** Of what a PK and its connection do again and again; left out: the machine's. */
  readonly timers?: Timers
  /** Left out: the test wallet. */
  readonly payment?: PaymentHook
  readonly reviewer?: Reviewer
  readonly observer?: BackendObserver
  /** May IM, the cloud and other rooms be spoken to? Asked before each call: the outbox and the board wait until it may, the others fail. Left out: always. */
  readonly mayTell?: () => boolean
}

const START_AGAIN_MS = 5_000

/** Where IM's callbacks are sent. */
export const CALLBACK_PATH = '/api/im/callback'

/** The business of the live rooms. It hears IM by callbacks and speaks to it by REST; which IM it is makes no difference. */
export class Backend {
  readonly business: Business
  readonly #rest: ChatRest
  readonly #outbox: Outbox
  readonly #board: Board
  readonly #watch: CallbackWatch
  readonly #cloudApi: CloudApi | null
  readonly #listener: (request: IncomingMessage, response: ServerResponse) => Promise<void>
  readonly #programRoom: ProgramRoom
  #retry: NodeJS.Timeout | null = null
  #closed = false

  private constructor(
    business: Business,
    chat: { rest: ChatRest; outbox: Outbox; board: Board; watch: CallbackWatch; cloudApi: CloudApi | null },
    observer: BackendObserver | null,
  ) {
    this.business = business
    this.#rest = chat.rest
    this.#outbox = chat.outbox
    this.#board = chat.board
    this.#watch = chat.watch
    this.#cloudApi = chat.cloudApi
    const { config, sessions, clock, callbacks } = business
    this.#programRoom = new ProgramRoom(business.rooms, config)
    const api = createApi({
      routes: [
        ...sessionRoutes(business),
        ...roomRoutes(business),
        ...audienceRoutes(business),
        ...giftRoutes(business),
        ...moderationRoutes(business),
        ...drawRoutes(business),
        ...seatRoutes(business),
        ...pkRoutes(business),
        ...showRoutes(business),
        ...trtcRoutes(business),
        ...cloudRoutes(business),
      ],
      sessions,
      rates: new ApiRates(clock),
      observer,
      log: (level, message) => config.log(level, message),
    })
    api.post(CALLBACK_PATH, async (context) => {
      const text = await readText(context.req.raw, LIMITS.callbackBodyBytes)
      const query = context.req.query()
      // A browser says where a request comes from, and IM has no browser.
      const byPage = context.req.header('origin') !== undefined || context.req.header('sec-fetch-site') !== undefined
      const outcome = await callbacks.take(query, { address: factsOf(context).address, byPage }, text)
      observer?.callback(query['CallbackCommand'] ?? '', outcome.ok ? 'taken' : outcome.reason)
      return outcome.ok ? context.json(outcome.answer) : context.json({ ActionStatus: 'FAIL', ErrorCode: 1, ErrorInfo: outcome.reason }, 403)
    })
    this.#listener = getRequestListener(api.fetch)
  }

  /** Reads what is on disk. IM is not asked before `start`. @throws Error of SQLite */
  static async open(options: BackendOptions): Promise<Backend> {
    const { config, database: db } = options
    const clock = options.clock ?? systemClock
    const timers = options.timers ?? systemTimers
    const mayTell = options.mayTell ?? (() => true)
    const rest = new ChatRest(config.chat, clock, mayTell)
    const outbox = new Outbox(db, rest, config, clock, mayTell)
    const board = new Board(rest, config, mayTell)
    const people = new People(db, rest, clock)
    const rooms = new Rooms({ db, rest, outbox, board, people, clock })
    const activity = new Activity(db, clock, (message) => config.log('warn', message))
    const watch = new CallbackWatch(clock)
    const presence = new Presence({ rest, rooms, activity, config, clock, callbacksArrive: () => watch.state === 'arriving' })
    const standings = new Standings(activity, presence, people, clock)
    const counters = new Counters({ rest, rooms, presence, standings, config, clock })
    const energy = new EnergyLog({ rooms, presence, standings, clock })
    const wallet = new TestWallet(db, clock)
    const payment = options.payment ?? wallet
    const testWallet = options.payment === undefined ? wallet : null
    const moderation = new Moderation({ db, outbox, rooms, people, config, clock })
    const filter = new WordList(db)
    const history = new History(db, clock)
    const draws = new Draws({ db, outbox, rooms, standings, config, clock })
    const gifts = new Gifts({
      db,
      outbox,
      rooms,
      standings,
      activity,
      counters,
      payment,
      config,
      clock,
      ordered: (state) => options.observer?.giftOrder(state),
    })
    const speech = new Speech({
      rooms,
      people,
      moderation,
      words: filter,
      standings,
      activity,
      counters,
      draws,
      history,
      config,
      clock,
      reviewer: options.reviewer ?? null,
    })
    const shows = new ShowBook({
      db,
      rooms,
      presence,
      activity,
      speech,
      ledger: gifts.ledger,
      clock,
      callbacksArrive: () => watch.state === 'arriving',
      log: (level, message) => config.log(level, message),
    })
    const seats = new Seats({ db, outbox, board, rooms, people, standings, moderation })
    const pks = new Pks({ db, outbox, board, rooms, people, seats, config, clock, timers })
    const cloudApi = config.cloudKeys === undefined ? null : new CloudApi(config.cloudKeys, clock, timers, mayTell)
    const tasks = new RoomTasks({
      db,
      cloud: cloudApi === null ? null : new TrtcTasks(cloudApi, config.chat),
      rooms,
      clock,
      timers,
      log: (level, message) => config.log(level, message),
    })
    const callbacks = new Callbacks(config.chat, clock, {
      beforeSend: (message) => speech.before(message),
      afterSend: (message) => speech.after(message),
      beforeJoin: (groupId, userId) => speech.beforeJoin(groupId, userId),
      joined: (groupId, userIds) => presence.joined(groupId, userIds),
      left: (groupId, userIds) => presence.left(groupId, userIds),
      attributes: ({ GroupId, Operator_Account: operator, OptionType: type, GroupAttr: items }) => {
        // Who wrote is not said by every cloud: then the numbers alone decide.
        if (rooms.find(GroupId) !== null) board.changed(GroupId, { type, items, ours: operator === undefined || operator === config.chat.admin })
      },
      state: (userId, online) => presence.state(userId, online),
    })
    callbacks.onTaken(() => watch.heard())
    outbox.onTold(() => watch.spoke())
    await outbox.load()
    await people.load()
    await rooms.load()
    await moderation.load(db)
    await filter.load()
    await seats.load()
    await pks.load()
    await draws.load()
    await standings.load(rooms.all().map((room) => room.room_id))
    const sessions = await Sessions.load(db, people, config.chat, clock)
    const business: Business = {
      config,
      clock,
      db,
      people,
      sessions,
      rooms,
      quickNotices: new QuickNotices(db, clock),
      presence,
      activity,
      standings,
      counters,
      energy,
      payment,
      testWallet,
      gifts,
      moderation,
      filter,
      speech,
      history,
      draws,
      seats,
      pks,
      connections: new Connections({ pks, config, clock, timers, mayTell }),
      shows,
      tasks,
      broadcasts: new Broadcasts(rest, outbox, rooms, config),
      callbacks,
      callbackState: () => watch.state,
    }
    return new Backend(business, { rest, outbox, board, watch, cloudApi }, options.observer ?? null)
  }

  /**
   * Goes on where the last process stopped, and makes the program's room. Where IM does not answer, the API is up all the same and says so; it
   * is tried again.
   */
  async start(): Promise<void> {
    const { config, gifts, draws, pks, tasks } = this.business
    this.#outbox.resume()
    await gifts.resume()
    draws.resume()
    await pks.resume()
    await tasks.resume()
    try {
      await this.#makeProgramRoom()
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      config.log('warn', `the room ${config.programRoom} is not there yet: ${error.cause instanceof Error ? error.cause.message : error.code}`)
      this.#retry = setTimeout(() => this.#startAgain(), START_AGAIN_MS)
      return
    }
    await this.#goOn()
  }

  /** Calls that IM has to take yet. */
  get untold(): number {
    return this.#outbox.length
  }

  /** Requests under /api/ (but those of the stream), /docs and /openapi.json. */
  handle(request: IncomingMessage, response: ServerResponse): void {
    this.#listener(request, response).catch((error: unknown) =>
      this.business.config.log('warn', `a request was not answered: ${error instanceof Error ? error.message : String(error)}`),
    )
  }

  /** The program stream came or went: its room follows. */
  program(publishing: boolean): Promise<void> {
    return this.#programRoom.stream(publishing)
  }

  /** How the anchor's show stands: the room of the program follows. */
  show(state: ShowState, engine: ShowEngine): Promise<void> {
    return this.#programRoom.show(state, engine)
  }

  /** A session of the anchor of this machine, for the studio. */
  anchorSession(nick: string): Promise<OpenSession> {
    return this.business.sessions.localAnchor({ nick, avatar: '' })
  }

  /**
   * The notice of the program's room, in the anchor's name.
   * @param ifStill only if the notice has this text yet; null = in any case
   * @returns the notice before
   * @throws ApiError room.not-found | text.too-long | text.image-not-https
   */
  async sayNotice(notice: RichText, ifStill: string | null): Promise<RichText> {
    const { rooms, config } = this.business
    const before = fromGroupText(rooms.get(config.programRoom).notice)
    const images = notice.form === 'rich' ? notice.images : []
    if (ifStill === null || before.text === ifStill) await rooms.setText(config.programRoom, 'notice', { text: notice.text, images }, LOCAL_ANCHOR)
    return before
  }

  async setTitle(title: string): Promise<void> {
    const { rooms, config } = this.business
    const room = rooms.find(config.programRoom)
    if (room !== null && room.title !== title) await rooms.edit(config.programRoom, { title })
  }

  /** At once, and for ever: neither IM nor the cloud nor another room is told anything more. What is written and not told is on disk. */
  halt(): void {
    this.#rest.close()
    this.#outbox.halt()
    void this.#board.close()
    this.#cloudApi?.close()
    // Other rooms are not asked either; what they answer would not be kept.
    void this.business.connections.close()
  }

  async close(): Promise<void> {
    if (this.#retry !== null) clearTimeout(this.#retry)
    this.#closed = true
    const { presence, counters, gifts, draws, activity, energy, shows, pks, connections, tasks } = this.business
    tasks.close()
    this.#cloudApi?.close()
    energy.close()
    draws.close()
    await connections.close()
    await pks.close()
    presence.close()
    this.#watch.close()
    await this.#programRoom.close()
    await shows.close()
    await gifts.close()
    await counters.close()
    await activity.flush()
    this.halt()
    await this.#board.close()
    await this.#outbox.close()
  }

  async #makeProgramRoom(): Promise<void> {
    const { config, rooms, people } = this.business
    if (rooms.find(config.programRoom) !== null) return
    if ((await people.profile(LOCAL_ANCHOR)) === null) await people.write(LOCAL_ANCHOR, { nick: 'Anchor', avatar: '' })
    await people.setRole('*', LOCAL_ANCHOR, 'anchor', '')
    await rooms.create({ roomId: config.programRoom, title: config.title, cover: '', startsAt: 0, owner: LOCAL_ANCHOR })
  }

  /** With what needs IM to answer. */
  async #goOn(): Promise<void> {
    const { rooms, seats, pks, presence, shows } = this.business
    rooms.resume()
    await seats.resume()
    pks.writeBoards()
    await presence.start()
    await shows.resume()
  }

  #startAgain(): void {
    const { config } = this.business
    this.#makeProgramRoom()
      .then(() => (this.#closed ? undefined : this.#goOn()))
      .catch((error: unknown) => {
        if (!(error instanceof ApiError)) config.log('warn', `the room ${config.programRoom} was not made: ${String(error)}`)
        if (!this.#closed) this.#retry = setTimeout(() => this.#startAgain(), START_AGAIN_MS)
      })
  }
}

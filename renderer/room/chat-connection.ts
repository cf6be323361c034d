import type TencentCloudChat from '@tencentcloud/chat'
import type { ChatSDK } from '@tencentcloud/chat'
import { ROOM_MESSAGE_VERSION } from '../../electron/shared/room-message'
import type { RoomSession } from '../../electron/shared/room-api'
import { askingOver, listenToSignaling, type AskingLine, type AskingNews } from './chat-signaling'
import { readSdkMessage, type Heard, type SdkMessage } from './room-messages'
import { refusalOf } from './refusal'

type Sdk = typeof TencentCloudChat

/** Pauses between attempts, milliseconds; the last one goes on. */
const RETRIES_MS = [1_000, 2_000, 3_000, 5_000, 8_000] as const
/** Away for longer: the server has let this client out of the room (limits of the Chat server: 45 s), the SDK believes itself inside. */
const AWAY_MS = 45_000
/** Nothing came for this long: the service is asked for a sign of life, and again after the second time. */
const QUIET_MS = 15_000
const ASK_AGAIN_MS = 10_000
/** Nothing came for this long, no answer either: whatever the SDK believes, the line is dead. */
export const DEAD_MS = 45_000
/** The SDK's level for "no log": it would write into the page's console. */
const SILENT = 4

/** `kicked` comes with the reason, one of the SDK's types. `not-loaded`: the SDK's file did not come, and browsers ask only once for it in a page's life. */
export type ChatState = 'connecting' | 'ready' | 'reconnecting' | 'not-loaded' | 'kicked' | 'removed' | 'closed'
export type KickReason = 'multipleAccount' | 'multipleDevice' | 'REST_API_Kick' | 'userSigExpired'

export interface ChatHandlers {
  onHeard(heard: Heard): void
  /** A question to this page's person, or what came of one. */
  onAsking(news: AskingNews): void
  /** @param kick '' unless the state is `kicked` */
  onState(state: ChatState, kick: KickReason | ''): void
  /** In the room, for the first time or again: what was said meanwhile has to be asked for. */
  onJoined(): void
  /** Something came from the service: messages of the room, or a mere answer (0). */
  onPacket(messages: number): void
  /** A session with a UserSig that is still good. */
  freshSession(): Promise<RoomSession>
}

export interface SentMessage {
  readonly id: string
  readonly msgSeq: number
}

/** What is dropped last above the room's rate: `High`. */
export type SpeechPriority = 'High' | 'Normal'
const SDK_PRIORITY = { High: 'MSG_PRIORITY_HIGH', Normal: 'MSG_PRIORITY_NORMAL', Low: 'MSG_PRIORITY_LOW' } as const

export interface ChatLineOptions {
  /** Ask for signs of life when the room is quiet: for who has to know whether it is quiet or cut off. */
  readonly heartbeat: boolean
}

/** A client's line to the room. What it says rejects with the SDK's error, which `refusalOf` reads. */
export interface ChatLine extends AskingLine {
  open(session: RoomSession): Promise<void>
  say(text: string, priority: SpeechPriority): Promise<SentMessage>
  like(count: number): Promise<void>
  /** Something says that the server is there: do not wait for the next attempt. */
  nudge(): void
  close(): Promise<void>
}

/** The Chat SDK in one room. It is loaded when the line opens, so that a page's picture comes first. Owns its timer and listeners. */
export class ChatConnection implements ChatLine {
  readonly #roomId: string
  readonly #handlers: ChatHandlers
  readonly #heartbeat: boolean
  #heardAtMs = 0
  #heartbeatTimer: ReturnType<typeof setTimeout> | null = null
  #sdk: Sdk | null = null
  #chat: ChatSDK | null = null
  #admin = ''
  #state: ChatState = 'closed'
  #timer: ReturnType<typeof setTimeout> | null = null
  #attempt = 0
  #lostAtMs: number | null = null
  #nudging = false
  readonly #online = (): void => this.nudge()

  constructor(roomId: string, handlers: ChatHandlers, options: ChatLineOptions = { heartbeat: false }) {
    this.#roomId = roomId
    this.#handlers = handlers
    this.#heartbeat = options.heartbeat
  }

  async open(session: RoomSession): Promise<void> {
    if (this.#state !== 'closed') await this.close()
    window.addEventListener('online', this.#online)
    this.#attempt = 0
    this.#become('connecting')
    await this.#enter(session)
  }

  async say(text: string, priority: SpeechPriority): Promise<SentMessage> {
    return this.#send('Text', { text }, priority)
  }

  async like(count: number): Promise<void> {
    const data = JSON.stringify({ v: ROOM_MESSAGE_VERSION, kind: 'like', count })
    await this.#send('Custom', { data, description: 'like', extension: '' }, 'Low')
  }

  async ask(userId: string, data: string, seconds: number): Promise<string> {
    return this.#asking().ask(userId, data, seconds)
  }

  async answer(inviteId: string, accept: boolean, data: string): Promise<void> {
    return this.#asking().answer(inviteId, accept, data)
  }

  async takeBack(inviteId: string): Promise<void> {
    return this.#asking().takeBack(inviteId)
  }

  async nickOf(userId: string): Promise<string> {
    return this.#asking().nickOf(userId)
  }

  nudge(): void {
    if (this.#nudging || this.#state !== 'reconnecting' || this.#chat === null) return
    // The SDK rests after a failed attempt; these two events make it try at once (found by running it: about 20 ms).
    this.#nudging = true
    window.dispatchEvent(new Event('offline'))
    window.dispatchEvent(new Event('online'))
    this.#nudging = false
  }

  async close(): Promise<void> {
    await this.#end('closed')
  }

  async #enter(session: RoomSession): Promise<void> {
    const sdk = await this.#load()
    if (this.#isOver()) return
    if (sdk === null) return this.#end('not-loaded')
    this.#admin = session.admin
    try {
      const chat = sdk.create({ SDKAppID: session.sdkAppId, ...(session.wire === null ? {} : { proxyServer: session.wire }) })
      chat.setLogLevel(SILENT)
      this.#chat = chat
      this.#listen(sdk, chat)
      await signIn(sdk, chat, session)
      await this.#join(sdk, chat)
    } catch (error) {
      if (this.#isOver()) return
      if (refusalOf(error).reason === 'blocked') await this.#end('removed')
      else this.#again()
    }
  }

  async #join(sdk: Sdk, chat: ChatSDK): Promise<void> {
    await chat.joinGroup({ groupID: this.#roomId, type: sdk.TYPES.GRP_AVCHATROOM })
    if (this.#chat !== chat) return
    this.#attempt = 0
    this.#lostAtMs = null
    this.#stopTimer()
    this.#become('ready')
    this.#packet(0)
    if (this.#heartbeat) this.#listenForLife(chat, QUIET_MS)
    this.#handlers.onJoined()
  }

  #packet(messages: number): void {
    this.#heardAtMs = Date.now()
    this.#handlers.onPacket(messages)
  }

  /** A quiet room and a dead line look alike: only an answer tells them apart. */
  #listenForLife(chat: ChatSDK, inMs: number): void {
    this.#stopHeartbeat()
    this.#heartbeatTimer = setTimeout(() => {
      if (this.#chat !== chat || this.#state !== 'ready') return
      const quietMs = Date.now() - this.#heardAtMs
      if (quietMs >= DEAD_MS) return this.#again()
      if (quietMs >= QUIET_MS) {
        const answered = (): void => (this.#chat === chat ? this.#packet(0) : undefined)
        chat.getGroupOnlineMemberCount(this.#roomId).then(answered, ignoreGone)
      }
      this.#listenForLife(chat, quietMs >= QUIET_MS ? ASK_AGAIN_MS : QUIET_MS - quietMs)
    }, inMs)
  }

  /** All from the start: whatever made it fail may be over. */
  #again(): void {
    this.#become('reconnecting')
    this.#stopTimer()
    this.#timer = setTimeout(() => {
      this.#dispose()
        .then(() => this.#handlers.freshSession())
        .then((session) => (this.#isOver() ? undefined : this.#enter(session)))
        .catch((error: unknown) => {
          if (this.#isOver()) return undefined
          if (refusalOf(error).reason === 'blocked') return this.#end('removed')
          return this.#again()
        })
    }, this.#pause())
  }

  #listen(sdk: Sdk, chat: ChatSDK): void {
    const current = (): boolean => this.#chat === chat && !this.#isOver()
    chat.on(sdk.EVENT.MESSAGE_RECEIVED, ({ data }: { readonly data: readonly SdkMessage[] }) => {
      if (!current()) return
      this.#packet(data.filter(({ to }) => to === this.#roomId).length)
      for (const message of data) if (current()) this.#hear(message)
    })
    listenToSignaling(sdk, chat, current, (news) => this.#handlers.onAsking(news))
    chat.on(sdk.EVENT.NET_STATE_CHANGE, ({ data }: { readonly data: { readonly state: string } }) => {
      if (!current()) return
      if (data.state === 'connected') void this.#back(sdk, chat)
      else this.#lost()
    })
    chat.on(sdk.EVENT.KICKED_OUT, ({ data }: { readonly data: { readonly type: KickReason } }) => {
      if (!current()) return
      // Only this one is nobody's decision: the same person signs in again.
      if (data.type === 'userSigExpired') this.#again()
      else void this.#end('kicked', data.type)
    })
  }

  #hear(message: SdkMessage): void {
    const heard = readSdkMessage(message, this.#roomId, this.#admin)
    if (heard === null) return
    if (heard.kind === 'out') void this.#end('removed')
    else this.#handlers.onHeard(heard)
  }

  #lost(): void {
    if (this.#state !== 'ready') return
    this.#lostAtMs = Date.now()
    this.#become('reconnecting')
    this.#nudgeLater()
  }

  #nudgeLater(): void {
    this.#stopTimer()
    this.#timer = setTimeout(() => {
      this.nudge()
      if (this.#state === 'reconnecting') this.#nudgeLater()
    }, this.#pause())
  }

  /** The line is there again; whether the room still is, has to be asked. */
  async #back(sdk: Sdk, chat: ChatSDK): Promise<void> {
    const lostAtMs = this.#lostAtMs
    if (lostAtMs === null) return
    this.#stopTimer()
    try {
      if (Date.now() - lostAtMs > AWAY_MS) await this.#quit(chat)
      await this.#join(sdk, chat)
    } catch (error) {
      if (this.#isOver() || this.#chat !== chat) return
      if (refusalOf(error).reason === 'blocked') await this.#end('removed')
      else this.#again()
    }
  }

  async #send(kind: 'Text' | 'Custom', payload: Readonly<Record<string, string>>, priority: keyof typeof SDK_PRIORITY): Promise<SentMessage> {
    const [sdk, chat] = [this.#sdk, this.#chat]
    if (sdk === null || chat === null || this.#state !== 'ready') throw notConnected()
    const options = { to: this.#roomId, conversationType: sdk.TYPES.CONV_GROUP, priority: sdk.TYPES[SDK_PRIORITY[priority]], payload }
    const message = kind === 'Text' ? chat.createTextMessage(options) : chat.createCustomMessage(options)
    try {
      const { data } = (await chat.sendMessage(message)) as { readonly data: { readonly message: SdkMessage } }
      this.#packet(1)
      return { id: data.message.ID, msgSeq: data.message.sequence ?? 0 }
    } catch (error) {
      // Out of the room without a word: the page comes in again, and its person sends again.
      if (refusalOf(error).reason === 'not-here' && this.#chat === chat) {
        this.#lostAtMs = 0
        void this.#back(sdk, chat)
      }
      throw error
    }
  }

  #asking(): AskingLine {
    if (this.#chat === null || this.#state !== 'ready') throw notConnected()
    return askingOver(this.#chat)
  }

  async #load(): Promise<Sdk | null> {
    try {
      this.#sdk ??= (await import('@tencentcloud/chat')).default
    } catch (error) {
      // What a browser throws when a module's file cannot be fetched.
      if (error instanceof TypeError) return null
      throw error
    }
    return this.#sdk
  }

  async #end(state: 'closed' | 'not-loaded' | 'kicked' | 'removed', kick: KickReason | '' = ''): Promise<void> {
    window.removeEventListener('online', this.#online)
    this.#stopTimer()
    this.#stopHeartbeat()
    this.#become(state, kick)
    await this.#dispose()
  }

  async #dispose(): Promise<void> {
    const chat = this.#chat
    this.#chat = null
    if (chat === null) return
    await this.#quit(chat)
    // A next `create` would give this one back.
    await chat.destroy().catch(ignoreGone)
  }

  async #quit(chat: ChatSDK): Promise<void> {
    await chat.quitGroup(this.#roomId).catch(ignoreGone)
  }

  #become(state: ChatState, kick: KickReason | '' = ''): void {
    if (this.#state === state) return
    this.#state = state
    this.#handlers.onState(state, kick)
  }

  #isOver(): boolean {
    return this.#state === 'closed' || this.#state === 'not-loaded' || this.#state === 'kicked' || this.#state === 'removed'
  }

  #pause(): number {
    const ms = RETRIES_MS[Math.min(this.#attempt, RETRIES_MS.length - 1)] ?? 8_000
    this.#attempt += 1
    return ms
  }

  #stopHeartbeat(): void {
    if (this.#heartbeatTimer !== null) clearTimeout(this.#heartbeatTimer)
    this.#heartbeatTimer = null
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}

/** As the SDK says it. */
function notConnected(): Error {
  return Object.assign(new Error('the chat is not connected'), { code: 2801 })
}

/** Resolves when the SDK says that it is ready: before that it takes no calls. */
async function signIn(sdk: Sdk, chat: ChatSDK, session: RoomSession): Promise<void> {
  let readyNow: () => void = () => undefined
  const ready = new Promise<void>((resolve) => (readyNow = resolve))
  chat.on(sdk.EVENT.SDK_READY, readyNow)
  try {
    const { data } = (await chat.login({ userID: session.userId, userSig: session.userSig })) as { readonly data: { readonly repeatLogin?: boolean } }
    if (data.repeatLogin !== true) await ready
  } finally {
    chat.off(sdk.EVENT.SDK_READY, readyNow)
  }
}

/** Leaving a room one was thrown out of, or over a line that is dead, is refused; it is left all the same. */
function ignoreGone(): void {
  return undefined
}

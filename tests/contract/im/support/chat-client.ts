import { Worker } from 'node:worker_threads'
import { until } from '../../../support/until'
import { SDK_APP_ID } from './room-server-process'

export const AV_CHAT_ROOM = 'AVChatRoom'

/** The SDK's own limit of calls, and the server's. */
const TOO_OFTEN: readonly number[] = [2_996, 60_022]
const DEADLINE_MS = 20_000
const LOAD_DEADLINE_MS = 20_000

/** The parts of a message that the tests look at, named as in the SDK's documents. */
export interface ChatMessage {
  readonly ID: string
  readonly type: string
  readonly from: string
  readonly to: string
  readonly nick: string
  readonly avatar: string
  readonly time: number
  readonly sequence: number
  readonly priority: string
  readonly cloudCustomData: string
  readonly isRevoked: boolean
  readonly payload: {
    readonly text?: string
    readonly data?: string
    readonly description?: string
    readonly extension?: string
    readonly operationType?: number
    readonly operatorID?: string
    readonly userIDList?: readonly string[]
    readonly memberList?: readonly { readonly userID: string; readonly nick?: string; readonly muteTime?: number }[]
    readonly newGroupProfile?: Readonly<Record<string, unknown>>
    readonly [field: string]: unknown
  }
}

export interface ChatEvent {
  readonly name: string
  readonly data: unknown
}

/** A promise of the SDK was rejected. */
export class ChatError extends Error {
  readonly code: number | null

  constructor(code: number | null, message: string) {
    super(`${code ?? 'no code'}: ${message}`)
    this.code = code
  }
}

interface Command {
  readonly id: number
  readonly method: string
  readonly args: readonly unknown[]
}
type Answer =
  { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: { readonly code: number | null; readonly message: string } }
type FromAgent = Answer | { readonly event: string; readonly data: unknown }

/** Where an agent lives: it takes commands, and tells answers and events to whoever was given to it. */
export interface AgentHost {
  post(command: Command): void
  close(): Promise<void>
}

/** Opens a host and resolves when its agent is loaded. */
export type OpenHost = (hear: (message: FromAgent) => void) => Promise<AgentHost>

/** A worker of Node for each client. */
export const openWorkerHost: OpenHost = async (hear) => {
  const worker = new Worker(new URL('./chat-worker.mjs', import.meta.url), { stdout: true, stderr: true })
  let loaded = false
  let failure: Error | null = null
  worker.on('message', (message: FromAgent) => {
    if ('event' in message && message.event === 'loaded') loaded = true
    hear(message)
  })
  worker.on('error', (error) => (failure = error instanceof Error ? error : new Error(String(error))))
  await until(
    () => {
      if (failure !== null) throw failure
      return loaded ? true : null
    },
    LOAD_DEADLINE_MS,
    'the SDK to load',
  )
  return {
    post: (command) => worker.postMessage(command),
    close: async () => void (await worker.terminate()),
  }
}

export interface MessageOptions {
  readonly priority?: 'High' | 'Normal' | 'Low' | 'Lowest'
  readonly cloudCustomData?: string
}

/** One user with the real SDK. */
export class ChatClient {
  readonly events: ChatEvent[] = []
  readonly #pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  #host: AgentHost | null = null
  #lastId = 0

  /** Creates the SDK's instance in a new host: its socket opens at once. */
  static async open(wire: string, openHost: OpenHost = openWorkerHost, options: object = {}): Promise<ChatClient> {
    const client = new ChatClient()
    client.#host = await openHost((message) => client.#hear(message))
    await client.#command('create', { SDKAppID: SDK_APP_ID, proxyServer: wire, ...options })
    return client
  }

  /** Resolves when the SDK is ready. */
  async login(userId: string, userSig: string): Promise<void> {
    await this.#command('login', userId, userSig)
  }

  /** A method of the SDK that takes plain values; the `data` of its answer. */
  async call<T = unknown>(method: string, ...args: readonly unknown[]): Promise<T> {
    return (await this.#command('call', method, ...args)) as T
  }

  /** A method of the SDK that takes a message it has sent or received. */
  async onMessage<T = unknown>(method: string, messageId: string): Promise<T> {
    return (await this.#command('onMessage', method, messageId)) as T
  }

  /** Enters a room, when the SDK thinks that its user has done so too often a little later. */
  join(groupID: string): Promise<string> {
    const attempt = async (): Promise<string | null> => {
      const [outcome] = await Promise.allSettled([this.call<{ status: string }>('joinGroup', { groupID, type: AV_CHAT_ROOM })])
      if (outcome.status === 'fulfilled') return outcome.value.status
      if (outcome.reason instanceof ChatError && TOO_OFTEN.includes(outcome.reason.code ?? 0)) return null
      throw outcome.reason
    }
    return until(attempt, DEADLINE_MS, 'the SDK to allow a join')
  }

  /** @returns the invitation's ID */
  async invite(options: { userID: string; data: string; timeout: number }): Promise<string> {
    return (await this.#command('invite', { onlineUserOnly: false, ...options })) as string
  }

  say(groupID: string, text: string, options: MessageOptions = {}): Promise<ChatMessage> {
    return this.#send('Text', { to: groupID, conversationType: 'GROUP', payload: { text }, ...options })
  }

  sayCustom(groupID: string, payload: { data: string; description: string; extension: string }, options: MessageOptions = {}): Promise<ChatMessage> {
    return this.#send('Custom', { to: groupID, conversationType: 'GROUP', payload, ...options })
  }

  tell(userID: string, text: string): Promise<ChatMessage> {
    return this.#send('Text', { to: userID, conversationType: 'C2C', payload: { text } })
  }

  /** Everything received: messages, tips and notices, in order of arrival. */
  received(): ChatMessage[] {
    return this.#all<readonly ChatMessage[]>('onMessageReceived').flat()
  }

  /** The texts heard in a room, in order. */
  texts(groupID: string): string[] {
    return this.received()
      .filter((one) => one.type === 'TIMTextElem' && one.to === groupID)
      .map((one) => one.payload.text ?? '')
  }

  next(what: string, wanted: (message: ChatMessage) => boolean, deadlineMs = DEADLINE_MS): Promise<ChatMessage> {
    return until(() => this.received().find(wanted) ?? null, deadlineMs, what)
  }

  hear(text: string, deadlineMs = DEADLINE_MS): Promise<ChatMessage> {
    return this.next(`"${text}"`, (one) => one.payload.text === text, deadlineMs)
  }

  /** A tip of the room: 1 joined, 2 left, 6 profile, 7 muted, 10 banned, 11 let in again. */
  tip(groupID: string, operationType: number, wanted: (tip: ChatMessage) => boolean = () => true): Promise<ChatMessage> {
    return this.next(
      `tip ${operationType} in ${groupID}`,
      (one) => one.type === 'TIMGroupTipElem' && one.to === groupID && one.payload.operationType === operationType && wanted(one),
    )
  }

  /** A system notice: 4 kicked, 5 dismissed, 21 banned. */
  notice(operationType: number): Promise<ChatMessage> {
    return this.next(`notice ${operationType}`, (one) => one.type === 'TIMGroupSystemNoticeElem' && one.payload.operationType === operationType)
  }

  /** The data of an event, the first that fits. */
  async event<T>(name: string, wanted: (data: T) => boolean = () => true, deadlineMs = DEADLINE_MS): Promise<T> {
    // Some events have no data: null must not look like no event.
    const found = await until(() => this.events.find((one) => one.name === name && wanted(one.data as T)) ?? null, deadlineMs, name)
    return found.data as T
  }

  count(name: string): number {
    return this.#all(name).length
  }

  /** Ends the SDK's instance and its host. */
  async close(): Promise<void> {
    await this.#host?.close()
    this.#host = null
  }

  async logout(): Promise<void> {
    await this.call('logout')
  }

  #all<T>(name: string): T[] {
    return this.events.filter((one) => one.name === name).map((one) => one.data as T)
  }

  async #send(kind: 'Text' | 'Custom', options: object): Promise<ChatMessage> {
    return (await this.#command('send', kind, options)) as ChatMessage
  }

  #command(method: string, ...args: readonly unknown[]): Promise<unknown> {
    const host = this.#host
    if (host === null) return Promise.reject(new Error('the client is closed'))
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
      host.post({ id, method, args })
    })
  }

  #hear(message: FromAgent): void {
    if ('event' in message) {
      this.events.push({ name: message.event, data: message.data })
      return
    }
    const pending = this.#pending.get(message.id)
    this.#pending.delete(message.id)
    if ('error' in message) pending?.reject(new ChatError(message.error.code, message.error.message))
    else pending?.resolve(message.value)
  }
}

/** The code with which the SDK rejects; for `expect(...).rejects.toMatchObject`. */
export function withCode(code: number): { readonly code: number } {
  return { code }
}

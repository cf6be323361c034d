/**
 * Drives one instance of the real SDK wherever it runs: a worker of Node, a page of Chromium, the app's window. Commands come in
 * as plain values, what the SDK tells goes out as plain values.
 */

/** What a message is for the tests: the instances of the SDK stay here. */
const SILENT = 4

export class ChatAgent {
  #sdk
  #emit
  #chat = null
  /** Messages sent and received, by ID: the SDK wants its own instances back. */
  #messages = new Map()

  /**
   * @param sdk the default export of `@tencentcloud/chat`
   * @param emit takes the name of an event and its plain data
   */
  constructor(sdk, emit) {
    this.#sdk = sdk
    this.#emit = emit
  }

  /** `create()` and everything that tells: the socket opens here. */
  create(options) {
    const chat = this.#sdk.create(options)
    chat.setLogLevel(SILENT)
    for (const name of Object.values(this.#sdk.EVENT)) chat.on(name, (event) => this.#hear(name, event))
    for (const name of Object.values(this.#sdk.TSignaling).filter((one) => typeof one === 'string')) {
      chat.addSignalingListener(name, (event) => this.#hear(name, event))
    }
    this.#chat = chat
  }

  /** Resolves when the SDK says that it is ready, as an app has to wait. */
  async login(userID, userSig) {
    const ready = new Promise((resolve) => this.#chat.on(this.#sdk.EVENT.SDK_READY, resolve))
    const answer = await this.#chat.login({ userID, userSig })
    if (answer.data.repeatLogin !== true) await ready
    return plain(answer.data)
  }

  /** Any method of the SDK that takes plain values. */
  async call(method, ...args) {
    const answer = await this.#chat[method](...args)
    return plain(answer?.data ?? answer ?? null)
  }

  /** An invitation's ID stands beside the data of the answer. */
  async invite(options) {
    const { inviteID } = await this.#chat.invite(options)
    return inviteID
  }

  /** @param kind `Text` or `Custom` */
  async send(kind, options, sendOptions) {
    const message = await this.#chat[`create${kind}Message`](options)
    this.#messages.set(message.ID, message)
    const answer = await this.#chat.sendMessage(message, sendOptions)
    this.#messages.set(answer.data.message.ID, answer.data.message)
    return plain(answer.data.message)
  }

  /** A method of the SDK that takes one of its own messages. */
  async onMessage(method, id, ...args) {
    const message = this.#messages.get(id)
    if (message === undefined) throw new Error(`no message ${id}`)
    const answer = await this.#chat[method](message, ...args)
    return plain(answer?.data ?? answer ?? null)
  }

  async destroy() {
    await this.#chat?.destroy()
    this.#chat = null
  }

  #hear(name, event) {
    if (name === this.#sdk.EVENT.MESSAGE_RECEIVED) for (const message of event.data) this.#messages.set(message.ID, message)
    this.#emit(name, plain(event.data ?? null))
  }
}

/** Answers one command as `{id, value}` or `{id, error}`. */
export async function answer(agent, { id, method, args }) {
  try {
    return { id, value: (await agent[method](...args)) ?? null }
  } catch (error) {
    return { id, error: { code: error?.code ?? null, message: String(error?.message ?? error) } }
  }
}

/** Only what JSON can hold, and nothing twice on one path. */
function plain(value) {
  const path = []
  return JSON.parse(
    JSON.stringify(value, function (_key, inner) {
      if (typeof inner === 'bigint') return String(inner)
      if (typeof inner !== 'object' || inner === null) return inner
      while (path.length > 0 && path.at(-1) !== this) path.pop()
      if (path.includes(inner)) return undefined
      path.push(inner)
      return inner instanceof Map ? Object.fromEntries(inner) : inner
    }) ?? 'null',
  )
}

import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { until } from '../../../support/until'

/** One callback as it came in. */
export interface ReceivedCallback {
  readonly command: string
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, unknown>>
}

export interface CallbackAnswer {
  readonly ActionStatus?: string
  readonly ErrorCode?: number
  readonly ErrorInfo?: string
  readonly [field: string]: unknown
}

/** `hang` never answers; text is sent as it is. */
type ReplyNow = CallbackAnswer | 'hang' | { readonly status: number; readonly text: string }
/** A promise is an answer that comes when the test lets it. */
export type Reply = ReplyNow | Promise<ReplyNow>

/** An answer that is given when the test says so. */
export class HeldAnswer {
  give: (answer: CallbackAnswer) => void = () => undefined
  readonly answer = new Promise<CallbackAnswer>((resolve) => (this.give = resolve))
}

const PASS: CallbackAnswer = { ActionStatus: 'OK', ErrorCode: 0, ErrorInfo: '' }
const DEADLINE_MS = 20_000

/** A web hook as the documents describe it: it keeps what it gets and answers what the test says. */
export class CallbackReceiver {
  readonly #server: Server
  readonly #replies = new Map<string, (callback: ReceivedCallback) => Reply>()
  readonly received: ReceivedCallback[] = []
  url = ''

  constructor() {
    this.#server = createServer((request, response) => {
      void readBody(request).then(async (text) => {
        const callback = parse(request, text)
        this.received.push(callback)
        const reply = await (this.#replies.get(callback.command)?.(callback) ?? PASS)
        if (reply === 'hang') return
        const raw = 'text' in reply && typeof reply['text'] === 'string'
        response.writeHead(raw && typeof reply['status'] === 'number' ? reply['status'] : 200, { 'content-type': 'application/json' })
        response.end(raw ? reply['text'] : JSON.stringify(reply))
      })
    })
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/im/callback`
    return this.url
  }

  /** Answers a command from now on; null = passes again. */
  reply(command: string, reply: Reply | ((callback: ReceivedCallback) => Reply) | null): void {
    if (reply === null) this.#replies.delete(command)
    else this.#replies.set(command, typeof reply === 'function' ? reply : () => reply)
  }

  of(command: string): ReceivedCallback[] {
    return this.received.filter((one) => one.command === command)
  }

  /** The first callback of a command that a test asks for. */
  next(command: string, wanted: (callback: ReceivedCallback) => boolean = () => true): Promise<ReceivedCallback> {
    return until(() => this.of(command).find(wanted) ?? null, DEADLINE_MS, command)
  }

  reset(): void {
    this.received.length = 0
    this.#replies.clear()
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}

function parse(request: IncomingMessage, text: string): ReceivedCallback {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  const query = Object.fromEntries(url.searchParams)
  return {
    command: query['CallbackCommand'] ?? '',
    method: request.method ?? '',
    path: url.pathname,
    query,
    body: JSON.parse(text) as Record<string, unknown>,
  }
}

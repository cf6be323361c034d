import { WebSocket } from 'ws'
import { LINE_PATH, lineNewsSchema, type LineNews, type LineRequest } from '../../../../electron/shared/co-anchor-line'
import type { ShowEngine } from '../../../../electron/shared/show-engine'
import { until } from '../../../support/until'
import { openSocket } from '../../im/support/wire-client'
import type { ApiClient } from './api-client'
import { ROOM } from './cloud-backend'

const DEADLINE_MS = 20_000

type NewsOf<Type extends LineNews['type']> = Extract<LineNews, { type: Type }>

export interface LineClientOptions {
  readonly room?: string
  readonly origin?: string
  /** A stage's: which way its program goes. */
  readonly way?: ShowEngine
}

/** A page's end of a co-anchor's line, or the stage's. It does as it is told and no more. */
export class LineClient {
  readonly socket: WebSocket
  readonly news: LineNews[] = []
  #read = 0

  private constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data: Buffer) => this.news.push(lineNewsSchema.parse(JSON.parse(data.toString('utf8')))))
  }

  /** @throws Error when the socket is refused, with the status in its message */
  static async open(wire: string, { room = ROOM, origin }: LineClientOptions = {}): Promise<LineClient> {
    return new LineClient(await openSocket(`${wire}${LINE_PATH}?room=${encodeURIComponent(room)}`, origin ?? null))
  }

  /** Open and past its hello; what comes of it is in `news`. */
  static async enter(wire: string, who: ApiClient, as: 'stage' | 'co-anchor' | 'room', options: LineClientOptions = {}): Promise<LineClient> {
    const client = await LineClient.open(wire, options)
    client.say({ type: 'hello', token: who.session?.token ?? '', as, ...(options.way === undefined ? {} : { way: options.way }) })
    return client
  }

  say(request: LineRequest): void {
    this.socket.send(JSON.stringify(request))
  }

  /** The next of this kind after what was heard so, if it is as wanted. */
  async hear<Type extends LineNews['type']>(type: Type, wanted: (news: NewsOf<Type>) => boolean = () => true): Promise<NewsOf<Type>> {
    return until(
      () => {
        for (let at = this.#read; at < this.news.length; at += 1) {
          const news = this.news[at]
          if (news?.type !== type || !wanted(news as NewsOf<Type>)) continue
          this.#read = at + 1
          return news as NewsOf<Type>
        }
        return null
      },
      DEADLINE_MS,
      `${type} among ${this.news
        .slice(this.#read)
        .map((one) => one.type)
        .join()}`,
    )
  }

  /** Closed by the server. @returns the last word; null = none */
  async ended(): Promise<NewsOf<'bye'>['reason'] | null> {
    await until(() => (this.socket.readyState === WebSocket.CLOSED ? true : null), DEADLINE_MS, 'the line to end')
    const last = this.news.at(-1)
    return last?.type === 'bye' ? last.reason : null
  }

  close(): void {
    this.socket.terminate()
  }
}

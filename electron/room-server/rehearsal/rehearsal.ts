import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { showReportSchema } from '../../shared/crew-api'
import { REHEARSAL_CUT_MS, REHEARSAL_VIEWERS, type RehearsalFigures } from '../../shared/rehearsal'
import type { RoomSession } from '../../shared/room-api'
import { PROGRAM_ROOM, type RoomServerAddresses, type ShowState } from '../../shared/room-server'
import type { ShowEngine } from '../../shared/show-engine'
import { keptChatApp } from '../chat-app-file'
import { RoomServer } from '../room-server'
import { NAMES, rehearsalScript, type Act, type RehearsalLanguage } from './script'
import { ask, RehearsalViewer } from './viewer'

export interface RehearsalOptions {
  /** Of the room of this machine; the rehearsal's folder is in it, and gone when it is over. */
  readonly dataDir: string
  readonly webRoot: string
  readonly title: string
  readonly language: RehearsalLanguage
  readonly durationMs: number
  log(level: 'info' | 'warn', message: string): void
  onChange(): void
  onCut(): void
  /** The script is through. */
  onDone(): void
}

const historySchema = z.object({ messages: z.array(z.object({ userId: z.string() })) })

/**
 * A room for a rehearsal: a server like the other, with ports, a key, a database and an app of its own, so that nothing of it can reach the real
 * room's ledger, levels or viewers. Its viewers are clients like any. Ended by `close`.
 */
export class Rehearsal {
  readonly server: RoomServer
  readonly #options: RehearsalOptions
  readonly #folder: string
  readonly #viewers = new Map<number, Promise<RehearsalViewer>>()
  #timers: NodeJS.Timeout[] = []
  #addresses: RoomServerAddresses | null = null
  #begun = false

  constructor(options: RehearsalOptions) {
    this.#options = options
    this.#folder = join(options.dataDir, 'rehearsal')
    // What a killed process left.
    rmSync(this.#folder, { recursive: true, force: true })
    this.server = new RoomServer({
      host: '127.0.0.1',
      httpPort: 0,
      rtmpPort: 0,
      portFallback: true,
      streamKey: randomBytes(18).toString('base64url'),
      webRoot: options.webRoot,
      title: options.title,
      chat: { dataDir: this.#folder, app: keptChatApp(this.#folder) },
      log: options.log,
    })
    this.server.onChange(options.onChange)
  }

  /** @throws AnchorError room-server.failed */
  async open(): Promise<RoomServerAddresses> {
    this.#addresses = await this.server.start()
    return this.#addresses
  }

  /** The viewers come with the first picture. */
  show(state: ShowState, engine?: ShowEngine): void {
    this.server.show(state, engine)
    if (state === 'live' && !this.#begun) this.#begin()
  }

  anchorSession(nick: string): Promise<RoomSession | null> {
    return this.server.anchorSession(nick)
  }

  /** Ends it, and leaves nothing. @returns what its room counted; null = it could not say */
  async close(): Promise<RehearsalFigures | null> {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers = []
    const figures = await this.#figures()
    for (const viewer of this.#viewers.values())
      await viewer.then(
        (one) => one.leave(),
        () => undefined,
      )
    await this.server.close()
    rmSync(this.#folder, { recursive: true, force: true })
    return figures
  }

  #begin(): void {
    this.#begun = true
    const { durationMs, language, onDone } = this.#options
    for (const act of rehearsalScript(durationMs, REHEARSAL_VIEWERS, language)) this.#timers.push(setTimeout(() => void this.#act(act), act.atMs))
    this.#timers.push(setTimeout(onDone, durationMs))
  }

  async #act(act: Act): Promise<void> {
    const { log, language, onCut } = this.#options
    try {
      if (act.kind === 'cut') {
        onCut()
        this.server.cutIngest(REHEARSAL_CUT_MS)
        return
      }
      if (act.kind === 'come') {
        const coming = RehearsalViewer.come(this.#addresses?.http ?? '', PROGRAM_ROOM, NAMES[language][act.viewer] ?? `${act.viewer + 1}`)
        this.#viewers.set(act.viewer, coming)
        await coming
        return
      }
      const viewer = await this.#viewers.get(act.viewer)
      if (act.kind === 'say') await viewer?.say(act.text)
      else if (act.kind === 'like') await viewer?.like(act.count)
      else await viewer?.give(act.giftId, act.count)
    } catch (error) {
      // One viewer less: the figures at the end say so.
      log('warn', `rehearsal, ${act.kind}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  async #figures(): Promise<RehearsalFigures | null> {
    const http = this.#addresses?.http ?? null
    if (http === null) return null
    try {
      const session = await this.server.anchorSession('Anchor')
      const token = session?.token ?? ''
      const report = showReportSchema.parse(await ask(http, token, 'GET', `/api/rooms/${PROGRAM_ROOM}/shows/0`))
      const { messages } = historySchema.parse(await ask(http, token, 'GET', `/api/rooms/${PROGRAM_ROOM}/history`))
      const { viewersPeak, likes, gifts, coins } = report
      const anchorMessages = messages.filter(({ userId }) => userId === session?.userId).length
      return { viewersPeak, messages: report.messages, likes, gifts, coins, anchorMessages }
    } catch (error) {
      this.#options.log('warn', `the rehearsal was not counted: ${error instanceof Error ? error.message : String(error)}`)
      return null
    }
  }
}

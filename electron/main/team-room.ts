import { z } from 'zod'
import { cutBytes } from '../shared/cut-bytes'
import { TITLE_LIMIT_BYTES } from '../shared/notice-text'
import { richTextSchema, type RichText } from '../shared/room-message'
import type { ShowState } from '../shared/room-server'
import type { ShowEngine } from '../shared/show-engine'
import { RoomRefusal } from './room-http'
import type { TeamSession } from './team-session'

const AGAIN_MS = 5_000
const noticeAnswer = z.object({ notice: richTextSchema })

/**
 * What the team's room is told of the show, in order. The newest word counts: what could not be said is said when the server is back, and what it refuses
 * for good is not said again. Owns its timer.
 */
export class TeamRoom {
  readonly session: TeamSession
  readonly #log: (level: 'info' | 'warn', message: string) => void
  #show: { readonly state: ShowState; readonly engine?: ShowEngine } | null = null
  #title: string | null = null
  #telling: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | null = null
  #closed = false

  constructor(session: TeamSession, log: (level: 'info' | 'warn', message: string) => void) {
    this.session = session
    this.#log = log
  }

  show(state: ShowState, engine: ShowEngine = 'stage'): void {
    // The usual one is left out: a server from before there was another takes no such field.
    this.#show = { state, ...(engine === 'stage' ? {} : { engine }) }
    this.tell()
  }

  /** A title may be longer than rooms have it: they get its beginning. */
  setTitle(title: string): void {
    this.#title = cutBytes(title, TITLE_LIMIT_BYTES)
    this.tell()
  }

  /** What is yet to be said. */
  tell(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#telling = this.#telling.then(() => this.#tell())
  }

  /** What was to be said is said, was tried once more in vain, or took longer than this, milliseconds: for an app that ends. */
  async settled(withinMs: number): Promise<void> {
    if (this.#timer !== null) this.tell()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, withinMs)))
    await Promise.race([this.#telling, late])
    clearTimeout(timer)
  }

  /** As `Room.sayNotice`. */
  async sayNotice(notice: RichText, ifStill: string | null): Promise<RichText | null> {
    const room = `/api/rooms/${this.session.place.roomId}`
    try {
      const { notice: before } = await this.session.ask({ method: 'GET', path: `${room}/snapshot` }, noticeAnswer)
      const images = notice.form === 'rich' ? notice.images : []
      if (ifStill === null || before.text === ifStill)
        await this.session.ask({ method: 'PUT', path: `${room}/notice`, body: { text: notice.text, images } }, z.unknown())
      return before
    } catch (error) {
      this.#log('warn', `the notice was not said: ${messageOf(error)}`)
      return null
    }
  }

  close(): void {
    this.#closed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.session.close()
  }

  async #tell(): Promise<void> {
    const room = `/api/rooms/${this.session.place.roomId}`
    const [show, title] = [this.#show, this.#title]
    try {
      if (show !== null) await this.#say({ method: 'PUT', path: `${room}/show`, body: show })
      if (this.#show === show) this.#show = null
      if (title !== null) await this.#say({ method: 'PATCH', path: room, body: { title } })
      if (this.#title === title) this.#title = null
    } catch (error) {
      this.#log('warn', `the room was not told of its show: ${messageOf(error)}`)
      if (!this.#closed && this.session.state !== 'ended') this.#timer = setTimeout(() => this.tell(), AGAIN_MS)
    }
  }

  /** @throws what may pass */
  async #say(request: Parameters<TeamSession['ask']>[0]): Promise<void> {
    try {
      await this.session.ask(request, z.unknown())
    } catch (error) {
      if (!(error instanceof RoomRefusal) || !error.isForGood) throw error
      this.#log('warn', `the room does not take what it is told of its show: ${error.message}`)
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

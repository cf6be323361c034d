import { AnchorError, type ErrorInfo } from '../shared/errors'
import { showWaySchema, type RoomLink, type ShowWay, type TrtcRoom } from '../shared/room-link'
import type { TrtcUser } from '../shared/seats'
import { linkWay } from './link-way'
import { askLinkedRoom } from './room-request'

const LOOK_EVERY_MS = 5_000

export interface LinkWatchOptions {
  /** As it is now: tokens are renewed. `here` and `there`: bases of both APIs. */
  held(): { readonly link: RoomLink; readonly here: string; readonly there: string } | null
  /** How the own show goes. */
  own(): ShowWay
  /** Whom the own TRTC room is to be connected with. */
  onOther(other: TrtcUser): void
  /** The anchors do not see each other by the way that was chosen, or will not. */
  onEnd(error: ErrorInfo): void
  log(level: 'info' | 'warn', message: string): void
}

/** @throws AnchorError room-link.* */
export async function askShowWay(base: string, { room, token }: { readonly room: string; readonly token: string }): Promise<ShowWay> {
  try {
    return await askLinkedRoom(base, 'GET', `/api/rooms/${room}/trtc-room`, showWaySchema, { token })
  } catch (error) {
    // A room server from before there was another way.
    if (error instanceof AnchorError && error.context['status'] === 404) return { onAir: false, engine: 'stage', trtc: null }
    throw error
  }
}

/**
 * Looks every few seconds whether two linked rooms still go the same way; where it is TRTC, each room server is told as whom the anchor of the other room comes, again and again,
 * because it forgets that when it is started anew. Owns its timer; one question at a time.
 */
export class LinkWatch {
  readonly #options: LinkWatchOptions
  #timer: NodeJS.Timeout | null = null
  #looking: Promise<void> | null = null
  /** Why the last look failed; '' = it did not. */
  #failure = ''
  #closed = false

  constructor(options: LinkWatchOptions) {
    this.#options = options
  }

  /** The first look, which has to succeed; from then on every few seconds. @throws AnchorError room-link.* */
  async start(): Promise<void> {
    await this.#look()
    this.#lookLater()
  }

  /** Now. What is not answered is asked again. */
  async look(): Promise<void> {
    this.#looking ??= this.#tryLook().finally(() => (this.#looking = null))
    await this.#looking
  }

  close(): void {
    this.#closed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #lookLater(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = this.#closed ? null : setTimeout(() => void this.look(), LOOK_EVERY_MS)
  }

  async #tryLook(): Promise<void> {
    try {
      await this.#look()
      this.#failure = ''
    } catch (error) {
      // The lines of the link tell when it is really over.
      const failure = error instanceof Error ? error.message : String(error)
      if (failure !== this.#failure && !this.#closed) this.#options.log('info', `a linked room was not asked which way its show goes: ${failure}`)
      this.#failure = failure
    }
    this.#lookLater()
  }

  async #look(): Promise<void> {
    const held = this.#options.held()
    if (held === null) return
    const other = await askShowWay(held.there, held.link.there)
    if (this.#closed) return
    const own = this.#options.own()
    const way = linkWay(own, other)
    if (!way.ok) this.#options.onEnd(way.error)
    else if (way.media !== held.link.media) this.#options.onEnd({ code: 'room-link.way-changed', context: {} })
    else if (way.media === 'trtc' && own.trtc !== null && other.trtc !== null) await this.#introduce(held, own.trtc, other.trtc)
  }

  /** Each room is told as whom the other's anchor comes. */
  async #introduce({ link, here, there }: NonNullable<ReturnType<LinkWatchOptions['held']>>, own: TrtcRoom, other: TrtcRoom): Promise<void> {
    const say = async (base: string, { room, token }: RoomLink['here'], who: TrtcRoom): Promise<void> => {
      await askLinkedRoom(base, 'PUT', `/api/rooms/${room}/seats/me/trtc-user`, showWaySchema, { token, body: who })
    }
    await Promise.all([say(there, link.there, own), say(here, link.here, other)])
    if (!this.#closed) this.#options.onOther({ roomId: other.roomId, userId: other.userId })
  }
}

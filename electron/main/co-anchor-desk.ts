import type { RoomPlace } from '../shared/cloud'
import { NO_CO_ANCHORS, type CoAnchors, type GuestChecks } from '../shared/co-anchor-line'
import type { RoomSession } from '../shared/room-api'
import type { StageCommand } from '../shared/stage'
import type { SnapshotStore } from './snapshot-store'

const AGAIN_MS = 2_000

export interface CoAnchorDeskOptions {
  readonly store: SnapshotStore
  place(): RoomPlace | null
  /** A session of the anchor; rejects while there is no room. */
  session(): Promise<RoomSession>
  commandStage(command: StageCommand): void
  log(level: 'info' | 'warn', message: string): void
}

/** Keeps the stage at the co-anchors' lines of the room that is the present one, and tells the studio what it hears there. Owns its timer. */
export class CoAnchorDesk {
  readonly #options: CoAnchorDeskOptions
  #generation = 0
  #timer: NodeJS.Timeout | null = null
  #hearing: string | null = null
  #talkingTo: string | null = null
  /** By user id: what the pages found out about themselves, which only the web stage hears. */
  #checks: ReadonlyMap<string, GuestChecks | null> = new Map()

  constructor(options: CoAnchorDeskOptions) {
    this.#options = options
  }

  /** The stage is up, the room is at another address, or the token does not hold any more. */
  connect(): void {
    this.#generation += 1
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    void this.#connect(this.#generation)
  }

  /** Neither survives whoever asked for it. */
  stageDied(): void {
    this.#hearing = null
    this.#talkingTo = null
    this.#options.store.set({ coAnchors: NO_CO_ANCHORS })
  }

  /** What the engine in use says; where that is the TRTC window, only the web stage knows the places and what the pages say of themselves. */
  reported(told: CoAnchors, part: 'all' | 'table' | 'media'): void {
    const { store } = this.#options
    if (part !== 'media') this.#checks = new Map(Object.entries(told.media).map(([userId, { checks }]) => [userId, checks]))
    const { table } = part === 'media' ? store.current.coAnchors : told
    const next = part === 'table' ? store.current.coAnchors : told
    const media = Object.fromEntries(Object.entries(next.media).map(([userId, one]) => [userId, { ...one, checks: this.#checks.get(userId) ?? one.checks }]))
    store.set({ coAnchors: { ...next, media, table } })
  }

  hear(userId: string | null): void {
    this.#hearing = userId
    this.#options.commandStage({ type: 'hear', userId })
  }

  talkTo(userId: string | null): void {
    this.#talkingTo = userId
    this.#options.commandStage({ type: 'talk-to', userId })
  }

  /** The studio's page went: nobody holds the key any more. */
  letGo(): void {
    if (this.#talkingTo !== null) this.talkTo(null)
    if (this.#hearing !== null) this.hear(null)
  }

  close(): void {
    this.#generation += 1
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  async #connect(generation: number): Promise<void> {
    const { commandStage, session, log } = this.#options
    const place = this.#options.place()
    if (place === null) {
      commandStage({ type: 'set-co-anchor-line', line: null })
      return
    }
    try {
      const { token } = await session()
      if (generation === this.#generation) commandStage({ type: 'set-co-anchor-line', line: { wire: place.wire, room: place.roomId, token } })
    } catch (error) {
      if (generation !== this.#generation) return
      log('warn', `the stage has no line to the co-anchors yet: ${error instanceof Error ? error.message : String(error)}`)
      this.#timer = setTimeout(() => this.connect(), AGAIN_MS)
    }
  }
}

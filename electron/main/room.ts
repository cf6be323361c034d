import type { IceServer } from '../shared/co-anchor-line'
import type { RoomPlace } from '../shared/cloud'
import { AnchorError, knownError, type ErrorInfo } from '../shared/errors'
import { maskPushUrl } from '../shared/push-url'
import type { RoomSession } from '../shared/room-api'
import type { RichText } from '../shared/room-message'
import { PROGRAM_ROOM, type RoomServerAddresses, type RoomServerCommand, type RoomServerReport } from '../shared/room-server'
import type { OwnCloud } from './cloud-desk'
import { IngestAddress, type IngestAddressOptions } from './ingest-address'
import type { LineLimiter } from './line-limiter'
import { PendingNotices } from './pending-notices'
import { PendingSessions } from './pending-sessions'
import type { SettingsStore } from './settings-store'
import type { SnapshotStore } from './snapshot-store'
import type { TeamRoom } from './team-room'

export type RehearsalReport = Extract<RoomServerReport, { type: `rehearsal-${string}` }>

export interface RoomOptions extends IngestAddressOptions {
  readonly settings: SettingsStore
  readonly store: SnapshotStore
  readonly lines: LineLimiter
  /** With their credentials. */
  iceServers(): IceServer[]
  command(command: RoomServerCommand): void
  /** The room of a team's server, where the app is signed in to one: it takes the place of the one here. */
  team(): TeamRoom | null
  /** With which IM the one here is to run; null = with its own. */
  ownCloud(): OwnCloud | null
  onListening(): void
  onRehearsal(report: RehearsalReport): void
  /** It cannot listen, and will not by itself. */
  onFailed(error: ErrorInfo): void
}

/**
 * The room as main sees it: where it is, who watches, what it is told. It is the one of this machine, a rehearsal's, or a team's; the picture's ingest
 * (`addresses`) is always here.
 */
export class Room {
  readonly #options: RoomOptions
  readonly #ingest: IngestAddress
  readonly #asked = new PendingSessions()
  readonly #notices = new PendingNotices()
  #addresses: RoomServerAddresses | null = null
  #rehearsal: RoomServerAddresses | null = null
  #visit = 0

  constructor(options: RoomOptions) {
    this.#options = options
    this.#ingest = new IngestAddress(options)
  }

  /** `ingest` ends in the stream key. null until it listened once. */
  get addresses(): RoomServerAddresses | null {
    return this.#rehearsal ?? this.#addresses
  }

  /** The room that studio and show are in; null while there is none. */
  get place(): RoomPlace | null {
    const { addresses } = this
    if (this.#team !== null) return this.#team.session.place
    return addresses === null ? null : { http: addresses.http, wire: addresses.wire, roomId: PROGRAM_ROOM, watch: addresses.watch, local: true }
  }

  /** It is known whether it listens. */
  get isSettled(): boolean {
    return this.#addresses !== null || this.#options.store.current.roomServer.error !== null
  }

  /** A session of the anchor in this room. @throws AnchorError room.unavailable | cloud.* */
  session(nick: string): Promise<RoomSession> {
    const team = this.#team
    if (team !== null) return team.session.session(nick)
    if (!this.#options.store.current.roomServer.running) throw new AnchorError('room.unavailable')
    return this.#asked.ask(() => this.#options.command({ type: 'open-anchor-session', nick }))
  }

  /** How the show stands, and what it is called. */
  tell(command: Extract<RoomServerCommand, { type: 'show' | 'set-title' }>): void {
    this.#options.command(command)
    if (command.type === 'show') this.#team?.show(command.state, command.engine)
    else this.#options.team()?.setTitle(command.title)
  }

  /** The app is in another room, or in the same one by another session. */
  moved(listen: boolean): void {
    this.#visit += 1
    this.#showAddresses()
    if (listen) this.listen()
  }

  /** The room of a rehearsal takes the place of this one; null = it is over. */
  rehearse(addresses: RoomServerAddresses | null): void {
    this.#rehearsal = addresses
    this.#showAddresses()
  }

  /**
   * The room's notice.
   * @param ifStill only if it has this text yet; null = in any case
   * @returns the one before; null = the room is away, or did not take it
   */
  sayNotice(notice: RichText, ifStill: string | null): Promise<RichText | null> {
    const team = this.#team
    if (team !== null) return team.sayNotice(notice, ifStill)
    if (!this.#options.store.current.roomServer.running) return Promise.resolve(null)
    return this.#notices.ask((requestId) => this.#options.command({ type: 'say-notice', requestId, notice, ifStill }))
  }

  close(): void {
    this.#asked.answered(null)
    this.#notices.close()
  }

  /** To a room server that came up, or that is to move. */
  listen(): void {
    const { shareOnNetwork, title } = this.#options.settings.current
    const cloud = this.#options.ownCloud()
    const own = this.#ingest.command(shareOnNetwork, title)
    this.#options.command({ ...own, iceServers: this.#options.iceServers(), ...(cloud === null ? {} : { cloud }) })
  }

  /** STUN and TURN servers are others. A room server that is away hears of them with its `listen`. */
  iceServersChanged(): void {
    this.#options.command({ type: 'set-ice-servers', iceServers: this.#options.iceServers() })
  }

  died(): void {
    this.#asked.answered(null)
    this.#notices.close()
    this.#show({ running: false, publishing: false, viewers: 0 })
  }

  reported(report: RoomServerReport): void {
    switch (report.type) {
      case 'listening':
        this.#addresses = report.addresses
        this.#ingest.listening(report.addresses)
        this.#show({ running: true, error: null })
        this.#showAddresses()
        this.#options.onListening()
        break
      case 'failed':
        this.#failed(knownError(report.error))
        break
      case 'stream':
        this.#show({ viewers: report.viewers, publishing: report.publishing })
        break
      case 'log':
        this.#options.lines.line(report.level, `room server: ${report.message}`)
        break
      case 'anchor-session':
        this.#asked.answered(report.session)
        break
      case 'rehearsal-open':
      case 'rehearsal-cut':
      case 'rehearsal-done':
      case 'rehearsal-over':
        this.#options.onRehearsal(report)
        break
      case 'notice-said':
        this.#notices.answered(report.requestId, report.before)
        break
      case 'ready':
        break
    }
  }

  get #team(): TeamRoom | null {
    return this.#rehearsal === null ? this.#options.team() : null
  }

  /** The key stays in main: copying goes through it. */
  #showAddresses(): void {
    const { addresses } = this
    this.#options.store.set({ roomPlace: this.place, roomVisit: this.#visit })
    this.#show({ addresses: addresses === null ? null : { ...addresses, ingest: maskPushUrl(addresses.ingest) } })
  }

  #failed(error: ErrorInfo): void {
    if (this.#ingest.yieldsTo(error)) {
      this.#options.lines.line('warn', `port ${error.context['port'] ?? ''} (${error.context['use'] ?? ''}) is taken, another one is used`)
      this.listen()
      return
    }
    this.#show({ running: false, error })
    this.#options.onFailed(error)
  }

  #show(change: Partial<SnapshotStore['current']['roomServer']>): void {
    const { store } = this.#options
    store.set({ roomServer: { ...store.current.roomServer, ...change } })
  }
}

import {
  CLOUD_CHAT_SOURCES,
  CLOUD_KEY_SECRET,
  CLOUD_SESSION_SECRET,
  NO_CLOUD,
  parseSignInLink,
  pushUrlSchema,
  type CloudSettings,
  type CloudState,
  type CloudView,
  type PushUrl,
  type RoomPlace,
} from '../shared/cloud'
import { AnchorError, type ErrorInfo } from '../shared/errors'
import type { RoomSession } from '../shared/room-api'
import type { RoomServerCommand } from '../shared/room-server'
import type { TrtcTicket } from '../shared/trtc'
import { askRoom, RoomRefusal } from './room-http'
import type { SecretStore } from './secret-store'
import { TeamRoom } from './team-room'
import { TeamSession } from './team-session'
import { TicketKeeper } from './ticket-keeper'

const AGAIN_MS = 15_000

export type OwnCloud = NonNullable<Extract<RoomServerCommand, { type: 'listen' }>['cloud']>

export interface CloudDeskOptions {
  /** As saved. */
  settings(): CloudSettings | null
  save(settings: CloudSettings | null): void
  readonly secrets: Pick<SecretStore, 'get' | 'set'>
  /** The anchor's name in the room. */
  nick(): string
  /** A show, or a rehearsal, is on its way or on air. */
  isBusy(): boolean
  /** The room that the app is in, and a session of the anchor there. */
  place(): RoomPlace | null
  session(): Promise<RoomSession>
  show(view: CloudView): void
  /**
   * The room is another one. `listen`: the room server of this machine has to be told, too.
   * @returns until when the session in the room before is needed yet
   */
  onMoved(listen: boolean): Promise<unknown> | undefined
  /** The session at the team's server is there again. */
  onTeamReady(): void
  /** A ticket that takes the place of the one before, 10 min before that ends. */
  onTicket(ticket: TrtcTicket): void
  log(level: 'info' | 'warn', message: string): void
}

/** Where the room is, when it is not the one of this machine alone: signs in and out, and keeps what has to be renewed. */
export class CloudDesk {
  readonly #options: CloudDeskOptions
  readonly #tickets: TicketKeeper
  #team: TeamRoom | null = null
  #own: { readonly state: CloudState; readonly error: ErrorInfo | null } = { state: 'signing-in', error: null }
  #timer: NodeJS.Timeout | null = null

  constructor(options: CloudDeskOptions) {
    this.#options = options
    this.#tickets = new TicketKeeper({
      place: () => options.place(),
      session: () => options.session(),
      serverNowSec: () => this.serverNowSec,
      onSessionRefused: () => this.#team?.session.start(),
      onTicket: (ticket) => options.onTicket(ticket),
      log: options.log,
    })
  }

  /** The team's room; null = the room is on this machine. */
  get team(): TeamRoom | null {
    return this.#team
  }

  /** With which IM the room server of this machine is to run; null = with its own. */
  get ownCloud(): OwnCloud | null {
    const settings = this.#options.settings()
    const secretKey = this.#options.secrets.get(CLOUD_KEY_SECRET)
    return settings?.kind !== 'own-app' || secretKey === null ? null : { sdkAppId: settings.sdkAppId, secretKey, restBase: settings.restBase }
  }

  /** UNIX seconds by the clock of the room's server. */
  get serverNowSec(): number {
    return this.#team?.session.serverNowSec ?? Date.now() / 1_000
  }

  /** The room's chat is Tencent's cloud's: it can have a TRTC room. */
  get isTencents(): boolean {
    const settings = this.#options.settings()
    return settings?.kind === 'team' ? settings.cloudChat : this.ownCloud !== null
  }

  /** What the studio's page may connect to beside this machine, as a Content-Security-Policy says it. */
  get sources(): string {
    const settings = this.#options.settings()
    if (settings?.kind === 'own-app') return this.ownCloud === null ? '' : CLOUD_CHAT_SOURCES
    if (settings?.kind !== 'team') return ''
    return [settings.server, settings.server.replace(/^http/, 'ws'), ...(settings.cloudChat ? [CLOUD_CHAT_SOURCES] : [])].join(' ')
  }

  /** Goes on where the last run was. */
  start(): void {
    const settings = this.#options.settings()
    if (settings?.kind === 'team') {
      const team = this.#newTeam(settings, this.#options.secrets.get(CLOUD_SESSION_SECRET))
      this.#team = team
      team.session.start()
    }
    this.#tell()
  }

  /** @throws AnchorError cloud.* */
  async signIn(text: string): Promise<void> {
    this.#refuseWhileBusy()
    const link = parseSignInLink(text)
    if (link === null) throw new AnchorError('cloud.bad-link')
    if (!link.safe) throw new AnchorError('cloud.not-https', { context: { host: link.host } })
    const team = this.#newTeam(link, null)
    try {
      await team.session.open(link.invite, this.#options.nick())
      this.#refuseWhileBusy()
    } catch (error) {
      void this.#leave(team)
      throw error
    }
    const { held } = team.session
    this.#moveTo({ kind: 'team', server: link.server, roomId: link.roomId, cloudChat: held?.wire === null }, team)
    this.#options.secrets.set(CLOUD_SESSION_SECRET, held?.token ?? null)
  }

  /** An app of the user's own, with its key on this machine. @throws AnchorError cloud.on-air */
  useOwnApp(settings: Extract<CloudSettings, { kind: 'own-app' }>, secretKey: string): void {
    this.#refuseWhileBusy()
    this.#moveTo(settings, null, secretKey)
  }

  /** Back to the room of this machine; what was kept is forgotten. @throws AnchorError cloud.on-air */
  signOut(): void {
    this.#refuseWhileBusy()
    this.#moveTo(null, null)
  }

  /** The room server of this machine listens: with the own app's IM it shows now whether that takes the key. */
  roomListens(): void {
    if (this.ownCloud !== null) void this.#tryOwn()
  }

  networkOnline(): void {
    this.#team?.session.retryNow()
  }

  /**
   * What lets the anchor into the TRTC room of the present room; renewed by `onTicket` until `releaseTicket`.
   * @throws AnchorError trtc.no-cloud-room | trtc.no-ticket
   */
  trtcTicket(): Promise<TrtcTicket> {
    return this.#tickets.get()
  }

  /**
   * Where the present room's stream is pushed to at CSS, signed by its server for 24 h: before each new connection it is asked for anew.
   * @throws AnchorError cloud.refused | cloud.unreachable | cloud.not-a-server | room.unavailable
   */
  async pushUrl(): Promise<PushUrl> {
    const place = this.#options.place()
    if (place === null) throw new AnchorError('room.unavailable')
    const { token } = await this.#options.session()
    try {
      return await askRoom({ base: place.http, method: 'POST', path: `/api/rooms/${place.roomId}/push-url`, token, body: {} }, pushUrlSchema)
    } catch (error) {
      if (!(error instanceof RoomRefusal)) throw error
      throw new AnchorError('cloud.refused', { cause: error, context: { host: new URL(place.http).host, reason: error.message } })
    }
  }

  /** As `trtcTicket`, and not renewed. */
  trtcTicketOnce(): Promise<TrtcTicket> {
    return this.#tickets.once()
  }

  releaseTicket(): void {
    this.#tickets.release()
  }

  close(): void {
    this.#tickets.release()
    this.#team?.close()
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  #refuseWhileBusy(): void {
    if (this.#options.isBusy()) throw new AnchorError('cloud.on-air')
  }

  #moveTo(settings: CloudSettings | null, team: TeamRoom | null, secretKey: string | null = null): void {
    const before = this.#options.settings()
    const left = this.#team
    this.#tickets.release()
    left?.close()
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#team = team
    this.#own = { state: 'signing-in', error: null }
    this.#options.secrets.set(CLOUD_SESSION_SECRET, null)
    this.#options.secrets.set(CLOUD_KEY_SECRET, secretKey)
    this.#options.save(settings)
    this.#tell()
    const moved = this.#options.onMoved(before?.kind === 'own-app' || settings?.kind === 'own-app')
    if (left !== null) void this.#leave(left, moved)
  }

  /** Here it is over at once, whatever the server says: what it does not hear of ends by itself with the token. */
  async #leave(team: TeamRoom, moved?: Promise<unknown>): Promise<void> {
    team.close()
    try {
      await moved
      await team.session.endAtServer()
    } catch (error) {
      const reason = error instanceof AnchorError || error instanceof RoomRefusal ? error.code : 'it went wrong'
      this.#options.log('info', `the session at ${team.session.host} was not ended there: ${reason}`)
    }
  }

  #newTeam({ server, roomId }: { readonly server: string; readonly roomId: string }, token: string | null): TeamRoom {
    const isPresent = (): boolean => this.#team === team
    const session = new TeamSession({
      server,
      roomId,
      token,
      keep: (kept) => {
        if (isPresent()) this.#options.secrets.set(CLOUD_SESSION_SECRET, kept)
      },
      onChange: () => {
        if (isPresent()) this.#tell()
      },
      onReady: () => {
        if (isPresent()) this.#teamReady(team.session)
      },
    })
    const team = new TeamRoom(session, this.#options.log)
    return team
  }

  #teamReady({ held }: TeamSession): void {
    const settings = this.#options.settings()
    const cloudChat = held?.wire === null
    if (settings?.kind === 'team' && settings.cloudChat !== cloudChat) this.#options.save({ ...settings, cloudChat })
    this.#options.onTeamReady()
  }

  async #tryOwn(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const tried = this.ownCloud
    if (tried === null) return
    let own: { readonly state: CloudState; readonly error: ErrorInfo | null } = { state: 'ready', error: null }
    try {
      await this.#options.session()
    } catch (error) {
      if (!(error instanceof AnchorError)) throw error
      const host = (tried.restBase ?? '').replace(/^https?:\/\//, '')
      own = { state: 'unreachable', error: { code: 'cloud.app-refused', context: { host } } }
    }
    if (this.ownCloud?.sdkAppId !== tried.sdkAppId) return
    this.#own = own
    if (own.state !== 'ready') this.#timer = setTimeout(() => void this.#tryOwn(), AGAIN_MS)
    this.#tell()
  }

  #tell(): void {
    this.#options.show(this.#view())
  }

  #view(): CloudView {
    const settings = this.#options.settings()
    if (settings === null) return NO_CLOUD
    if (settings.kind === 'own-app') {
      const known = this.ownCloud === null ? { state: 'ended' as const, error: { code: 'cloud.no-key' as const, context: {} } } : this.#own
      return { ...NO_CLOUD, kind: 'own-app', ...known, sdkAppId: settings.sdkAppId }
    }
    const team = this.#team?.session
    return {
      kind: 'team',
      state: team?.state ?? 'off',
      host: team?.host ?? null,
      roomId: settings.roomId,
      sdkAppId: team?.held?.sdkAppId ?? null,
      error: team?.error ?? null,
      clockSkewSec: team?.clockSkewSec ?? null,
      expiresAt: team?.held?.expiresAt ?? null,
    }
  }
}

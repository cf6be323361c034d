import { CloudDesk } from '../../../../electron/main/cloud-desk'
import type { CloudSettings, CloudView, RoomPlace } from '../../../../electron/shared/cloud'
import { NO_CLOUD } from '../../../../electron/shared/cloud'
import type { RoomSession } from '../../../../electron/shared/room-api'
import type { TrtcTicket } from '../../../../electron/shared/trtc'

export interface Kept {
  settings: CloudSettings | null
  readonly secrets: Map<string, string>
}

/** The app's cloud room as main has it, over what a run before it kept. Without a team it is in `local`. */
export class CloudDeskRig {
  readonly desk: CloudDesk
  readonly kept: Kept
  readonly tickets: TrtcTicket[] = []
  readonly log: string[] = []
  view: CloudView = NO_CLOUD
  moves: boolean[] = []
  busy = false
  nick = 'Ada'
  local: { readonly place: RoomPlace; session(): Promise<RoomSession> } | null = null

  constructor(kept: Kept = { settings: null, secrets: new Map() }) {
    this.kept = kept
    this.desk = new CloudDesk({
      settings: () => kept.settings,
      save: (settings) => void (kept.settings = settings),
      secrets: {
        get: (id) => kept.secrets.get(id) ?? null,
        set: (id, secret) => void (secret === null ? kept.secrets.delete(id) : kept.secrets.set(id, secret)),
      },
      nick: () => this.nick,
      isBusy: () => this.busy,
      place: () => this.desk.team?.session.place ?? this.local?.place ?? null,
      session: () => this.session(),
      show: (view) => void (this.view = view),
      onMoved: (listen) => void this.moves.push(listen),
      onTeamReady: () => undefined,
      onTicket: (ticket) => void this.tickets.push(ticket),
      log: (level, message) => void this.log.push(`${level}: ${message}`),
    })
  }

  session(): Promise<RoomSession> {
    const { team } = this.desk
    if (team !== null) return team.session.session(this.nick)
    if (this.local === null) throw new Error('there is no room here')
    return this.local.session()
  }
}

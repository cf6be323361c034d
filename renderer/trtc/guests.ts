import { NO_CO_ANCHORS, type CoAnchorMedia, type CoAnchors } from '../../electron/shared/co-anchor-line'
import type { SeatTableView } from '../../electron/shared/seats'
import { listen } from './cloud-events'
import { BUFFER, PIXELS_I420, STREAM } from './constants'
import { FrameMeter } from './frame-meter'
import { seatedOf } from './mix-arrangement'
import type { PageTime } from './page-time'
import type { Picture } from './picture-mix'
import type { Cloud } from './sdk'
import { sdkUserOf } from './seat-user'

export interface GuestsOptions {
  readonly cloud: Cloud
  readonly time: PageTime
  /** Who is there, seen or heard changed. */
  readonly onChange: () => void
  readonly onPicture: () => void
}

interface Guest {
  present: boolean
  /** UNIX milliseconds since when somebody who was there is gone. */
  lostAtMs: number | null
  video: boolean
  audio: boolean
  viewed: boolean
  /** As the SDK was last told; null = not yet. */
  muted: boolean | null
  volume: number | null
  picture: Picture | null
  readonly meter: FrameMeter
  rttMs: number | null
  loss: number | null
}

/**
 * The other anchors of the TRTC room, and of the one that is connected with it. Who sits is seen and heard; who waits in the greenroom is seen in its tile and heard
 * by the anchor alone, when asked for; whoever else came into the room is neither. The room's seats and the SDK may call somebody by different names: inside it is the SDK's.
 */
export class Guests {
  readonly #options: GuestsOptions
  readonly #stopListening: () => void
  readonly #guests = new Map<string, Guest>()
  #table: SeatTableView | null = null
  /** By the name in the seats. */
  #hearing: string | null = null

  constructor(options: GuestsOptions) {
    this.#options = options
    this.#stopListening = listen(options.cloud, {
      onRemoteUserEnterRoom: (userId) => this.#change(userId, { present: true, lostAtMs: null }),
      onRemoteUserLeaveRoom: (userId, reason) => this.#left(userId, reason),
      onUserVideoAvailable: (userId, available) => this.#change(userId, { video: available === 1 }),
      onUserAudioAvailable: (userId, available) => this.#change(userId, { audio: available === 1 }),
      onStatistics: (statistics) => {
        for (const remote of statistics.remoteStatisticsArray) {
          const guest = this.#guests.get(remote.userId)
          if (guest === undefined || remote.streamType === STREAM.sub) continue
          guest.rttMs = remote.remoteNetworkRTT > 0 ? remote.remoteNetworkRTT : null
          guest.loss = Math.min(1, Math.max(0, remote.videoPacketLoss / 100))
        }
      },
    })
  }

  get hearing(): string | null {
    return this.#hearing
  }

  /** Those viewers hear, as the SDK calls them. */
  get heard(): ReadonlySet<string> {
    return new Set(
      seatedOf(this.#table)
        .filter(({ heard }) => heard)
        .map(({ userId }) => userId),
    )
  }

  setTable(table: SeatTableView | null): void {
    this.#table = table
    this.#apply()
  }

  /** This one of the greenroom is heard by the anchor; null = nobody. */
  hear(userId: string | null): void {
    this.#hearing = userId
    this.#apply()
  }

  /** @param userId as the SDK calls him */
  picture(userId: string): Picture | null {
    return this.#guests.get(userId)?.picture ?? null
  }

  /** Of the greenroom, by the names in the seats. */
  waiting(): readonly { readonly userId: string; readonly picture: Picture }[] {
    return (this.#table?.entries ?? []).flatMap((entry) => {
      const picture = this.picture(sdkUserOf(entry).userId)
      return entry.seat === 0 && picture !== null ? [{ userId: entry.userId, picture }] : []
    })
  }

  coAnchors(): CoAnchors {
    const nowMs = this.#options.time.nowMs()
    const media: Record<string, CoAnchorMedia> = {}
    for (const entry of this.#table?.entries ?? []) media[entry.userId] = mediaOf(this.#guests.get(sdkUserOf(entry).userId), nowMs)
    return { ...NO_CO_ANCHORS, media, hearing: this.#hearing }
  }

  /** The room was left: everybody comes in anew. */
  roomLeft(): void {
    const nowMs = this.#options.time.nowMs()
    for (const guest of this.#guests.values()) {
      if (guest.present) guest.lostAtMs = nowMs
      Object.assign(guest, { present: false, video: false, audio: false, viewed: false, muted: null, volume: null, picture: null })
    }
  }

  close(): void {
    this.#stopListening()
    this.#guests.clear()
  }

  #change(userId: string, change: Partial<Guest>): void {
    const guest = this.#guests.get(userId) ?? newGuest()
    Object.assign(guest, change)
    this.#guests.set(userId, guest)
    this.#apply()
  }

  #left(userId: string, reason: number): void {
    const guest = this.#guests.get(userId)
    if (guest === undefined) return
    this.#show(userId, guest, false)
    // By itself or sent out: gone. By a time-out: perhaps back in a moment.
    if (reason !== 1) this.#guests.delete(userId)
    else Object.assign(guest, { present: false, lostAtMs: this.#options.time.nowMs(), video: false, audio: false, muted: null, volume: null })
    this.#apply()
  }

  #apply(): void {
    const { cloud } = this.#options
    const entries = new Map((this.#table?.entries ?? []).map((entry) => [sdkUserOf(entry).userId, entry]))
    for (const [userId, guest] of this.#guests) {
      if (!guest.present) continue
      const entry = entries.get(userId)
      const seated = entry !== undefined && entry.seat > 0
      const heard = (seated && !entry.muted) || (entry?.seat === 0 && this.#hearing === entry.userId)
      if (guest.muted !== !heard && (guest.audio || !heard)) {
        guest.muted = !heard
        cloud.muteRemoteAudio(userId, !heard)
      }
      // The SDK cannot make somebody louder than they come.
      const volume = Math.round(Math.min(1, entry?.volume ?? 1) * 100)
      if (heard && guest.volume !== volume) {
        guest.volume = volume
        cloud.setRemoteAudioVolume(userId, volume)
      }
      this.#show(userId, guest, guest.video && entry !== undefined)
    }
    this.#options.onChange()
  }

  #show(userId: string, guest: Guest, shown: boolean): void {
    if (guest.viewed === shown) return
    guest.viewed = shown
    const { cloud } = this.#options
    if (!shown) {
      guest.picture = null
      guest.meter.reset()
      cloud.stopRemoteView(userId, STREAM.big)
      cloud.setRemoteVideoRenderCallback(userId, PIXELS_I420, BUFFER, null)
      return
    }
    cloud.setRemoteVideoRenderCallback(userId, PIXELS_I420, BUFFER, {
      onRenderVideoFrame: (_userId, _stream, { width, height, data }) => {
        if (data === null) return
        guest.picture = { width, height, data: bytesOf(data) }
        guest.meter.seen(this.#options.time.nowMs(), width, height)
        this.#options.onPicture()
      },
    })
    cloud.startRemoteView(userId, null, STREAM.big)
  }
}

/** The SDK gives a Node Buffer where its types say ArrayBuffer. */
export function bytesOf(data: ArrayBuffer | Uint8Array): Uint8Array {
  return data instanceof Uint8Array ? data : new Uint8Array(data)
}

function newGuest(): Guest {
  return {
    present: true,
    lostAtMs: null,
    video: false,
    audio: false,
    viewed: false,
    muted: null,
    volume: null,
    picture: null,
    meter: new FrameMeter(),
    rttMs: null,
    loss: null,
  }
}

function mediaOf(guest: Guest | undefined, nowMs: number): CoAnchorMedia {
  const none: CoAnchorMedia = { state: 'waiting', lostAtMs: null, width: 0, height: 0, fps: 0, rttMs: null, loss: null, checks: null }
  if (guest === undefined) return none
  if (!guest.present) return guest.lostAtMs === null ? none : { ...none, state: 'lost', lostAtMs: guest.lostAtMs }
  const { meter } = guest
  return {
    ...none,
    state: guest.video || guest.audio ? 'connected' : 'connecting',
    width: meter.width,
    height: meter.height,
    fps: meter.fps(nowMs),
    rttMs: guest.rttMs,
    loss: guest.loss,
  }
}

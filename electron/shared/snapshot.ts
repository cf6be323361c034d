import type { CheckResult } from './checks'
import type { CloudView, RoomPlace } from './cloud'
import type { CoAnchors } from './co-anchor-line'
import type { Destination, DestinationStatus } from './destination'
import type { ErrorInfo } from './errors'
import type { Health, HealthSample } from './health'
import type { IceServerView } from './ice-server'
import type { Marker } from './marker'
import type { OverlayPin } from './overlay'
import type { RehearsalState } from './rehearsal'
import type { OtherRoom } from './room-link'
import type { RoomServerAddresses } from './room-server'
import type { Devices, SourceStatus } from './scene'
import type { SessionState } from './session'
import type { Settings } from './settings'
import type { ShowEngine } from './show-engine'
import type { StageStats } from './stage'
import { HEALTH } from './thresholds'

/** A destination as the studio sees it: no secret, but whether there is one. */
export interface DestinationView {
  readonly config: Destination
  /** The whole push address with the key masked, to recognise it by. */
  readonly address: string
  readonly hasSecret: boolean
  /** UNIX seconds when the stored push URL ends; null = never or signed anew each time. */
  readonly expiresAtSec: number | null
  readonly status: DestinationStatus | null
  /** Why there is no address to push to; null = there is one, or it is on its way. */
  readonly problem: ErrorInfo | null
}

/** Told once, with a number so that the same news is not shown twice. */
export interface Notice {
  readonly id: number
  readonly atMs: number
  readonly error: ErrorInfo
  /** The same error again within 30 s counts up here instead of stacking. */
  readonly count: number
}

/** A show that was cut off by a crash or a kill. */
export interface ResumeOffer {
  readonly title: string
  /** UNIX ms when the state file was last written while live. */
  readonly lastLiveAtMs: number
}

/** Progress of the go-live checks. */
export interface ChecksState {
  readonly running: boolean
  /** UNIX ms of the last complete run; a run is good for 10 minutes. */
  readonly finishedAtMs: number | null
  readonly results: readonly CheckResult[]
}

/** Which part makes the program: the web stage, whose chunks the publisher pushes, or the TRTC window, which does both. */
export type Engine = ShowEngine

export interface TrtcView {
  /** `unknown`: no TRTC destination is switched on, nobody has looked. */
  readonly sdk: 'unknown' | 'absent' | 'starting' | 'ready' | 'failed'
  /** Of the native SDK. */
  readonly version: string | null
  /** Why it is `absent` or `failed`. */
  readonly error: ErrorInfo | null
  readonly engine: Engine
  readonly failover: {
    /** UNIX ms; null = TRTC carries the show, or there is none. */
    readonly troubleSinceMs: number | null
    /** It has lasted long enough to leave. */
    readonly due: boolean
    /** There is another way to the viewers. */
    readonly possible: boolean
    /** This show left TRTC for it. */
    readonly done: boolean
  }
}

/**
 * All that the studio window shows, owned by main. The studio gets the whole on start and reload, then `StatePatch`es:
 * each replaces the named slices. A gap in `version` means: ask for the whole again.
 */
export interface Snapshot {
  readonly version: number
  readonly app: {
    readonly version: string
    readonly platform: 'win32' | 'darwin' | 'linux'
    /** 'en' or 'zh-CN', from the system. */
    readonly systemLanguage: 'en' | 'zh-CN'
    readonly secretStore: 'system' | 'session-only'
  }
  readonly settings: Settings
  readonly session: SessionState
  readonly devices: Devices
  readonly sources: Readonly<Record<string, SourceStatus>>
  readonly stage: { readonly running: boolean; readonly stats: StageStats | null }
  readonly trtc: TrtcView
  readonly onAir: 'nothing' | 'program' | 'slate'
  readonly destinations: readonly DestinationView[]
  /** What the publisher last said of itself; null = not known. */
  readonly publisher: {
    /** What the encoder was told; null = its own bitrate. */
    readonly advisedVideoKbps: number | null
    /** Of one core. */
    readonly cpuPercent: number | null
  }
  readonly roomServer: {
    readonly running: boolean
    readonly addresses: RoomServerAddresses | null
    readonly error: ErrorInfo | null
    readonly viewers: number
    /** Somebody (this app or another encoder) publishes into the ingest. */
    readonly publishing: boolean
  }
  /** As `settings.iceServers`, with what is known of their credentials. */
  readonly iceServers: readonly IceServerView[]
  readonly cloud: CloudView
  /** The room that the studio is in; null = none is there yet. */
  readonly roomPlace: RoomPlace | null
  /** Another with each sign-in: what was known of the anchor's session does not hold then, be the room the same. */
  readonly roomVisit: number
  readonly coAnchors: CoAnchors
  /** null = this room stands alone. */
  readonly otherRoom: OtherRoom | null
  readonly health: Health
  /** Every 2 s, the last 10 minutes, oldest first. */
  readonly healthHistory: readonly HealthSample[]
  readonly checks: ChecksState
  /** Over the picture; not saved. */
  readonly overlay: { readonly pinned: OverlayPin | null }
  readonly notices: readonly Notice[]
  readonly resume: ResumeOffer | null
  /** Of the running show, or of the last one until the next begins; in order of their times. */
  readonly markers: readonly Marker[]
  readonly rehearsal: RehearsalState
  readonly canUndo: boolean
  readonly canRedo: boolean
}

export interface StatePatch {
  /** The version after this patch. */
  readonly version: number
  readonly changed: Partial<Omit<Snapshot, 'version' | 'healthHistory'>>
  /** New ones only: ten minutes of them every two seconds would be most of what the studio hears. */
  readonly newSamples?: readonly HealthSample[]
}

const HISTORY_SAMPLES = (HEALTH.historyMinutes * 60_000) / HEALTH.sampleEveryMs

/** The state after a patch that follows on it. */
export function applyPatch(snapshot: Snapshot, { version, changed, newSamples }: StatePatch): Snapshot {
  const healthHistory = newSamples === undefined ? snapshot.healthHistory : [...snapshot.healthHistory, ...newSamples].slice(-HISTORY_SAMPLES)
  return { ...snapshot, ...changed, healthHistory, version }
}

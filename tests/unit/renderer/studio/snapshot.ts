import { NO_CLOUD } from '../../../../electron/shared/cloud'
import { NO_CO_ANCHORS } from '../../../../electron/shared/co-anchor-line'
import { UNKNOWN_HEALTH, type HealthSample } from '../../../../electron/shared/health'
import { defaultSettings } from '../../../../electron/shared/settings'
import type { DestinationView, Snapshot } from '../../../../electron/shared/snapshot'

/** A state of main as the studio gets it, idle unless said otherwise. */
export function snapshotWith(change: Partial<Snapshot> = {}): Snapshot {
  return {
    version: 1,
    app: { version: '0.0.0', platform: 'linux', systemLanguage: 'en', secretStore: 'system' },
    settings: { ...defaultSettings(), title: 'A show' },
    session: { name: 'idle', error: null },
    devices: { cameras: [], microphones: [], systemAudio: false },
    sources: {},
    stage: { running: true, stats: null },
    trtc: { sdk: 'unknown', version: null, error: null, engine: 'stage', failover: { troubleSinceMs: null, due: false, possible: false, done: false } },
    onAir: 'nothing',
    destinations: [LOCAL],
    publisher: { advisedVideoKbps: null, cpuPercent: null },
    roomServer: { running: true, addresses: null, error: null, viewers: 3, publishing: false },
    iceServers: [],
    cloud: NO_CLOUD,
    roomPlace: null,
    roomVisit: 0,
    coAnchors: NO_CO_ANCHORS,
    otherRoom: null,
    health: UNKNOWN_HEALTH,
    healthHistory: [],
    checks: { running: false, finishedAtMs: null, results: [] },
    overlay: { pinned: null },
    notices: [],
    resume: null,
    markers: [],
    rehearsal: { name: 'off' },
    canUndo: false,
    canRedo: false,
    ...change,
  }
}

export const LOCAL: DestinationView = {
  config: { kind: 'local', id: 'local', name: '', enabled: true },
  address: 'rtmp://127.0.0.1/live/••••',
  hasSecret: true,
  expiresAtSec: null,
  status: null,
  problem: null,
}

export const KEYLESS: DestinationView = {
  config: { kind: 'rtmp', id: 'far', name: 'Far away', enabled: true, server: 'rtmp://push.example.com/live' },
  address: 'rtmp://push.example.com/live/••••',
  hasSecret: false,
  expiresAtSec: null,
  status: null,
  problem: null,
}

export const SAMPLE: HealthSample = {
  atMs: 0,
  sentKbps: 2_400,
  ackedKbps: 2_400,
  wantedKbps: 2_500,
  advisedKbps: null,
  queueMs: 0,
  rttMs: 42,
  fps: 30,
  targetFps: 30,
  sentFps: 30,
  frameTimeMs: 5,
  encodeMs: 4,
  droppedShare: 0,
  cpuPercent: 30,
  publisherCpuPercent: 2,
  audioPeakDb: -12,
  viewers: 3,
  wanted: 1,
  publishing: 1,
  brokenSources: [],
}

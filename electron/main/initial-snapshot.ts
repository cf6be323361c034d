import { app } from 'electron'
import { NO_CLOUD } from '../shared/cloud'
import { NO_CO_ANCHORS } from '../shared/co-anchor-line'
import { UNKNOWN_HEALTH } from '../shared/health'
import type { Snapshot } from '../shared/snapshot'

/** What there is to show before anything was heard from anybody. */
export function initialSnapshot(
  known: Pick<Snapshot, 'settings' | 'iceServers' | 'notices' | 'resume'> & { readonly secretsKept: boolean },
): Omit<Snapshot, 'version'> {
  return {
    app: {
      version: app.getVersion(),
      platform: process.platform === 'win32' || process.platform === 'darwin' ? process.platform : 'linux',
      systemLanguage: app.getLocale().toLowerCase().startsWith('zh') ? 'zh-CN' : 'en',
      secretStore: known.secretsKept ? 'system' : 'session-only',
    },
    settings: known.settings,
    session: { name: 'idle', error: null },
    devices: { cameras: [], microphones: [], systemAudio: false },
    sources: {},
    stage: { running: false, stats: null },
    trtc: { sdk: 'unknown', version: null, error: null, engine: 'stage', failover: { troubleSinceMs: null, due: false, possible: false, done: false } },
    onAir: 'nothing',
    destinations: [],
    publisher: { advisedVideoKbps: null, cpuPercent: null },
    roomServer: { running: false, addresses: null, error: null, viewers: 0, publishing: false },
    iceServers: known.iceServers,
    cloud: NO_CLOUD,
    roomPlace: null,
    roomVisit: 0,
    coAnchors: NO_CO_ANCHORS,
    otherRoom: null,
    health: UNKNOWN_HEALTH,
    healthHistory: [],
    checks: { running: false, finishedAtMs: null, results: [] },
    overlay: { pinned: null },
    notices: known.notices,
    resume: known.resume,
    markers: [],
    rehearsal: { name: 'off' },
    canUndo: false,
    canRedo: false,
  }
}

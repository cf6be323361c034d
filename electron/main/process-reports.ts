import { knownError } from '../shared/errors'
import type { PublisherReport } from '../shared/publisher'
import type { Engine, Snapshot } from '../shared/snapshot'
import type { StageReport } from '../shared/stage'
import type { TrtcReport } from '../shared/trtc'
import type { Desk } from './desk'

export interface ProcessReportsOptions {
  readonly desk: Pick<Desk, 'store' | 'scene' | 'show' | 'route' | 'trtc' | 'checks' | 'coAnchors' | 'roomLink' | 'iceProbe' | 'destinations' | 'processes'>
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string): void
}

type EngineReport = Extract<StageReport, { type: 'sources' | 'stats' | 'program' | 'checks' }>

/** Hands what the processes say to the part that it is for. Of two engines the one in use counts. */
export class ProcessReports {
  readonly #options: ProcessReportsOptions

  constructor(options: ProcessReportsOptions) {
    this.#options = options
  }

  /** What both engines say alike. Of the one that is not in use only what it alone can know. */
  stage(report: StageReport, from: Engine): void {
    const { desk, log } = this.#options
    switch (report.type) {
      case 'ready':
        if (from === 'stage') desk.processes.stageUp()
        else desk.processes.trtcUp()
        break
      case 'devices':
        // The scene names devices as the web stage does, whoever captures.
        if (from === 'stage') desk.store.set({ devices: report.devices })
        // By name they may be known to the other now.
        if (desk.route.engine === 'trtc') desk.route.command({ type: 'set-scene', scene: desk.scene.scene })
        break
      case 'failed':
        desk.processes.restartEngine(from, report.reason)
        break
      case 'co-anchors':
        // After a failover the TRTC window is still open, and knows nothing of who is on the mic.
        if (from === 'trtc' && desk.route.engine === 'stage') break
        // A stage that is there anew knows of no places before its line tells it: that takes nobody off the air.
        if (from === 'stage' && (report.coAnchors.table !== null || !desk.show.isOnAir)) desk.trtc.setSeats(report.coAnchors.table)
        desk.coAnchors.reported(report.coAnchors, desk.route.engine === 'stage' ? 'all' : from === 'stage' ? 'table' : 'media')
        break
      case 'other-room':
        desk.roomLink.reported(report.state)
        break
      case 'other-room-unready':
        void desk.roomLink.sayReady()
        break
      case 'ice-probe':
        desk.iceProbe.reported(report.requestId, report.result)
        break
      case 'line-refused':
        desk.coAnchors.connect()
        break
      case 'log':
        log(report.level, `${from}: ${report.message}`)
        break
      case 'sources':
      case 'stats':
      case 'program':
      case 'checks':
        if (desk.route.engine === from) this.#engine(report)
        break
    }
  }

  trtc(report: TrtcReport): void {
    const { desk } = this.#options
    desk.trtc.reported(report)
    switch (report.type) {
      case 'sdk':
      case 'status':
      case 'stopped':
      case 'speed':
        break
      case 'room-connection':
        desk.roomLink.connectionIs({ state: report.state, error: report.error === null ? null : knownError(report.error) })
        break
      default:
        this.stage(report, 'trtc')
        break
    }
  }

  publisher(report: PublisherReport): void {
    const { desk, log } = this.#options
    const inUse = desk.route.engine === 'stage'
    switch (report.type) {
      case 'status':
        if (!inUse) break
        desk.store.set({ onAir: report.onAir, publisher: { advisedVideoKbps: report.advisedVideoKbps, cpuPercent: report.cpuPercent } })
        desk.show.destinationsReported(report.destinations.map((one) => ({ ...one, error: one.error === null ? null : knownError(one.error) })))
        break
      case 'url-wanted': {
        const url = desk.destinations.url(report.id, Date.now() / 1_000)
        if (url !== null) desk.processes.commandPublisher({ type: 'fresh-url', id: report.id, url })
        break
      }
      case 'stopped':
        if (inUse) desk.show.senderStopped()
        break
      case 'log':
        log(report.level, `publisher: ${report.message}`)
        break
      case 'ready':
        break
    }
  }

  #engine(report: EngineReport): void {
    const { desk } = this.#options
    switch (report.type) {
      case 'sources':
        desk.store.set({ sources: knownSources(report.sources) })
        break
      case 'stats':
        desk.store.set({ stage: { running: true, stats: report.stats } })
        desk.show.stageMeasured(report.stats)
        break
      case 'program':
        desk.show.programIs(report.state, report.error === null ? null : knownError(report.error))
        break
      case 'checks':
        desk.checks.stageAnswered(report.requestId, report.checks)
        break
    }
  }
}

function knownSources(told: Extract<StageReport, { type: 'sources' }>['sources']): Snapshot['sources'] {
  return Object.fromEntries(
    Object.entries(told).map(([id, status]) => [id, { ...status, error: status.error === null ? null : { ...knownError(status.error) } }]),
  )
}

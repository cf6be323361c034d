import type { ErrorInfo } from '../shared/errors'
import type { Profile } from '../shared/profile'
import type { Engine } from '../shared/snapshot'
import type { Desk } from './desk'
import type { ProcessName } from './processes'

export interface ProcessLifeOptions {
  readonly desk: Pick<
    Desk,
    'store' | 'scene' | 'show' | 'route' | 'room' | 'rehearsal' | 'trtc' | 'checks' | 'overlay' | 'coAnchors' | 'roomLink' | 'iceProbe' | 'processes'
  >
  profile(): Profile
}

/** What the other processes are told when they are there (again), and what follows for the app's parts when one died. None of them keeps settings. */
export class ProcessLife {
  readonly #options: ProcessLifeOptions

  constructor(options: ProcessLifeOptions) {
    this.#options = options
  }

  /** Everything it has to know, from the beginning. */
  up(name: Exclude<ProcessName, 'studio'>): void {
    const { desk } = this.#options
    switch (name) {
      case 'stage':
        desk.processes.connectProgram()
        if (desk.route.engine === 'stage') this.tellEngine('stage')
        // Before its line: the first word on it says which way the program goes.
        desk.route.tellStage()
        desk.coAnchors.connect()
        desk.roomLink.stageUp()
        break
      case 'trtc':
        // Everything else is said when the SDK runs.
        desk.trtc.up()
        break
      case 'publisher':
        // The limit before the port: advice for the stage is drawn from it, and goes through the port.
        desk.processes.commandPublisher({ type: 'set-bitrate', videoKbps: this.#options.profile().bitrateKbps })
        desk.processes.connectProgram()
        if (desk.route.engine === 'stage') desk.show.tellPublisher()
        break
      case 'room-server':
        desk.room.listen()
        break
    }
  }

  died(name: ProcessName, error: ErrorInfo): void {
    const { desk } = this.#options
    if (name === desk.route.engine) {
      desk.store.set({ stage: { running: false, stats: null }, sources: {} })
      desk.show.stageDied(error)
    }
    switch (name) {
      case 'stage':
        desk.coAnchors.stageDied()
        desk.iceProbe.stageDied()
        break
      case 'trtc':
        desk.trtc.died(error)
        break
      case 'studio':
        desk.coAnchors.letGo()
        break
      case 'publisher':
        desk.store.set({ publisher: { advisedVideoKbps: null, cpuPercent: null } })
        if (desk.route.engine === 'stage') desk.show.publisherDied(error)
        break
      case 'room-server':
        desk.room.died()
        desk.rehearsal.roomDied()
        break
    }
  }

  /** What whoever makes the picture has to know. Nothing happens while it is away. */
  tellEngine(engine: Engine): void {
    const { desk, profile } = this.#options
    if (!desk.processes.isUp(engine)) return
    desk.store.set({ stage: { running: true, stats: null }, sources: {} })
    desk.route.command({ type: 'set-profile', profile: profile() })
    desk.route.command({ type: 'set-scene', scene: desk.scene.scene })
    desk.overlay.tellStage()
    desk.processes.connectPreview(engine)
    if (engine === 'trtc') desk.trtc.tellWindow()
    desk.show.tellStage()
    desk.checks.stageUp()
  }
}

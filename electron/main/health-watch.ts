import type { Profile } from '../shared/profile'
import { HEALTH } from '../shared/thresholds'
import type { Desk } from './desk'
import { HealthSampler } from './health-sampler'

export interface HealthWatchOptions {
  readonly desk: Pick<Desk, 'store' | 'scene' | 'show' | 'rehearsal'>
  profile(): Profile
}

/** Judges every so often how the show is doing, from what all parts told last. Owns its timer; ended by `close`. */
export class HealthWatch {
  readonly #options: HealthWatchOptions
  readonly #sampler = new HealthSampler()
  readonly #timer: NodeJS.Timeout

  constructor(options: HealthWatchOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.#sample(), HEALTH.sampleEveryMs)
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #sample(): void {
    const { desk, profile } = this.#options
    const { stage, sources, roomServer, publisher } = desk.store.current
    const { health, history } = this.#sampler.sample(
      {
        destinations: desk.show.statuses,
        stage: stage.stats,
        scene: desk.scene.scene,
        sources,
        viewers: roomServer.running ? roomServer.viewers : null,
        wantedKbps: profile().bitrateKbps,
        publisher,
        onAir: desk.show.isOnAir,
      },
      Date.now(),
    )
    desk.store.set({ health })
    const newest = history.at(-1)
    if (newest !== undefined) {
      desk.store.addSample(newest)
      desk.rehearsal.heard(newest.audioPeakDb)
    }
  }
}

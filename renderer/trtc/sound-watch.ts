import { listen } from './cloud-events'
import { levelOf, levelsOf, type LevelInput } from './levels'
import type { PageTime } from './page-time'
import type { PreviewPort } from './preview-port'
import type { Cloud } from './sdk'
import { SpeakerChoice } from './speaker-choice'

export interface SoundWatchOptions {
  readonly cloud: Cloud
  readonly time: PageTime
  readonly port: PreviewPort
  readonly input: () => Omit<LevelInput, 'volumes'>
  readonly onSpeaker: () => void
}

const EVERY_MS = 100
/** The check listens as long: a pause in speech is no silence. */
const CHECK_MS = 2_000

interface Reading {
  readonly atMs: number
  /** 0 … 100 */
  readonly volume: number
}

/** How loud everybody is: for the meters, for the statistics, and for who is shown large. */
export class SoundWatch {
  readonly #speaker = new SpeakerChoice()
  readonly #stopListening: () => void
  readonly #time: PageTime
  #peak = 0
  /** Of this machine, by when they were measured. */
  #recent: readonly Reading[] = []

  constructor({ cloud, time, port, input, onSpeaker }: SoundWatchOptions) {
    this.#time = time
    this.#stopListening = listen(cloud, {
      onUserVoiceVolume: (volumes) => {
        const volume = volumes.find(({ userId }) => userId === '')?.volume ?? 0
        this.#peak = Math.max(this.#peak, volume)
        this.#recent = [...this.#lately(), { atMs: time.nowMs(), volume }]
        port.sendLevels(() => levelsOf({ ...input(), volumes }))
        if (this.#speaker.heard(volumes, input().heard, time.nowMs())) onSpeaker()
      },
    })
    cloud.enableAudioVolumeEvaluation(EVERY_MS)
  }

  /** Who speaks now, of the seated; null = the anchor, or nobody. */
  get speaker(): string | null {
    return this.#speaker.speaker
  }

  /** The loudest of this machine since it was last forgotten, dBFS. */
  get peakDb(): number {
    return levelOf(this.#peak).peakDb
  }

  /** The loudest of this machine in the last two seconds, dBFS. */
  get recentPeakDb(): number {
    return levelOf(Math.max(0, ...this.#lately().map(({ volume }) => volume))).peakDb
  }

  forget(): void {
    this.#peak = 0
  }

  close(): void {
    this.#stopListening()
  }

  #lately(): readonly Reading[] {
    const sinceMs = this.#time.nowMs() - CHECK_MS
    return this.#recent.filter(({ atMs }) => atMs >= sinceMs)
  }
}

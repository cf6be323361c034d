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

/** How loud everybody is: for the meters, for the statistics, and for who is shown large. */
export class SoundWatch {
  readonly #speaker = new SpeakerChoice()
  readonly #stopListening: () => void
  #peak = 0

  constructor({ cloud, time, port, input, onSpeaker }: SoundWatchOptions) {
    this.#stopListening = listen(cloud, {
      onUserVoiceVolume: (volumes) => {
        this.#peak = Math.max(this.#peak, volumes.find(({ userId }) => userId === '')?.volume ?? 0)
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

  forget(): void {
    this.#peak = 0
  }

  close(): void {
    this.#stopListening()
  }
}

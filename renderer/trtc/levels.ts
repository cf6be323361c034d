import { coAnchorSource } from '../../electron/shared/co-anchor-line'
import type { AudioLevel } from '../../electron/shared/program'

const SILENCE: AudioLevel = { peakDb: -100, rmsDb: -100 }

/** onUserVoiceVolume's 0 … 100 as dBFS. The SDK gives one number: it stands for both. */
export function levelOf(volume: number): AudioLevel {
  if (volume <= 0) return SILENCE
  const db = Math.max(-100, Math.round(200 * Math.log10(Math.min(volume, 100) / 100)) / 10)
  return { peakDb: db, rmsDb: db }
}

export interface LevelInput {
  /** '' = this machine's own. */
  readonly volumes: readonly { readonly userId: string; readonly volume: number }[]
  readonly microphoneId: string | null
  readonly muted: boolean
  readonly paused: boolean
  /** Those viewers hear. */
  readonly heard: ReadonlySet<string>
  /** Whose place it is that the SDK's user has. */
  readonly seatOf: (userId: string) => string
}

export function levelsOf({ volumes, microphoneId, muted, paused, heard, seatOf }: LevelInput): {
  readonly sources: Record<string, AudioLevel>
  readonly program: AudioLevel
} {
  const own = volumes.find(({ userId }) => userId === '')?.volume ?? 0
  const others = volumes.filter(({ userId }) => userId !== '')
  const sources = Object.fromEntries([
    ...(microphoneId === null ? [] : [[microphoneId, levelOf(muted ? 0 : own)] as const]),
    ...others.map(({ userId, volume }) => [coAnchorSource(seatOf(userId)), levelOf(volume)] as const),
  ])
  const loudest = Math.max(muted ? 0 : own, ...others.filter(({ userId }) => heard.has(userId)).map(({ volume }) => volume))
  return { sources, program: paused ? SILENCE : levelOf(loudest) }
}

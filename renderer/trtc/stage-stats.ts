import type { TRTCStatistics } from 'trtc-electron-sdk'
import type { DestinationStats } from '../../electron/shared/destination'
import type { StageStats } from '../../electron/shared/stage'
import { STREAM } from './constants'

/** Opus of 20 ms. */
const AUDIO_FRAMES_PER_SECOND = 50

export interface StageMoment {
  /** In the room. */
  readonly live: boolean
  readonly profileFps: number
  /** The picture comes at the profile's rate. */
  readonly steady: boolean
  /** Pictures a second that somebody looks at. */
  readonly shownFps: number
  readonly audioPeakDb: number | null
}

/** What onStatistics says every two seconds, as the app counts: rates of the moment, and sums since the show began. */
export class ShowStatistics {
  #last: { readonly atMs: number; readonly sentBytes: number } | null = null
  #stats: DestinationStats | null = null
  #latest: TRTCStatistics | null = null
  #hardware = false

  /** @param reconnects since the show began */
  take(statistics: TRTCStatistics, nowMs: number, reconnects: number): void {
    const big = mainOf(statistics)
    const sub = statistics.localStatisticsArray.find(({ streamType }) => streamType === STREAM.sub)
    const seconds = this.#last === null ? 0 : Math.max(0, nowMs - this.#last.atMs) / 1_000
    // The SDK counts anew in each room.
    const bytes = this.#last === null ? 0 : Math.max(0, statistics.sentBytes - this.#last.sentBytes)
    const fps = (big?.frameRate ?? 0) + (sub?.frameRate ?? 0)
    const before = this.#stats
    this.#last = { atMs: nowMs, sentBytes: statistics.sentBytes }
    this.#latest = statistics
    this.#stats = {
      sentKbps: seconds === 0 ? 0 : Math.round((bytes * 8) / 1_000 / seconds),
      // The SDK does not tell what arrived.
      ackedKbps: null,
      queueMs: 0,
      unackedBytes: null,
      rttMs: statistics.rtt > 0 ? statistics.rtt : null,
      sentFps: big?.frameRate ?? sub?.frameRate ?? 0,
      // The SDK tells rates and no sums: these are the rates over the time.
      sentVideoFrames: (before?.sentVideoFrames ?? 0) + Math.round(fps * seconds),
      sentAudioFrames: (before?.sentAudioFrames ?? 0) + ((big?.audioBitrate ?? 0) > 0 ? Math.round(AUDIO_FRAMES_PER_SECOND * seconds) : 0),
      droppedVideoFrames: 0,
      droppedAudioFrames: 0,
      sentBytes: (before?.sentBytes ?? 0) + bytes,
      reconnects,
    }
  }

  /** The room was left: what comes next is counted from there. */
  left(): void {
    this.#last = null
    this.#latest = null
  }

  reset(): void {
    this.left()
    this.#stats = null
  }

  /** The SDK said that it changed to the machine's own encoder, or back. */
  encoderChanged(hardware: boolean): void {
    this.#hardware = hardware
  }

  get destination(): DestinationStats | null {
    return this.#stats
  }

  get latest(): TRTCStatistics | null {
    return this.#latest
  }

  stage({ live, profileFps, steady, shownFps, audioPeakDb }: StageMoment): StageStats {
    const big = this.#latest === null ? undefined : mainOf(this.#latest)
    const fps = live && big !== undefined ? big.frameRate : shownFps
    return {
      engine: 'trtc',
      encoder: live ? { codec: 'avc', hardware: this.#hardware, audio: 'trtc' } : null,
      // The first numbers of a room come after two seconds.
      targetFps: !live || big === undefined ? shownFps : steady ? profileFps : Math.min(profileFps, fps),
      fps,
      // Inside of the SDK; not told.
      composeMsP50: 0,
      composeMsP95: 0,
      encodeMsP50: 0,
      encodeQueue: 0,
      skippedFrames: 0,
      encodedFrames: live ? (this.#stats?.sentVideoFrames ?? 0) : 0,
      bitrateKbps: live ? (this.#latest?.localStatisticsArray ?? []).reduce((sum, { videoBitrate }) => sum + videoBitrate, 0) : 0,
      audioPeakDb,
    }
  }
}

function mainOf({ localStatisticsArray }: TRTCStatistics): TRTCStatistics['localStatisticsArray'][number] | undefined {
  return localStatisticsArray.find(({ streamType }) => streamType === STREAM.big) ?? localStatisticsArray[0]
}

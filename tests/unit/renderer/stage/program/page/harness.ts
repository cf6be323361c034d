import { DEFAULT_OVERLAY } from '../../../../../../electron/shared/overlay'
import type { PreviewMessage, ProgramMessage } from '../../../../../../electron/shared/program'
import { DEFAULT_PROFILE } from '../../../../../../electron/shared/profile'
import { PAUSE_CARD } from '../../../../../../electron/shared/show-status'
import { Program } from '../../../../../../renderer/stage/program/program'
import type { FromWorker } from '../../../../../../renderer/stage/worker-protocol'
import { sceneOf, testCard } from '../fakes'

/** The real program with a publisher and a studio made of two ports. What the test in Node asks is plain data. */

const PREVIEW = { type: 'preview-size', width: 160, height: 90, fps: 30 } as const

class Watched {
  readonly told: FromWorker[] = []
  readonly sent: ProgramMessage[] = []
  readonly #seen: (() => void)[] = []
  /** Preview pictures in a row that were the same, and that differed. */
  still = 0
  moving = 0
  /** Peak of the program over the levels since the last reset, dBFS. */
  peakDb = -100
  levels = 0
  #last: Uint8Array | null = null

  tell(message: FromWorker): void {
    this.told.push(message)
    this.#changed()
  }

  programPort(): MessagePort {
    const { port1, port2 } = new MessageChannel()
    port2.onmessage = (event: MessageEvent<ProgramMessage>) => {
      this.sent.push(event.data)
      this.#changed()
    }
    return port1
  }

  previewPort(): MessagePort {
    const { port1, port2 } = new MessageChannel()
    port2.onmessage = (event: MessageEvent<PreviewMessage>) => {
      const message = event.data
      if (message.type === 'frame') {
        const same = this.#last !== null && this.#last.every((value, at) => value === message.data[at])
        this.still = same ? this.still + 1 : 0
        this.moving = same ? 0 : this.moving + 1
        this.#last = message.data
        port2.postMessage({ type: 'drawn' })
      } else if (message.type === 'levels') {
        this.levels += 1
        this.peakDb = Math.max(this.peakDb, message.program.peakDb)
      }
      this.#changed()
    }
    port2.postMessage(PREVIEW)
    return port1
  }

  count(type: ProgramMessage['type']): number {
    return this.sent.filter((message) => message.type === type).length
  }

  forgetLevels(): void {
    this.levels = 0
    this.peakDb = -100
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#seen.push(resolve))
  }

  #changed(): void {
    for (const resolve of this.#seen.splice(0)) resolve()
  }
}

export interface PauseRun {
  readonly states: string[]
  readonly pausedPeakDb: number
  readonly pausedVideo: number
  readonly pausedAudio: number
  /** Sizes that were announced to the publisher. */
  readonly widths: number[]
  readonly monotonic: boolean
  readonly programs: number
  readonly log: string[]
}

/** A show that is paused, made larger while it is, goes on, is paused again and ends. Each step waits for what it should bring. */
async function pause(): Promise<PauseRun> {
  const watched = new Watched()
  const program = await Program.open((message) => watched.tell(message))
  program.handle({ type: 'port', use: 'preview', port: watched.previewPort() })
  program.handle({ type: 'port', use: 'program', port: watched.programPort() })
  program.handle({ type: 'profile', profile: { ...DEFAULT_PROFILE, fps: 15 } })
  program.handle({ type: 'scene', scene: sceneOf(testCard('t')) })
  program.handle({ type: 'start-program', title: 'Show', language: 'en' })
  await watched.until(() => watched.count('video') > 10 && watched.moving > 5 && watched.peakDb > -30)

  // Comments that move would move the picture: the card covers them too.
  program.handle({ type: 'overlay', overlay: { ...DEFAULT_OVERLAY, comments: 'program', speed: 'slow', pinned: null, pk: null } })
  program.handle({ type: 'overlay-say', comments: ['1', '2', '3'].map((id) => ({ id, name: 'Bo', text: 'hello '.repeat(20) })) })
  program.handle({ type: 'paused', paused: true, card: PAUSE_CARD })
  await watched.until(() => watched.still > 5)
  // What was mixed before the pause is through.
  watched.forgetLevels()
  await watched.until(() => watched.levels > 3)
  watched.forgetLevels()
  const [video, audio] = [watched.count('video'), watched.count('audio')]
  // The test card beeps each second: 20 levels are more than one.
  await watched.until(() => watched.levels > 20)
  const paused = { pausedPeakDb: watched.peakDb, pausedVideo: watched.count('video') - video, pausedAudio: watched.count('audio') - audio }

  program.handle({ type: 'profile', profile: { resolution: '1080p', fps: 15, bitrateKbps: 3_000 } })
  await watched.until(() => watched.count('video-parameters') > 0)
  watched.still = 0
  await watched.until(() => watched.still > 5)

  program.handle({ type: 'paused', paused: false, card: PAUSE_CARD })
  await watched.until(() => watched.moving > 5 && watched.peakDb > -30)

  program.handle({ type: 'paused', paused: true, card: PAUSE_CARD })
  await watched.until(() => watched.still > 5)
  program.handle({ type: 'stop-program' })
  await watched.until(() => watched.moving > 5)
  program.close()

  const times = watched.sent.flatMap((message) => (message.type === 'video' ? [message.timestampUs] : []))
  return {
    ...paused,
    states: watched.told.flatMap((message) => (message.type === 'program' ? [message.state] : [])),
    widths: watched.sent.flatMap((message) => (message.type === 'program' || message.type === 'video-parameters' ? [message.video.width] : [])),
    monotonic: times.every((time, index) => index === 0 || time > (times[index - 1] ?? 0)),
    programs: watched.count('program'),
    log: watched.told.flatMap((message) => (message.type === 'log' && message.level !== 'info' ? [message.message] : [])),
  }
}

const harness = { pause }
Object.assign(globalThis, { harness })

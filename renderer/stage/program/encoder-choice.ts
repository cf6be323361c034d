import { RESOLUTIONS, type Profile } from '../../../electron/shared/profile'
import { asError, type Log } from './log'

/** H.264 profiles from best to safest, as the first four digits of the codec string: High, Main, Constrained Baseline, Baseline. */
const PROFILES = ['6400', '4d00', '42e0', '4200'] as const

/** H.264 levels: what each holds in macroblocks, a second and in one frame (ITU-T H.264 table A-1). */
const LEVELS = [
  { hex: '1f', blocksPerSecond: 108_000, blocksPerFrame: 3_600 },
  { hex: '20', blocksPerSecond: 216_000, blocksPerFrame: 5_120 },
  { hex: '28', blocksPerSecond: 245_760, blocksPerFrame: 8_192 },
  { hex: '2a', blocksPerSecond: 522_240, blocksPerFrame: 8_704 },
  { hex: '33', blocksPerSecond: 983_040, blocksPerFrame: 36_864 },
] as const

/** What is asked of an encoder. Pixels, frames a second, kbit/s. */
export interface EncoderWish {
  readonly width: number
  readonly height: number
  readonly fps: number
  readonly bitrateKbps: number
}

export function wishOf(profile: Profile): EncoderWish {
  return { ...RESOLUTIONS[profile.resolution], fps: profile.fps, bitrateKbps: profile.bitrateKbps }
}

function levelFor({ width, height, fps }: EncoderWish): string {
  const blocks = Math.ceil(width / 16) * Math.ceil(height / 16)
  return (LEVELS.find((level) => level.blocksPerSecond >= blocks * fps && level.blocksPerFrame >= blocks) ?? LEVELS[LEVELS.length - 1])?.hex ?? '33'
}

/**
 * All configurations to try, best first: hardware before software, High before Baseline. With `softwareOnly` nothing that
 * could turn out to be hardware: 'no-preference' leaves that to the browser. Pure.
 */
export function encoderCandidates(wish: EncoderWish, softwareOnly: boolean): VideoEncoderConfig[] {
  const level = levelFor(wish)
  const accelerations = softwareOnly ? (['prefer-software'] as const) : (['prefer-hardware', 'no-preference'] as const)
  return accelerations.flatMap((hardwareAcceleration) =>
    PROFILES.map((profile) => ({
      codec: `avc1.${profile}${level}`,
      width: wish.width,
      height: wish.height,
      framerate: wish.fps,
      bitrate: wish.bitrateKbps * 1_000,
      bitrateMode: 'constant' as const,
      // No reordering: what goes in comes out at once, so that decode time is presentation time.
      latencyMode: 'realtime' as const,
      hardwareAcceleration,
      avc: { format: 'avc' as const },
    })),
  )
}

export interface EncoderChoice {
  readonly config: VideoEncoderConfig
  readonly hardware: boolean
  /** Of the test encode. */
  readonly fps: number
}

const TEST_FRAMES = 8
const TEST_DEADLINE_MS = 3_000

/** The first candidate that the machine says it can do and then really does. null: none. */
export async function chooseEncoder(wish: EncoderWish, softwareOnly: boolean): Promise<EncoderChoice | null> {
  for (const config of encoderCandidates(wish, softwareOnly)) {
    const { supported } = await VideoEncoder.isConfigSupported(config)
    if (supported !== true) continue
    const fps = await testEncode(config)
    if (fps !== null) return { config, hardware: config.hardwareAcceleration === 'prefer-hardware', fps }
  }
  return null
}

/** Frames a second of a few frames with motion; null when the encoder fails or hangs. */
async function testEncode(config: VideoEncoderConfig): Promise<number | null> {
  let chunks = 0
  let failed = false
  const encoder = new VideoEncoder({ output: () => (chunks += 1), error: () => (failed = true) })
  let timer: ReturnType<typeof setTimeout> | undefined
  const deadline = new Promise<void>((resolve) => (timer = setTimeout(resolve, TEST_DEADLINE_MS)))
  const startedAt = performance.now()
  try {
    encoder.configure(config)
    const size = config.width * config.height
    const picture = new Uint8Array((size * 3) / 2).fill(128)
    for (let index = 0; index < TEST_FRAMES; index++) {
      for (let at = index; at < size; at += 61) picture[at] = (at + index * 40) & 255
      const frame = new VideoFrame(picture, {
        format: 'I420',
        codedWidth: config.width,
        codedHeight: config.height,
        timestamp: Math.round((index * 1e6) / (config.framerate ?? 30)),
      })
      encoder.encode(frame, { keyFrame: index === 0 })
      frame.close()
    }
    await Promise.race([encoder.flush(), deadline])
  } catch (error) {
    if (!(error instanceof DOMException)) throw error
    failed = true
  } finally {
    clearTimeout(timer)
    if (encoder.state !== 'closed') encoder.close()
  }
  return failed || chunks === 0 ? null : (chunks * 1_000) / (performance.now() - startedAt)
}

/** The choices of this run: each size and rate is tried once. */
export class EncoderChoices {
  readonly #choose: typeof chooseEncoder
  readonly #known = new Map<string, Promise<EncoderChoice | null>>()
  #softwareOnly = false

  constructor(choose: typeof chooseEncoder = chooseEncoder) {
    this.#choose = choose
  }

  /** null: no encoder does that. The choice's bitrate is that of the first wish. Rejects when the trial itself broke; the next is then a new one. */
  best(wish: EncoderWish): Promise<EncoderChoice | null> {
    const key = `${wish.width}x${wish.height}@${wish.fps}${this.#softwareOnly ? ' software' : ''}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const choosing = this.#choose(wish, this.#softwareOnly)
    this.#known.set(key, choosing)
    choosing.catch(() => this.#known.delete(key))
    return choosing
  }

  /** As `best`; a trial that broke is logged and counts as none. */
  async bestOrNone(wish: EncoderWish, log: Log): Promise<EncoderChoice | null> {
    try {
      return await this.best(wish)
    } catch (error) {
      log('error', `choice of the encoder: ${asError(error).message}`)
      return null
    }
  }

  /** An encoder broke in mid-show. It may be the graphics driver's fault: from now on only software is tried. */
  distrustHardware(): void {
    this.#softwareOnly = true
  }
}

/** H.264 profiles from best to safest, as the first four digits of the codec string: High, Main, Constrained Baseline, Baseline. */
const PROFILES = ['6400', '4d00', '42e0', '4200'] as const

/** H.264 levels by luma samples a second (ITU-T H.264 table A-1). */
const LEVELS = [
  { hex: '1f', blocksPerSecond: 108_000 },
  { hex: '20', blocksPerSecond: 216_000 },
  { hex: '28', blocksPerSecond: 245_760 },
  { hex: '2a', blocksPerSecond: 522_240 },
  { hex: '33', blocksPerSecond: 983_040 },
] as const

export interface EncoderWish {
  readonly width: number
  readonly height: number
  readonly fps: number
  readonly bitrateKbps: number
}

function levelFor({ width, height, fps }: EncoderWish): string {
  const blocks = Math.ceil(width / 16) * Math.ceil(height / 16) * fps
  return (LEVELS.find((level) => level.blocksPerSecond >= blocks) ?? LEVELS[LEVELS.length - 1])?.hex ?? '33'
}

/** All configurations to try, best first: hardware before software, High before Baseline. Pure. */
export function encoderCandidates(wish: EncoderWish): VideoEncoderConfig[] {
  const level = levelFor(wish)
  return (['prefer-hardware', 'no-preference'] as const).flatMap((hardwareAcceleration) =>
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
export async function chooseEncoder(wish: EncoderWish): Promise<EncoderChoice | null> {
  for (const config of encoderCandidates(wish)) {
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
  const deadline = new Promise<void>((resolve) => setTimeout(resolve, TEST_DEADLINE_MS))
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
    if (encoder.state !== 'closed') encoder.close()
  }
  return failed || chunks === 0 ? null : (chunks * 1_000) / (performance.now() - startedAt)
}

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)
const MAX_OUTPUT_BYTES = 512 * 1024 * 1024

/** What ffprobe says of one stream of a recording. Times in seconds. */
export interface Track {
  readonly codec: string
  readonly width: number
  readonly height: number
  /** Decode times of all packets, as they lie in the file. */
  readonly times: readonly number[]
}

export interface Recording {
  readonly video: Track | null
  readonly audio: Track | null
}

interface ProbeOutput {
  readonly streams: readonly {
    readonly index: number
    readonly codec_type: string
    readonly codec_name: string
    readonly width?: number
    readonly height?: number
  }[]
  readonly packets: readonly { readonly stream_index: number; readonly dts_time?: string }[]
}

/** Reads a file or an address with ffprobe; `seconds` bounds a live one. */
export async function probe(source: string, seconds: number | null = null): Promise<Recording> {
  const limit = seconds === null ? [] : ['-read_intervals', `%+${seconds}`]
  const { stdout } = await run(
    'ffprobe',
    ['-v', 'error', ...limit, '-show_entries', 'stream=index,codec_type,codec_name,width,height:packet=stream_index,dts_time', '-of', 'json', source],
    { maxBuffer: MAX_OUTPUT_BYTES, timeout: 60_000 },
  )
  const output = JSON.parse(stdout) as ProbeOutput
  const track = (type: string): Track | null => {
    const stream = output.streams.find((one) => one.codec_type === type)
    if (stream === undefined) return null
    const times = output.packets.filter((packet) => packet.stream_index === stream.index).map((packet) => Number(packet.dts_time))
    return { codec: stream.codec_name, width: stream.width ?? 0, height: stream.height ?? 0, times }
  }
  return { video: track('video'), audio: track('audio') }
}

/** Copies `seconds` of a live stream into a file as it comes. */
export async function record(source: string, file: string, seconds: number): Promise<void> {
  await run('ffmpeg', ['-v', 'error', '-y', '-i', source, '-c', 'copy', '-t', String(seconds), file], { timeout: (seconds + 30) * 1_000 })
}

export function isStrictlyMonotonic(times: readonly number[]): boolean {
  return times.every((time, index) => index === 0 || time > (times[index - 1] ?? 0))
}

/** @returns NaN of nothing */
export function medianOf(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN
}

/** Frames a second over the whole track. */
export function frameRate(times: readonly number[]): number {
  const first = times[0]
  const last = times.at(-1)
  return first === undefined || last === undefined || times.length < 2 ? 0 : (times.length - 1) / (last - first)
}

/** Mean luma (0–255) of every frame. */
export async function lumaMeans(file: string): Promise<number[]> {
  const width = 32
  const height = 18
  const { stdout } = await run(
    'ffmpeg',
    ['-v', 'error', '-i', file, '-map', '0:v', '-vsync', 'passthrough', '-vf', `scale=${width}:${height}:flags=area,format=gray`, '-f', 'rawvideo', '-'],
    {
      encoding: 'buffer',
      maxBuffer: MAX_OUTPUT_BYTES,
    },
  )
  const means: number[] = []
  for (let at = 0; at + width * height <= stdout.length; at += width * height) {
    let sum = 0
    for (let i = 0; i < width * height; i++) sum += stdout[at + i] ?? 0
    means.push(sum / (width * height))
  }
  return means
}

/** How many frames differ from the one before. */
export async function movingFrames(file: string): Promise<{ frames: number; moving: number }> {
  const { stderr } = await run('ffmpeg', ['-i', file, '-map', '0:v', '-vf', 'mpdecimate=hi=64:lo=32:frac=0.001', '-vsync', 'passthrough', '-f', 'null', '-'], {
    maxBuffer: MAX_OUTPUT_BYTES,
  })
  const moving = Number([...stderr.matchAll(/frame=\s*(\d+)/g)].at(-1)?.[1] ?? 0)
  return { frames: (await lumaMeans(file)).length, moving }
}

const AUDIO_RATE = 8_000

async function samples(file: string): Promise<Float32Array> {
  const { stdout } = await run('ffmpeg', ['-v', 'error', '-i', file, '-map', '0:a', '-ac', '1', '-ar', String(AUDIO_RATE), '-f', 'f32le', '-'], {
    encoding: 'buffer',
    maxBuffer: MAX_OUTPUT_BYTES,
  })
  return new Float32Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + Math.floor(stdout.length / 4) * 4))
}

/** When the test card's flashes begin in a recording, seconds of its own clock. One whose first picture was dropped has no beginning to measure. */
export async function flashTimes(file: string): Promise<number[]> {
  const means = await lumaMeans(file)
  const shownAt = (await probe(file)).video?.times ?? []
  const gaps = shownAt.slice(1).map((time, index) => time - (shownAt[index] ?? time))
  const usualGap = medianOf(gaps)
  const dark = medianOf(means)
  const times: number[] = []
  for (let i = 1; i < means.length; i++) {
    const begins = (means[i] ?? 0) > dark + 20 && (means[i - 1] ?? 0) <= dark + 20
    if (begins && (gaps[i - 1] ?? Infinity) < usualGap * 1.5) times.push(shownAt[i] ?? NaN)
  }
  return times
}

/** When the beeps begin, seconds of the recording's own clock. */
export async function beepTimes(file: string): Promise<number[]> {
  const sound = await samples(file)
  const { audio } = await probe(file)
  const start = audio?.times[0] ?? 0
  const times: number[] = []
  let quietSince = -Infinity
  for (let i = 0; i < sound.length; i++) {
    if (Math.abs(sound[i] ?? 0) < 0.03) continue
    if (i - quietSince > AUDIO_RATE * 0.3) times.push(start + i / AUDIO_RATE)
    quietSince = i
  }
  return times
}

/** Beep minus flash of every pair, milliseconds: positive = the sound is late. */
export async function avOffsetsMs(file: string): Promise<number[]> {
  const [flashes, beeps] = await Promise.all([flashTimes(file), beepTimes(file)])
  return flashes.flatMap((flash) => {
    const near = beeps.filter((beep) => Math.abs(beep - flash) < 0.45)[0]
    return near === undefined ? [] : [(near - flash) * 1_000]
  })
}

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { probe } from './recording'

const run = promisify(execFile)
export const RATE_HZ = 48_000

/** Amplitude of one frequency in these samples, −1 … 1 (Goertzel, with a Hann window). */
export function amplitudeOf(samples: Float32Array, hz: number): number {
  const step = (2 * Math.PI * hz) / RATE_HZ
  const turn = 2 * Math.cos(step)
  let before = 0
  let last = 0
  for (const [at, sample] of samples.entries()) {
    const windowed = sample * (0.5 - 0.5 * Math.cos((2 * Math.PI * at) / (samples.length - 1)))
    const next = windowed + turn * last - before
    before = last
    last = next
  }
  const power = last * last + before * before - turn * last * before
  // The window halves what comes through.
  return (4 * Math.sqrt(Math.max(0, power))) / samples.length
}

/** Sound of a file or a live address: mono, 48 kHz. */
export async function soundOf(source: string, seconds: number): Promise<Float32Array> {
  const { stdout } = await run('ffmpeg', ['-v', 'error', '-i', source, '-t', String(seconds), '-vn', '-ac', '1', '-ar', String(RATE_HZ), '-f', 'f32le', '-'], {
    encoding: 'buffer',
    maxBuffer: 256 * 1024 * 1024,
    timeout: (seconds + 30) * 1_000,
  })
  return new Float32Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + Math.floor(stdout.length / 4) * 4))
}

export interface Colour {
  readonly red: number
  readonly green: number
  readonly blue: number
}

/** Mean colour of a part of each picture, shares of width and height. */
export async function coloursOf(file: string, { x, y, width, height }: { x: number; y: number; width: number; height: number }): Promise<Colour[]> {
  const crop = `crop=iw*${width}:ih*${height}:iw*${x}:ih*${y},scale=1:1:flags=area,format=rgb24`
  const { stdout } = await run('ffmpeg', ['-v', 'error', '-i', file, '-map', '0:v', '-vsync', 'passthrough', '-vf', crop, '-f', 'rawvideo', '-'], {
    encoding: 'buffer',
    maxBuffer: 64 * 1024 * 1024,
  })
  return Array.from({ length: Math.floor(stdout.length / 3) }, (_, at) => ({
    red: stdout[at * 3] ?? 0,
    green: stdout[at * 3 + 1] ?? 0,
    blue: stdout[at * 3 + 2] ?? 0,
  }))
}

/** When a part of the picture turns white, and when a tone begins, seconds of the recording's own clock. */
export async function flashesAndBeeps(
  file: string,
  part: { x: number; y: number; width: number; height: number },
  hz: number,
): Promise<{ flashes: number[]; beeps: number[] }> {
  const [colours, sound, { video, audio }] = await Promise.all([coloursOf(file, part), soundOf(file, 600), probe(file)])
  const isWhite = ({ red, green, blue }: Colour): boolean => Math.min(red, green, blue) > 180
  const flashes = colours.flatMap((colour, at) => (at > 0 && isWhite(colour) && !isWhite(colours[at - 1] ?? colour) ? [video?.times[at] ?? NaN] : []))
  const beeps: number[] = []
  const window = RATE_HZ / 100
  let heardAt = -Infinity
  for (let at = 0; at + window <= sound.length; at += window / 4) {
    if (amplitudeOf(sound.subarray(at, at + window), hz) < 0.05) continue
    if (at - heardAt > RATE_HZ * 0.3) beeps.push((audio?.times[0] ?? 0) + (at + window / 2) / RATE_HZ)
    heardAt = at
  }
  return { flashes, beeps }
}

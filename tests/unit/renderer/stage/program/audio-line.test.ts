import { describe, expect, it } from 'vitest'
import { AudioLine } from '../../../../../renderer/stage/program/audio-line'
import { resample } from '../../../../../renderer/stage/program/sample-intake'

const RATE = 1_000
const ms = (value: number): number => value * 1_000

function ramp(from: number, count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, index) => (from + index) / 10_000)
}

/** What stands at these sample numbers, in ten-thousandths. */
function read(line: AudioLine, fromAt: number, count: number, gain = 1): number[] {
  const left = new Float32Array(count)
  line.mixInto(left, new Float32Array(count), fromAt, gain)
  return [...left].map((value) => Math.round(value * 10_000))
}

describe('AudioLine', () => {
  it('samples stand where the clock says that they were heard', () => {
    const line = new AudioLine(RATE)
    line.push(ramp(1, 10), ramp(1, 10), ms(1_010))
    expect(read(line, 998, 14)).toEqual([0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 0])
  })

  it('blocks that arrive a little early or late follow each other without a gap', () => {
    const line = new AudioLine(RATE)
    line.push(ramp(1, 10), ramp(1, 10), ms(1_010))
    line.push(ramp(11, 10), ramp(11, 10), ms(1_060))
    line.push(ramp(21, 10), ramp(21, 10), ms(1_003))
    expect(read(line, 1_000, 30)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1))
  })

  it('a gap is silence, not what was there before', () => {
    const line = new AudioLine(RATE)
    for (let at = 0; at < 4_000; at += 10) line.push(ramp(5_000, 10), ramp(5_000, 10), ms(at + 10))
    line.push(ramp(1, 10), ramp(1, 10), ms(5_010))
    expect(read(line, 4_000, 1_000).every((value) => value === 0)).toBe(true)
    expect(read(line, 5_000, 2)).toEqual([1, 2])
  })

  it('a device whose clock runs fast is set right before it is 60 ms off', () => {
    const line = new AudioLine(RATE)
    // 10 samples each 9.9 ms: 1 % fast.
    let worst = 0
    for (let n = 1; n <= 2_000; n++) {
      line.push(ramp(1, 10), ramp(1, 10), n * 9_900)
      const heardAt = Math.round(n * 9.9)
      const newest = [...Array(200).keys()].map((back) => heardAt + 100 - back).find((at) => read(line, at, 1)[0] !== 0) ?? 0
      worst = Math.max(worst, Math.abs(newest + 1 - heardAt))
    }
    expect(worst).toBeLessThanOrEqual(61)
    expect(worst).toBeGreaterThan(10)
  })

  it('keeps three seconds: a sync offset of two is still there, what is older is not', () => {
    const line = new AudioLine(RATE)
    for (let at = 0; at < 6_000; at += 100) line.push(ramp(1 + at, 100), ramp(1 + at, 100), ms(at + 100))
    expect(read(line, 3_900, 2)).toEqual([3_901, 3_902])
    expect(read(line, 2_900, 2)).toEqual([0, 0])
  })

  it('adds to the mix, and says how loud it was after the gain', () => {
    const line = new AudioLine(RATE)
    const half = new Float32Array(10).fill(0.5)
    line.push(half, half, ms(10))
    const left = new Float32Array(10).fill(0.1)
    const right = new Float32Array(10)
    const { peak, power } = line.mixInto(left, right, 0, 0.5)
    expect(left[3]).toBeCloseTo(0.35)
    expect(right[3]).toBeCloseTo(0.25)
    expect(peak).toBeCloseTo(0.25)
    expect(power).toBeCloseTo(0.0625)
  })
})

describe('resample', () => {
  it('leaves 48 kHz alone', () => {
    const samples = ramp(0, 100)
    expect(resample(samples, 48_000)).toBe(samples)
  })

  it.each([16_000, 44_100, 96_000])('%i Hz: as long in time, and a tone stays the tone', (rate) => {
    const tone = (at: number): number => Math.sin(2 * Math.PI * 440 * at)
    const out = resample(
      Float32Array.from({ length: rate / 10 }, (_, index) => tone(index / rate)),
      rate,
    )
    expect(out).toHaveLength(4_800)
    const worst = Math.max(...[...out.subarray(0, 4_700)].map((value, index) => Math.abs(value - tone(index / 48_000))))
    expect(worst).toBeLessThan(0.01)
  })
})

import { describe, expect, it } from 'vitest'
import { AAC_FRAME_SAMPLES, AUDIO_SAMPLE_RATE_HZ } from '../../../../../electron/shared/thresholds'
import { AudioMixer, type MixedBlock } from '../../../../../renderer/stage/program/audio-mixer'
import { BEEP_AMPLITUDE } from '../../../../../renderer/stage/test-signal'
import { microphone, sceneOf, testCard } from './fakes'

const STEP_US = 10_000
const STEP = (AUDIO_SAMPLE_RATE_HZ * STEP_US) / 1_000_000
const START_US = 1_000_000_000

/** Runs the mixer's clock; `sound` says what a microphone hears at a moment. */
class Run {
  readonly mixer = new AudioMixer()
  readonly blocks: MixedBlock[] = []
  nowUs = START_US

  run(forMs: number, sounds: Record<string, (timeUs: number) => number> = {}): void {
    for (const end = this.nowUs + forMs * 1_000; this.nowUs < end;) {
      for (const [id, sound] of Object.entries(sounds)) {
        const samples = Float32Array.from({ length: STEP }, (_, index) => sound(this.nowUs + (index * 1_000_000) / AUDIO_SAMPLE_RATE_HZ))
        this.mixer.push(id, samples, samples, this.nowUs + STEP_US)
      }
      this.nowUs += STEP_US
      this.blocks.push(...this.mixer.due(this.nowUs))
    }
  }

  peak(): number {
    return Math.max(...this.blocks.splice(0).flatMap(({ left }) => [...left].map(Math.abs)))
  }
}

const constant = (value: number) => (): number => value

describe('the mix', () => {
  it('comes in whole AAC frames that follow each other without a gap', () => {
    const run = new Run()
    run.mixer.setScene(sceneOf(microphone('m')))
    run.run(2_000, { m: constant(0.1) })
    const frameUs = (AAC_FRAME_SAMPLES * 1_000_000) / AUDIO_SAMPLE_RATE_HZ
    expect(run.blocks.length).toBeGreaterThan(85)
    run.blocks.forEach(({ timestampUs, left, right }, index) => {
      expect([left.length, right.length]).toEqual([AAC_FRAME_SAMPLES, AAC_FRAME_SAMPLES])
      expect(Math.abs(timestampUs - (run.blocks[0]?.timestampUs ?? 0) - index * frameUs)).toBeLessThanOrEqual(1)
    })
  })

  it('after a long pause of the clock it goes on from there', () => {
    const run = new Run()
    run.run(100)
    const before = run.blocks.length
    run.nowUs += 3_600_000_000
    run.run(100)
    expect(run.blocks.length - before).toBeLessThan(10)
    expect(run.blocks.at(-1)?.timestampUs).toBeGreaterThan(START_US + 3_600_000_000)
  })

  it('gain and mute', () => {
    const run = new Run()
    run.mixer.setScene(sceneOf(microphone('m', { gainDb: -20 })))
    run.run(500, { m: constant(0.5) })
    expect(run.peak()).toBeCloseTo(0.05, 4)
    run.mixer.setScene(sceneOf(microphone('m', { gainDb: -20, muted: true })))
    run.run(500, { m: constant(0.5) })
    expect(run.peak()).toBe(0)
  })

  it('is the sum of its sources, and never beyond full scale', () => {
    const run = new Run()
    run.mixer.setScene(sceneOf(microphone('a'), microphone('b')))
    run.run(500, { a: constant(0.3), b: constant(0.4) })
    expect(run.peak()).toBeCloseTo(0.7, 5)
    run.run(500, { a: constant(0.9), b: constant(0.9) })
    expect(run.peak()).toBe(1)
  })

  it.each([0, 40, 1_000, 2_000])('a sync offset of %i ms delays a source by that', (syncOffsetMs) => {
    const run = new Run()
    run.mixer.setScene(sceneOf(microphone('m', { syncOffsetMs })))
    const clickUs = START_US + 500_000
    run.run(4_000, { m: (timeUs) => (timeUs >= clickUs && timeUs < clickUs + 1_000 ? 0.8 : 0) })
    const heardUs = run.blocks.flatMap(({ timestampUs, left }) => {
      const at = left.findIndex((value) => value > 0.5)
      return at < 0 ? [] : [timestampUs + (at * 1_000_000) / AUDIO_SAMPLE_RATE_HZ]
    })
    expect(Math.abs((heardUs[0] ?? 0) - clickUs - syncOffsetMs * 1_000)).toBeLessThan(100)
  })

  it('the beep of a test card is in it, once a second', () => {
    const run = new Run()
    run.mixer.setScene(sceneOf(testCard('t')))
    run.run(3_000)
    const loud = run.blocks.filter(({ left }) => left.some((value) => Math.abs(value) > BEEP_AMPLITUDE / 2)).length
    expect(loud).toBeGreaterThan(8)
    expect(loud).toBeLessThan(25)
  })

  it('a source that is gone is silent, and does not come back with its old sound', () => {
    const run = new Run()
    run.mixer.setScene(sceneOf(microphone('m')))
    run.run(300, { m: constant(0.5) })
    run.mixer.drop('m')
    run.blocks.length = 0
    run.run(300)
    expect(run.peak()).toBe(0)
  })
})

describe('paused', () => {
  it('everything is silent, and the sound is back at once', () => {
    const run = new Run()
    run.mixer.setScene(sceneOf(microphone('m'), testCard('t')))
    run.run(300, { m: constant(0.5) })
    run.mixer.setPaused(true)
    run.blocks.length = 0
    run.run(2_000, { m: constant(0.5) })
    const frames = run.blocks.length
    expect(run.peak()).toBe(0)
    expect(frames).toBeGreaterThan(90)
    run.mixer.setPaused(false)
    run.run(30, { m: constant(0.5) })
    expect(run.peak()).toBeGreaterThan(0.4)
  })

  it('is not a silent microphone: nobody is told to unmute', () => {
    const run = new Run()
    run.mixer.setScene(sceneOf(microphone('m')))
    run.mixer.setPaused(true)
    run.run(300, { m: constant(0.5) })
    expect(run.mixer.takePeakDb()).toBeNull()
  })
})

describe('meters', () => {
  it('peak and mean of each source after its gain, and of the program, since the last look', () => {
    const run = new Run()
    run.mixer.setScene(sceneOf(microphone('a', { gainDb: -6 }), microphone('b', { muted: true })))
    run.run(500, { a: constant(0.5), b: constant(0.5) })
    run.mixer.levels()
    run.run(500, { a: constant(0.5), b: constant(0.5) })
    const { sources, program } = run.mixer.levels()
    expect(sources['a']?.peakDb).toBeCloseTo(-12.02, 1)
    expect(sources['a']?.rmsDb).toBeCloseTo(-12.02, 1)
    expect(sources['b']).toEqual({ peakDb: -100, rmsDb: -100 })
    expect(program.peakDb).toBeCloseTo(-12.02, 1)
    expect(run.mixer.levels().program).toEqual({ peakDb: -100, rmsDb: -100 })
  })

  it('the peak for the reports: null without a source of sound', () => {
    const run = new Run()
    run.run(100)
    expect(run.mixer.takePeakDb()).toBeNull()
    run.mixer.setScene(sceneOf(microphone('m')))
    run.run(300, { m: constant(0.1) })
    expect(run.mixer.takePeakDb()).toBeCloseTo(-20, 1)
    expect(run.mixer.takePeakDb()).toBe(-100)
  })

  it('whoever measures gets the peaks of that time, whatever the others take meanwhile', () => {
    const run = new Run()
    run.mixer.setScene(sceneOf(microphone('m'), microphone('still')))
    run.run(300, { m: constant(0.9) })
    const take = run.mixer.watchPeaks()
    run.run(300, { m: constant(0.1) })
    run.mixer.levels()
    run.mixer.takePeakDb()
    run.run(300, { m: constant(0.01) })
    const peaks = take()
    // The mix is 80 ms behind: a little of what was before is still in it.
    expect(peaks['m']).toBeCloseTo(20 * Math.log10(0.9), 0)
    expect(peaks['still']).toBe(-100)
  })
})

describe('guests in the mix', () => {
  /** Loudest of what one of them hears since the last look; the first blocks are from before anything was heard. */
  function returned(run: Run, id: string): number {
    return Math.max(...run.blocks.slice(-20).flatMap(({ returns }) => [...(returns.get(id) ?? [])].map(Math.abs)))
  }
  const loudness = (run: Run): number => Math.max(...run.blocks.slice(-20).flatMap(({ left }) => [...left].map(Math.abs)))
  const SOUNDS = { m: constant(0.1), a: constant(0.2), b: constant(0.3) }
  function setUp(gains: Record<string, number> = { a: 1, b: 1 }): Run {
    const run = new Run()
    run.mixer.setScene(sceneOf(microphone('m')))
    run.mixer.setGuests(Object.entries(gains).map(([id, gain]) => ({ id, gain })))
    run.run(800, SOUNDS)
    return run
  }

  it('each hears everybody but himself', () => {
    const run = setUp()
    expect(loudness(run)).toBeCloseTo(0.6, 3)
    expect(returned(run, 'a')).toBeCloseTo(0.4, 3)
    expect(returned(run, 'b')).toBeCloseTo(0.3, 3)
  })

  it('whoever waits in the greenroom hears all, and is heard by nobody', () => {
    const run = setUp({ a: 1, b: 0 })
    expect(loudness(run)).toBeCloseTo(0.3, 3)
    expect([returned(run, 'a'), returned(run, 'b')].map((peak) => peak.toFixed(3))).toEqual(['0.100', '0.300'])
    expect(run.mixer.levels().sources['b']?.peakDb).toBeCloseTo(-10.46, 1)
  })

  it('the volume counts for viewers and for the others, and the own sound stays out whole', () => {
    const run = setUp({ a: 2, b: 0.5 })
    expect(loudness(run)).toBeCloseTo(0.65, 3)
    expect([returned(run, 'a'), returned(run, 'b')].map((peak) => peak.toFixed(3))).toEqual(['0.250', '0.500'])
  })

  it('while paused viewers hear nothing, and the guests go on hearing each other', () => {
    const run = setUp()
    run.mixer.setPaused(true)
    run.run(800, SOUNDS)
    expect(loudness(run)).toBe(0)
    expect(returned(run, 'a')).toBeCloseTo(0.4, 3)
  })

  it('talkback reaches one guest, over the rest turned down, and nobody else', () => {
    const run = setUp()
    run.mixer.talkTo('b')
    run.run(800, SOUNDS)
    expect(loudness(run)).toBeCloseTo(0.5, 3)
    expect(returned(run, 'a')).toBeCloseTo(0.3, 3)
    expect(returned(run, 'b')).toBeCloseTo(0.1 + 0.2 * 0.25, 3)
    run.mixer.talkTo(null)
    run.run(800, SOUNDS)
    expect([loudness(run), returned(run, 'a')].map((peak) => peak.toFixed(3))).toEqual(['0.600', '0.400'])
  })

  it('says how loud each voice is that viewers hear', () => {
    const voices = setUp({ a: 1, b: 0 }).blocks.at(-1)?.voices ?? new Map<string, number>()
    expect([...voices.keys()]).toEqual(['', 'a'])
    expect(voices.get('a')).toBeCloseTo(0.04, 3)
  })

  it('is forgotten when it goes', () => {
    const run = setUp()
    run.mixer.setGuests([])
    run.run(800, { m: constant(0.1) })
    expect(loudness(run)).toBeCloseTo(0.1, 3)
    expect(run.blocks.at(-1)?.returns.size).toBe(0)
    expect(Object.keys(run.mixer.levels().sources)).toEqual(['m'])
  })
})

import { describe, expect, it } from 'vitest'
import { EncoderChoices, encoderCandidates, type EncoderChoice, type EncoderWish } from '../../../../../renderer/stage/program/encoder-choice'
import { lines } from './fakes'

const WISH: EncoderWish = { width: 1_920, height: 1_080, fps: 30, bitrateKbps: 6_000 }

function choice(hardware: boolean): EncoderChoice {
  return { config: { codec: 'avc1.64002a', width: 16, height: 16 }, hardware, fps: 100 }
}

describe('encoderCandidates', () => {
  it('hardware before what the browser takes, in each the best profile first', () => {
    expect(encoderCandidates(WISH, false).map(({ hardwareAcceleration, codec }) => `${hardwareAcceleration} ${codec.slice(5, 9)}`)).toEqual([
      'prefer-hardware 6400',
      'prefer-hardware 4d00',
      'prefer-hardware 42e0',
      'prefer-hardware 4200',
      'no-preference 6400',
      'no-preference 4d00',
      'no-preference 42e0',
      'no-preference 4200',
    ])
  })

  it('software only: nothing that may turn out to be hardware', () => {
    const candidates = encoderCandidates(WISH, true)
    expect(candidates.map(({ hardwareAcceleration }) => hardwareAcceleration)).toEqual(Array(4).fill('prefer-software'))
    expect(candidates[0]?.codec).toMatch(/^avc1\.6400/)
  })

  it.each([
    [1_280, 720, 30, '1f'],
    [1_280, 720, 60, '20'],
    // A slow program's frames are as large as a fast one's.
    [1_920, 1_080, 10, '28'],
    [1_920, 1_080, 30, '28'],
    [1_920, 1_080, 60, '2a'],
  ])('%i × %i at %i: the level that holds it (%s)', (width, height, fps, level) => {
    for (const { codec } of encoderCandidates({ ...WISH, width, height, fps }, false)) expect(codec.slice(-2)).toBe(level)
  })

  it('no reordering, a constant bitrate, AVCC', () => {
    for (const config of encoderCandidates(WISH, false)) {
      expect(config).toMatchObject({ latencyMode: 'realtime', bitrateMode: 'constant', bitrate: 6_000_000, framerate: 30, avc: { format: 'avc' } })
    }
  })
})

describe('EncoderChoices', () => {
  it('tries each size and rate once, whatever the bitrate', async () => {
    const tried: string[] = []
    const choices = new EncoderChoices(({ width, fps }) => {
      tried.push(`${width}@${fps}`)
      return Promise.resolve(choice(true))
    })
    await choices.best(WISH)
    await choices.best({ ...WISH, bitrateKbps: 900 })
    await choices.best({ ...WISH, fps: 60 })
    expect(tried).toEqual(['1920@30', '1920@60'])
  })

  it('a trial that broke is not remembered', async () => {
    let trials = 0
    const choices = new EncoderChoices(() => (++trials === 1 ? Promise.reject(new Error('GPU process gone')) : Promise.resolve(choice(true))))
    await expect(choices.best(WISH)).rejects.toThrow('GPU process gone')
    expect(await choices.best(WISH)).not.toBeNull()
    expect(trials).toBe(2)
  })

  it('for the checks a trial that broke is none, with a line in the log', async () => {
    const { lines: logged, log } = lines()
    expect(await new EncoderChoices(() => Promise.reject(new Error('GPU process gone'))).bestOrNone(WISH, log)).toBeNull()
    expect(logged).toEqual(['error choice of the encoder: GPU process gone'])
  })

  it('once distrusted, hardware is not tried again, for this size or another', async () => {
    const software: boolean[] = []
    const choices = new EncoderChoices((_, softwareOnly) => {
      software.push(softwareOnly)
      return Promise.resolve(choice(!softwareOnly))
    })
    await choices.best(WISH)
    choices.distrustHardware()
    expect((await choices.best(WISH))?.hardware).toBe(false)
    expect((await choices.best({ ...WISH, fps: 60 }))?.hardware).toBe(false)
    expect(software).toEqual([false, true, true])
  })
})

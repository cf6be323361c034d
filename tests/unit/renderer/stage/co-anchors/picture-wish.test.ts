import { describe, expect, it } from 'vitest'
import { PictureWish, type ProgramPace } from '../../../../../renderer/stage/co-anchors/picture-wish'

const good: ProgramPace = { fps: 30, targetFps: 30, hardware: false, onAir: 3, tileHeight: 360 }

function run(wish: PictureWish, clock: { ms: number }, seconds: number, pace: Partial<ProgramPace>): string {
  for (const end = clock.ms + seconds * 1_000; clock.ms < end; clock.ms += 500) wish.measured({ ...good, ...pace }, clock.ms)
  return shown(wish)
}
const shown = (wish: PictureWish): string => `${wish.of(true).maxHeight}p${wish.of(true).maxFps}`

describe('what is wished of the co-anchors’ pictures', () => {
  it('starts in the middle, and stays there on a machine without help', () => {
    expect(run(new PictureWish(), { ms: 0 }, 600, {})).toBe('360p30')
  })

  it('goes down step by step while the program is behind, and no further than the last', () => {
    const wish = new PictureWish()
    const clock = { ms: 0 }
    expect(run(wish, clock, 2.5, { fps: 20 })).toBe('360p30')
    expect(run(wish, clock, 1, { fps: 20 })).toBe('270p20')
    expect(run(wish, clock, 60, { fps: 20 })).toBe('180p15')
  })

  it('comes back when there is room, later after each time that there was none', () => {
    const wish = new PictureWish()
    const clock = { ms: 0 }
    run(wish, clock, 4, { fps: 20 })
    expect(run(wish, clock, 38, {})).toBe('270p20')
    expect(run(wish, clock, 4, {})).toBe('360p30')
    run(wish, clock, 4, { fps: 20 })
    expect(run(wish, clock, 78, {})).toBe('270p20')
    expect(run(wish, clock, 4, {})).toBe('360p30')
  })

  it('a short stutter and a rate that is nearly right change nothing', () => {
    const wish = new PictureWish()
    const clock = { ms: 0 }
    for (let at = 0; at < 20; at += 1) {
      run(wish, clock, 2, { fps: 20 })
      run(wish, clock, 1, { fps: 30 })
    }
    expect(run(wish, clock, 60, { fps: 27 })).toBe('360p30')
  })

  it('asks for large pictures of few, where hardware encodes, and takes that back when more come', () => {
    const wish = new PictureWish()
    const clock = { ms: 0 }
    expect(run(wish, clock, 30, { hardware: true, onAir: 2, tileHeight: 720 })).toBe('720p30')
    expect(run(wish, clock, 1, { hardware: true, onAir: 3, tileHeight: 720 })).toBe('360p30')
  })

  it('asks for no more lines than their places have, and at once for more where they grow', () => {
    const wish = new PictureWish()
    const clock = { ms: 0 }
    expect(run(wish, clock, 1, { onAir: 8, tileHeight: 240 })).toBe('270p20')
    expect(run(wish, clock, 1, { onAir: 8, tileHeight: 158 })).toBe('180p15')
    expect(run(wish, clock, 1, { onAir: 2, tileHeight: 540 })).toBe('360p30')
    // The machine may still be able to do less.
    expect(run(wish, clock, 8, { fps: 20 })).toBe('180p15')
    expect(run(wish, clock, 1, { fps: 28, onAir: 8, tileHeight: 240 })).toBe('180p15')
  })

  it('those in the greenroom are always small', () => {
    expect(new PictureWish().of(false)).toEqual({ maxHeight: 180, maxFps: 15 })
  })

  it('nothing is judged while nobody needs pictures', () => {
    expect(run(new PictureWish(), { ms: 0 }, 60, { fps: 0, targetFps: 0 })).toBe('360p30')
  })
})

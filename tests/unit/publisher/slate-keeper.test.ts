import { describe, expect, it } from 'vitest'
import { SlateKeeper } from '../../../electron/publisher/slate-keeper'
import type { Slate } from '../../../electron/shared/program'
import { SLATE_AFTER_MS } from '../../../electron/shared/thresholds'

const slate = (mark: number): Slate => ({
  avcC: Uint8Array.of(mark),
  fps: 10,
  silence: Uint8Array.of(0),
  frames: [{ keyFrame: true, data: Uint8Array.of(mark) }],
})
const later = (sinceMs: number): number => sinceMs + SLATE_AFTER_MS + 1

function onSlate(): { keeper: SlateKeeper; nowMs: number } {
  const keeper = new SlateKeeper()
  keeper.setSlate(slate(1))
  keeper.programVideo(true, 0)
  const nowMs = later(0)
  keeper.due(nowMs, nowMs * 1_000)
  expect(keeper.onAir).toBe(true)
  return { keeper, nowMs }
}

describe('the slate', () => {
  it('stands in for a program that stays away, until its next key frame', () => {
    const { keeper, nowMs } = onSlate()
    expect(keeper.programVideo(false, nowMs + 10)).toBe(false)
    expect(keeper.onAir).toBe(true)
    expect(keeper.programVideo(true, nowMs + 20)).toBe(true)
    expect(keeper.onAir).toBe(false)
  })

  it('never begins a show, however long the program takes', () => {
    const keeper = new SlateKeeper()
    keeper.setSlate(slate(1))
    keeper.programAudio(0)
    expect(keeper.due(60_000, 0)).toEqual([])
  })

  it('of the last show is not in the next one', () => {
    const { keeper, nowMs } = onSlate()
    keeper.reset()
    expect(keeper.due(later(nowMs), 0)).toEqual([])
    keeper.newProgram()
    keeper.programVideo(true, later(nowMs))
    expect(keeper.due(later(later(nowMs)), 0)).toEqual([])
    keeper.setSlate(slate(2))
    keeper.due(later(later(nowMs)), 0)
    expect(keeper.playing?.avcC).toEqual(Uint8Array.of(2))
  })

  it('plays on when the stage was started anew, until the new program is there', () => {
    const { keeper, nowMs } = onSlate()
    keeper.newProgram()
    expect(keeper.due(nowMs + 200, (nowMs + 200) * 1_000).length).toBeGreaterThan(0)
    expect(keeper.programVideo(true, nowMs + 300)).toBe(true)
    expect(keeper.onAir).toBe(false)
  })
})

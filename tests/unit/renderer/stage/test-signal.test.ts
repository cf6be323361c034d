import { describe, expect, it } from 'vitest'
import { BEEP_AMPLITUDE, beepSample, FLASH_US, isBeep, isFlash, timecode } from '../../../../renderer/stage/test-signal'

describe('test signal', () => {
  it('flash and beep start together at each whole second', () => {
    for (const second of [0, 1, 59, 86_400, 1_000_000]) {
      const at = second * 1_000_000
      expect([isFlash(at - 1), isFlash(at), isFlash(at + FLASH_US - 1), isFlash(at + FLASH_US)]).toEqual([false, true, true, false])
      expect(isBeep(at)).toBe(true)
      expect(isBeep(at - 1)).toBe(false)
    }
  })

  it('the flash is in exactly three frames a second at 30 fps and six at 60', () => {
    for (const fps of [30, 60]) {
      const frames = Array.from({ length: fps * 10 }, (_, index) => Math.round((index * 1_000_000) / fps))
      expect(frames.filter(isFlash)).toHaveLength((fps / 10) * 10)
    }
  })

  it('the beep is 1 kHz, starts and ends at zero, and is silence between', () => {
    const samples = Array.from({ length: 48_000 }, (_, index) => beepSample((index * 1_000_000) / 48_000))
    const crossings = samples.filter((value, index) => value > 1e-9 && (samples[index - 1] ?? 0) <= 1e-9).length
    expect(crossings).toBe(100)
    expect(Math.max(...samples)).toBeCloseTo(BEEP_AMPLITUDE, 2)
    expect(samples[0]).toBe(0)
    expect(Math.abs(samples[4_799] ?? 1)).toBeLessThan(0.02)
    expect(samples.slice(4_800).every((value) => value === 0)).toBe(true)
  })

  it.each([24, 25, 30, 50, 60])('the timecode counts every frame once at %i fps', (fps) => {
    const codes = Array.from({ length: fps * 3 }, (_, index) => timecode(3_661_000_000 + Math.round((index * 1_000_000) / fps), fps))
    expect(codes[0]).toBe('01:01:01:00')
    expect(codes[fps]).toBe('01:01:02:00')
    expect(new Set(codes).size).toBe(codes.length)
    expect(codes.at(-1)).toBe(`01:01:03:${fps - 1}`)
  })
})

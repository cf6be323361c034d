import { expect, it } from 'vitest'
import { VoiceChoice } from '../../../../../renderer/stage/program/voice-choice'

const BLOCK_US = 21_333
const LOUD = 0.01
const QUIET = 1e-7

/** Who speaks after `seconds` of these powers. */
function after(choice: VoiceChoice, clock: { us: number }, seconds: number, powers: Record<string, number>): string | null {
  let speaker: string | null = null
  for (const end = clock.us + seconds * 1_000_000; clock.us < end; clock.us += BLOCK_US) speaker = choice.hear(new Map(Object.entries(powers)), clock.us)
  return speaker
}

it('nobody speaks in silence', () => {
  expect(after(new VoiceChoice(), { us: 0 }, 10, { a: QUIET, b: 0 })).toBeNull()
})

it('follows the voice, and not a cough', () => {
  const choice = new VoiceChoice()
  const clock = { us: 5_000_000 }
  expect(after(choice, clock, 3, { a: LOUD, b: QUIET })).toBe('a')
  expect(after(choice, clock, 0.5, { a: QUIET, b: LOUD * 20 })).toBe('a')
  expect(after(choice, clock, 3, { a: LOUD, b: QUIET })).toBe('a')
  expect(after(choice, clock, 3, { a: QUIET, b: LOUD })).toBe('b')
  expect(after(choice, clock, 5, { a: QUIET, b: QUIET })).toBe('b')
})

it('two who speak at once change nothing', () => {
  const choice = new VoiceChoice()
  const clock = { us: 5_000_000 }
  expect(after(choice, clock, 3, { a: LOUD, b: QUIET })).toBe('a')
  expect(after(choice, clock, 5, { a: LOUD, b: LOUD * 2 })).toBe('a')
})

it('who has left speaks no more', () => {
  const choice = new VoiceChoice()
  const clock = { us: 5_000_000 }
  expect(after(choice, clock, 3, { a: LOUD, b: QUIET })).toBe('a')
  expect(after(choice, clock, 0.1, { b: QUIET })).toBeNull()
})

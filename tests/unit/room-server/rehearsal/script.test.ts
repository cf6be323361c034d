import { describe, expect, it } from 'vitest'
import { findGift } from '../../../../electron/room-server/backend/gifts/catalogue'
import { LIMITS } from '../../../../electron/room-server/backend/config'
import { NAMES, rehearsalScript } from '../../../../electron/room-server/rehearsal/script'
import { REHEARSAL_CUT_MS, REHEARSAL_SECONDS, REHEARSAL_VIEWERS } from '../../../../electron/shared/rehearsal'

describe.each([
  ['en', REHEARSAL_SECONDS.usual],
  ['zh-CN', REHEARSAL_SECONDS.usual],
  ['en', REHEARSAL_SECONDS.min],
] as const)('the rehearsal in %s, %i s', (language, seconds) => {
  const durationMs = seconds * 1_000
  const script = rehearsalScript(durationMs, REHEARSAL_VIEWERS, language)

  it('is in order, within its time, and the same each time', () => {
    expect(script.map(({ atMs }) => atMs)).toEqual(script.map(({ atMs }) => atMs).sort((a, b) => a - b))
    expect(script.every(({ atMs }) => atMs > 0 && atMs < durationMs)).toBe(true)
    expect(rehearsalScript(durationMs, REHEARSAL_VIEWERS, language)).toEqual(script)
  })

  it('lets nobody act before coming, and cuts the line once', () => {
    const here = new Set<number>()
    for (const act of script) {
      if (act.kind === 'come') here.add(act.viewer)
      else if (act.kind !== 'cut') expect(here.has(act.viewer), `${act.kind} at ${act.atMs}`).toBe(true)
    }
    expect(here.size).toBe(REHEARSAL_VIEWERS)
    expect(NAMES[language].length).toBeGreaterThanOrEqual(REHEARSAL_VIEWERS)
    expect(script.filter(({ kind }) => kind === 'cut')).toHaveLength(1)
  })

  it('gives what a beginner can pay, and asks a wave of questions', () => {
    const spent = new Map<number, number>()
    for (const act of script)
      if (act.kind === 'give') spent.set(act.viewer, (spent.get(act.viewer) ?? 0) + (findGift(act.giftId)?.coins ?? Number.NaN) * act.count)
    for (const coins of spent.values()) expect(coins).toBeLessThanOrEqual(LIMITS.welcomeCoins)
    expect(script.filter((act) => act.kind === 'say' && /[?？]$/.test(act.text)).length).toBeGreaterThanOrEqual(5)
  })
})

it('leaves time to come back after the cut', () => {
  const durationMs = REHEARSAL_SECONDS.usual * 1_000
  const cut = rehearsalScript(durationMs, REHEARSAL_VIEWERS, 'en').find(({ kind }) => kind === 'cut')
  expect(durationMs - (cut?.atMs ?? durationMs)).toBeGreaterThan(4 * REHEARSAL_CUT_MS)
})

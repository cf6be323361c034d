import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LOSS_TIMES, LossAccount, PRIORITIES, type LossReport, type Priority } from '../../../../../electron/room-server/backend/losses/loss-account'

const message = (random: number, from = 'ann'): { from: string; random: number } => ({ from, random })
const total = (report: LossReport, priority: Priority): unknown => (report.known ? report.total[priority] : report.reason)
const LATER = LOSS_TIMES.graceMs + 1

describe('losses', () => {
  it('are the messages without an after-send callback, by priority', () => {
    const account = new LossAccount()
    for (let at = 0; at < 10; at += 1) account.before(message(at), at < 4 ? 'High' : 'Low', 0)
    for (let at = 0; at < 6; at += 1) account.after(message(at), 100)
    const report = account.report(LATER)
    expect(total(report, 'High')).toEqual({ sent: 4, delivered: 4, lost: 0, waiting: 0 })
    expect(total(report, 'Low')).toEqual({ sent: 6, delivered: 2, lost: 4, waiting: 0 })
    expect(total(report, 'Normal')).toEqual({ sent: 0, delivered: 0, lost: 0, waiting: 0 })
  })

  it('are not told before they are certain', () => {
    const account = new LossAccount()
    account.before(message(1), 'Low', 0)
    account.before(message(2), 'Low', 0)
    account.after(message(1), 10)
    expect(total(account.report(LOSS_TIMES.graceMs - 1), 'Low')).toEqual({ sent: 2, delivered: 1, lost: 0, waiting: 1 })
    expect(total(account.report(LOSS_TIMES.graceMs), 'Low')).toEqual({ sent: 2, delivered: 1, lost: 1, waiting: 0 })
  })

  it('are taken back when the callback only came late', () => {
    const account = new LossAccount()
    account.before(message(1), 'Low', 0)
    account.before(message(2), 'Low', 0)
    account.after(message(1), 10)
    expect(total(account.report(LATER), 'Low')).toMatchObject({ lost: 1 })
    account.after(message(2), 60_000)
    expect(total(account.report(60_000), 'Low')).toEqual({ sent: 2, delivered: 2, lost: 0, waiting: 0 })
  })

  it('tell senders with the same Random apart', () => {
    const account = new LossAccount()
    account.before(message(1, 'ann'), 'Low', 0)
    account.before(message(1, 'bob'), 'Low', 0)
    account.after(message(1, 'bob'), 10)
    expect(total(account.report(LATER), 'Low')).toMatchObject({ delivered: 1, lost: 1 })
  })

  it('do not double when a callback is repeated, and do not mind its order', () => {
    const account = new LossAccount()
    account.after(message(1), 0)
    account.before(message(1), 'High', 1)
    account.before(message(1), 'High', 2)
    account.after(message(1), 3)
    expect(total(account.report(LATER), 'High')).toEqual({ sent: 1, delivered: 1, lost: 0, waiting: 0 })
  })

  it('of lately are those of the last minute', () => {
    const account = new LossAccount()
    account.before(message(1), 'Low', 0)
    account.before(message(2), 'Low', LOSS_TIMES.recentMs)
    account.after(message(2), LOSS_TIMES.recentMs)
    const report = account.report(LOSS_TIMES.recentMs + 1)
    expect(report).toMatchObject({ known: true, total: { Low: { lost: 1, delivered: 1 } }, recent: { Low: { lost: 0, delivered: 1 } } })
  })

  it('are exact at 200 messages a second for ten minutes', () => {
    const account = new LossAccount()
    const lost = { High: 0, Normal: 0, Low: 0, Lowest: 0 }
    let nowMs = 0
    for (let at = 0; at < 120_000; at += 1) {
      nowMs = at * 5
      const priority = PRIORITIES[at % 4] ?? 'Low'
      account.before(message(at), priority, nowMs)
      if (at % 7 === 3) lost[priority] += 1
      else account.after(message(at), nowMs + 1)
    }
    const report = account.report(nowMs + LATER)
    for (const priority of PRIORITIES)
      expect(total(report, priority)).toEqual({ sent: 30_000, delivered: 30_000 - lost[priority], lost: lost[priority], waiting: 0 })
  })

  it('add up, whatever comes when', () => {
    const step = fc.record({ random: fc.nat({ max: 30 }), priority: fc.constantFrom(...PRIORITIES), waitMs: fc.nat({ max: 4_000 }), before: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const account = new LossAccount()
        const sent = new Set<number>()
        const delivered = new Set<number>()
        let nowMs = 0
        for (const one of steps) {
          // Within five minutes a Random names one message.
          nowMs = Math.min(nowMs + one.waitMs, LOSS_TIMES.keepMs - 10_000)
          if (one.before) account.before(message(one.random), 'Low', nowMs)
          else account.after(message(one.random), nowMs)
          ;(one.before ? sent : delivered).add(one.random)
        }
        const report = account.report(nowMs + LATER)
        const arrived = [...sent].filter((random) => delivered.has(random)).length
        if (report.known) expect(report.total.Low).toEqual({ sent: sent.size, delivered: arrived, lost: sent.size - arrived, waiting: 0 })
        else expect(arrived === 0 || sent.size === 0 || nowMs > LOSS_TIMES.recentMs - LATER).toBe(true)
      }),
    )
  })
})

describe('unknown', () => {
  const reason = (account: LossAccount, nowMs = LATER): unknown => {
    const report = account.report(nowMs)
    return report.known ? 'known' : report.reason
  }

  it('without any callback', () => {
    expect(reason(new LossAccount())).toBe('no-callbacks')
  })

  it('with before-send callbacks only', () => {
    const account = new LossAccount()
    account.before(message(1), 'High', 0)
    expect(reason(account, 1)).toBe('too-early')
    expect(reason(account)).toBe('no-after-callbacks')
    expect(reason(account, LOSS_TIMES.recentMs + LATER)).toBe('no-after-callbacks')
  })

  it('with after-send callbacks only', () => {
    const account = new LossAccount()
    account.after(message(1), 0)
    expect(reason(account)).toBe('no-before-callbacks')
  })

  it('when the after-send callbacks stop in the middle of the show', () => {
    const account = new LossAccount()
    account.before(message(1), 'High', 0)
    account.after(message(1), 0)
    expect(reason(account)).toBe('known')
    for (let at = 2; at < 50; at += 1) account.before(message(at), 'High', 70_000)
    expect(reason(account, 70_000 + LATER)).toBe('no-after-callbacks')
  })
})

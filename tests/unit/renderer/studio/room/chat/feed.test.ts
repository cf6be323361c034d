import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LossReport } from '../../../../../../electron/shared/crew-api'
import { budgetLevel, bytesOf, heartbeatLevel, lossLine } from '../../../../../../renderer/studio/room/chat/budget'
import { factsOf, isQuestion, isShown, newsSince } from '../../../../../../renderer/studio/room/chat/facts'
import { follow, FOLLOWING, HOLDS, type Follow, type FollowEvent } from '../../../../../../renderer/studio/room/chat/follow'
import { linksIn, openable, piecesOf } from '../../../../../../renderer/studio/room/chat/links'
import { contrast, nameColour } from '../../../../../../renderer/studio/room/chat/name-colour'
import { said } from './rows'

describe('following', () => {
  const step = (state: Follow, ...events: readonly FollowEvent[]): Follow => events.reduce((now, event) => follow(now, event, 7), state)

  it.each(HOLDS)('stops for %s, and remembers where', (hold) => {
    const stopped = step(FOLLOWING, { type: 'hold', hold })
    expect(stopped).toEqual({ holds: [hold], since: 7 })
    expect(step(stopped, { type: 'release', hold })).toBe(FOLLOWING)
  })

  it('goes on only when nothing holds it any more, or when it is told to', () => {
    const twice = step(FOLLOWING, { type: 'hold', hold: 'hover' }, { type: 'hold', hold: 'scroll' }, { type: 'release', hold: 'hover' })
    expect(twice).toEqual({ holds: ['scroll'], since: 7 })
    expect(step(twice, { type: 'end' })).toBe(FOLLOWING)
  })

  it('keeps the first place, whatever else holds it later', () => {
    const first = follow(FOLLOWING, { type: 'hold', hold: 'hover' }, 3)
    expect(follow(first, { type: 'hold', hold: 'alt' }, 90).since).toBe(3)
  })

  it('follows exactly when nothing holds it, after any events', () => {
    const event = fc.oneof(
      fc.record({ type: fc.constantFrom('hold' as const, 'release' as const), hold: fc.constantFrom(...HOLDS) }),
      fc.constant({ type: 'end' as const }),
    )
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const state = events.reduce<Follow>((now, one, at) => follow(now, one, at), FOLLOWING)
        expect(state.since === null).toBe(state.holds.length === 0)
        expect(new Set(state.holds).size).toBe(state.holds.length)
      }),
    )
  })
})

describe('what came while it stood still', () => {
  it('is counted, with its questions', () => {
    const ring = [said(), said(), said({ text: 'when?' }), said()]
    expect(newsSince(ring, ring[0]?.no ?? 0, 'all', '')).toEqual({ messages: 3, questions: 1, more: false })
    expect(newsSince(ring, ring[0]?.no ?? 0, 'questions', '')).toEqual({ messages: 1, questions: 1, more: false })
  })

  it('is more than is kept, when the row it stood at is gone', () => {
    const ring = [said(), said()]
    expect(newsSince(ring, (ring[0]?.no ?? 0) - 5, 'all', '')).toEqual({ messages: 2, questions: 0, more: true })
    expect(newsSince(ring, (ring[0]?.no ?? 0) - 1, 'all', '').more).toBe(false)
  })
})

describe('the filters', () => {
  it.each(['Will you sing tonight?', 'how much is it now', '你几点下播', '可以唱歌吗', '这是什么？', 'is it raining there'])('“%s” is a question', (text) =>
    expect(isQuestion(text)).toBe(true),
  )
  it.each(['hello', '好听', 'what a day', 'see https://example.com/?q=1', 'is nice', ''])('“%s” is none', (text) => expect(isQuestion(text)).toBe(false))

  it('find first-timers, guests and fans, and what is flagged', () => {
    expect(isShown(said({ first: true }), 'first', '')).toBe(true)
    expect(isShown(said(), 'first', '')).toBe(false)
    expect([said({ level: 5 }), said({ role: 'coanchor' }), said({ level: 4 })].map((row) => isShown(row, 'guests', ''))).toEqual([true, true, false])
    const flagged = [said({ masked: true }), said({ takenBack: true, text: '' }), said({ text: 'http://x.example' }), said()]
    expect(flagged.map((row) => isShown(row, 'flagged', ''))).toEqual([true, true, true, false])
  })

  it('search names and texts in any case, within the filter', () => {
    const row = said({ nick: 'Ünal', text: 'Grüße' })
    expect([isShown(row, 'all', 'ünal'), isShown(row, 'all', ' GRÜ '), isShown(row, 'questions', 'grü'), isShown(row, 'all', 'x')]).toEqual([
      true,
      true,
      false,
      false,
    ])
  })

  it('look at a row once', () => {
    const row = said()
    expect(factsOf(row)).toBe(factsOf(row))
  })
})

describe('links', () => {
  it('are found without what ends the sentence', () => {
    const found = (text: string): string[] => linksIn(text).map(({ start, end }) => text.slice(start, end))
    expect(found('see https://example.com/a?b=1, or www.example.org.')).toEqual(['https://example.com/a?b=1', 'www.example.org'])
    expect(found('看https://example.com，好')).toEqual(['https://example.com'])
    expect(found('(https://example.com/x)')).toEqual(['https://example.com/x'])
    expect(found('https://example.com/a_(b)')).toEqual(['https://example.com/a_(b)'])
    expect(found('example.com and mailto:a@b.c')).toEqual([])
  })

  it('are offered only where main would open them, as a browser reads them', () => {
    expect(openable('https://bücher.example')).toBe('https://xn--bcher-kva.example/')
    expect(openable('www.example.org/x')).toBe('https://www.example.org/x')
    for (const written of ['http://example.com', 'https://a:b@example.com', 'https://127.0.0.1/', 'https://[::1]/', 'https://', 'javascript:alert(1)'])
      expect(openable(written), written).toBeNull()
  })

  it('never change a text', () => {
    const part = fc.oneof(fc.string(), fc.webUrl(), fc.constantFrom(' ', 'www.a.b', 'https://x.example/(y)', '<b>'))
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const text = parts.join('')
        expect(
          piecesOf(text)
            .map((piece) => piece.text)
            .join(''),
        ).toBe(text)
      }),
    )
  })
})

describe('the colour of a name', () => {
  const css = readFileSync('renderer/studio/styles/tokens.css', 'utf8')
  const [dark, light] = css.split(":root[data-theme='light']")
  const row = (theme: string, name: string): string => new RegExp(`--${name}: (#[0-9a-f]{6})`).exec(theme)?.[1] ?? ''

  it('can be read on every row of both themes, for every person', () => {
    for (let person = 0; person < 2_000; person += 1) {
      const colour = nameColour(`g-${person}`)
      for (const background of ['bg', 'surface', 'raised']) {
        expect(contrast(colour.dark, row(dark ?? '', background))).toBeGreaterThanOrEqual(4.5)
        expect(contrast(colour.light, row(light ?? '', background))).toBeGreaterThanOrEqual(4.5)
      }
    }
  })

  it('is the same for the same person', () => expect(nameColour('g-1')).toEqual(nameColour('g-1')))
})

describe('the budget', () => {
  it('is quiet, narrow, full', () => {
    expect([0, 27, 28, 38, 39, 100].map((rate) => budgetLevel(rate, 40))).toEqual(['unknown', 'unknown', 'fair', 'fair', 'poor', 'poor'])
  })

  it('counts bytes as they travel', () => {
    expect([bytesOf('abc'), bytesOf('直播'), bytesOf('"\n')]).toEqual([3, 6, 4])
  })

  it('tells losses by priority, and never makes up a 0', () => {
    const none = { sent: 5, delivered: 5, lost: 0, waiting: 0 }
    const report = (recent: Partial<Extract<LossReport, { known: true }>['recent']>): LossReport => {
      const all = { High: none, Normal: none, Low: none, Lowest: none }
      return { known: true, total: all, recent: { ...all, ...recent } }
    }
    expect(lossLine(null)).toBeNull()
    expect(lossLine({ known: false, reason: 'no-callbacks' })).toBeNull()
    expect(lossLine(report({}))).toEqual({ lost: 0, by: [] })
    expect(lossLine(report({ Low: { ...none, lost: 9 }, Normal: { ...none, lost: 3 } }))).toEqual({
      lost: 12,
      by: [
        { priority: 'Normal', lost: 3 },
        { priority: 'Low', lost: 9 },
      ],
    })
  })

  it('tells a quiet room from a dead one', () => {
    expect([null, 0, 15_000, 20_000, 46_000].map(heartbeatLevel)).toEqual(['unknown', 'good', 'good', 'fair', 'poor'])
  })
})

import { describe, expect, it } from 'vitest'
import { RoomApiError } from '../../../../../renderer/room/api-request'
import { guestRefusal } from '../../../../../renderer/web/guest/guest-refusal'
import { lineShown, nextState, REFUSALS, shownOf, START, type GuestEvent, type GuestState } from '../../../../../renderer/web/guest/guest-state'
import { messages } from '../../../../../renderer/web/guest/texts'

const entry = { userId: 'c-bo', seat: 0, ready: false, muted: false, volume: 1, spotlight: false }
const seat = (change: Partial<typeof entry>): GuestEvent => ({ type: 'news', news: { type: 'seat', entry: { ...entry, ...change } } })
const bye = (reason: 'removed' | 'replaced' | 'malformed' | 'full' | 'blocked' | 'bad-token' | 'not-admitted' | 'too-fast'): GuestEvent => ({
  type: 'news',
  news: { type: 'bye', reason },
})
const OPEN: readonly GuestEvent[] = [{ type: 'entering' }, { type: 'entered' }, { type: 'line', state: 'connecting' }, { type: 'line', state: 'open' }]
const after = (...events: readonly GuestEvent[]): GuestState => events.reduce(nextState, START)

describe('the page in one word', () => {
  it.each([
    ['entering', []],
    ['entering', [{ type: 'entering' }]],
    ['greenroom', [{ type: 'entering' }, { type: 'entered' }]],
    ['greenroom', [...OPEN, seat({})]],
    ['ready', [...OPEN, seat({ ready: true })]],
    ['air', [...OPEN, seat({ ready: true, seat: 2 })]],
    ['lost', [...OPEN, seat({ ready: true, seat: 2 }), { type: 'line', state: 'connecting' }]],
    ['air', [...OPEN, seat({ ready: true, seat: 2 }), { type: 'line', state: 'connecting' }, { type: 'line', state: 'open' }]],
    ['lost', [...OPEN, seat({}), { type: 'entering' }]],
    ['removed', [...OPEN, seat({}), bye('removed')]],
    ['removed', [...OPEN, bye('removed'), { type: 'line', state: 'closed' }]],
    ['replaced', [...OPEN, bye('replaced')]],
    ['refused', [...OPEN, bye('malformed')]],
    ['refused', [{ type: 'entering' }, { type: 'entered' }, bye('full')]],
    ['left', [...OPEN, { type: 'left' }, { type: 'line', state: 'closed' }]],
  ] as const)('is %s', (word, events) => {
    expect(shownOf(after(...events))).toBe(word)
  })

  it('lets what is no end go on', () => {
    for (const reason of ['bad-token', 'not-admitted', 'too-fast'] as const) expect(shownOf(after(...OPEN, seat({}), bye(reason)))).toBe('greenroom')
  })
})

describe('the way to the stage', () => {
  it('waits for a stage, is called, and is there', () => {
    const stage: GuestEvent = { type: 'news', news: { type: 'stage', present: true } }
    expect(lineShown(after(...OPEN))).toBe('waiting')
    expect(lineShown(after(...OPEN, stage))).toBe('connecting')
    expect(lineShown(after(...OPEN, stage, { type: 'call', state: 'connected' }))).toBe('connected')
    expect(lineShown(after(...OPEN, stage, { type: 'line', state: 'connecting' })), 'nobody knows').toBe('waiting')
  })

  it('has the anchor’s private word end with the call or the stage', () => {
    const talk: GuestEvent = { type: 'news', news: { type: 'talk', on: true } }
    expect(after(...OPEN, talk).talk).toBe(true)
    expect(after(...OPEN, talk, { type: 'call', state: 'none' }).talk).toBe(false)
    expect(after(...OPEN, talk, { type: 'news', news: { type: 'stage', present: false } }).talk).toBe(false)
  })
})

describe('refusals', () => {
  it.each([
    ['invite.invalid', 'invalid'],
    ['invite.expired', 'expired'],
    ['invite.ended', 'ended'],
    ['invite.used', 'used'],
    ['auth.blocked', 'blocked'],
    ['seat.full', 'full'],
    ['room.not-found', 'no-room'],
    ['seat.not-admitted', 'not-let-in'],
  ])('reads %s', (code, cause) => {
    expect(guestRefusal(new RoomApiError('refused', { code, message: 'x', remedy: 'y' }), false)).toEqual({ cause, message: '', remedy: '' })
  })

  it('tells a place that is gone from one that was never given, and shows the server’s own words for the rest', () => {
    expect(guestRefusal(new RoomApiError('refused', { code: 'seat.not-admitted' }), true).cause).toBe('gone')
    expect(guestRefusal(new RoomApiError('refused', { code: 'new.thing', message: 'It is so.', remedy: 'Do this.' }), false)).toEqual({
      cause: 'api',
      message: 'It is so.',
      remedy: 'Do this.',
    })
    expect(guestRefusal(new RoomApiError('not-served'), false).cause).toBe('no-room')
  })

  it('has cause and remedy for each, in both languages', () => {
    for (const texts of Object.values(messages)) for (const cause of REFUSALS) expect(texts.refused[cause].map(Boolean), cause).toEqual([true, true])
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  CHAT_MUTE_FOREVER_SEC,
  chatMuteSec,
  MuteBook,
  remainingMs,
  type Mute,
  type MuteTerm,
} from '../../../../../electron/room-server/backend/moderation/mute-book'

const timed = (untilMs: number): MuteTerm => ({ kind: 'timed', untilMs })
const mute = (muteId: string, term: MuteTerm, userId = 'ann'): Mute => ({ muteId, userId, term, byId: 'anchor', why: 'spam' })

describe('a mute', () => {
  it('for a time ends by itself', () => {
    const book = new MuteBook()
    book.mute(mute('1', timed(1_000)), 0)
    expect(book.of('ann', 999)?.muteId).toBe('1')
    expect(remainingMs(timed(1_000), 400)).toBe(600)
    expect(book.nextEndMs(0)).toBe(1_000)
    expect(book.of('ann', 1_000)).toBeNull()
    expect(book.nextEndMs(1_000)).toBeNull()
  })

  it('for the show ends with it, one for ever does not', () => {
    const book = new MuteBook([mute('1', { kind: 'show' }), mute('2', { kind: 'forever' }, 'bob'), mute('3', timed(5), 'cat')])
    expect(book.endShow(10).map((change) => change.userId)).toEqual(['ann'])
    expect(book.list(10).map((one) => one.userId)).toEqual(['bob'])
    expect(remainingMs({ kind: 'show' }, 0)).toBeNull()
  })

  it('is replaced by a later decision', () => {
    const book = new MuteBook()
    book.mute(mute('1', { kind: 'forever' }), 0)
    expect(book.mute(mute('2', timed(100)), 0).before?.muteId).toBe('1')
    expect(book.of('ann', 100)).toBeNull()
  })

  it('is told to Chat in seconds, never too short', () => {
    expect(chatMuteSec(null, 0)).toBe(0)
    expect(chatMuteSec(mute('1', timed(1_001)), 0)).toBe(2)
    expect(chatMuteSec(mute('1', timed(1_001)), 2_000)).toBe(0)
    expect(chatMuteSec(mute('1', { kind: 'show' }), 0)).toBe(CHAT_MUTE_FOREVER_SEC)
    expect(chatMuteSec(mute('1', timed(Number.MAX_SAFE_INTEGER)), 0)).toBe(CHAT_MUTE_FOREVER_SEC)
  })
})

describe('undo', () => {
  it('puts back what stood before, and can be undone', () => {
    const book = new MuteBook()
    const first = mute('1', { kind: 'forever' })
    book.mute(first, 0)
    const undone = book.undo(book.mute(mute('2', timed(100)), 0), 10)
    expect(book.of('ann', 10)).toEqual(first)
    expect(undone.ok && book.undo(undone.change, 20).ok).toBe(true)
    expect(book.of('ann', 20)?.muteId).toBe('2')
  })

  it('of lifting a mute mutes again, unless its time is over', () => {
    const book = new MuteBook([mute('1', timed(100))])
    const lifted = book.unmute('ann', 10)
    expect(lifted).not.toBeNull()
    if (lifted === null) return
    expect(book.undo(lifted, 20).ok).toBe(true)
    expect(book.of('ann', 20)?.muteId).toBe('1')
    const again = book.unmute('ann', 30)
    if (again === null) throw new Error('not muted')
    expect(book.undo(again, 200)).toEqual({ ok: true, change: { userId: 'ann', before: null, after: null } })
    expect(book.of('ann', 200)).toBeNull()
  })

  it('leaves a newer decision alone', () => {
    const book = new MuteBook()
    const change = book.mute(mute('1', timed(100)), 0)
    book.mute(mute('2', { kind: 'forever' }), 1)
    expect(book.undo(change, 2)).toEqual({ ok: false, reason: 'changed-since' })
    expect(book.of('ann', 2)?.muteId).toBe('2')
  })

  it('of nothing is nothing', () => {
    expect(new MuteBook().unmute('ann', 0)).toBeNull()
  })

  it('of the last change always gives the state before it', () => {
    const term = fc.oneof(fc.nat({ max: 500 }).map(timed), fc.constant<MuteTerm>({ kind: 'show' }), fc.constant<MuteTerm>({ kind: 'forever' }))
    fc.assert(
      fc.property(fc.array(fc.option(term), { minLength: 1, maxLength: 20 }), (steps) => {
        const book = new MuteBook()
        steps.forEach((step, nowMs) => {
          const before = book.of('ann', nowMs)
          const change = step === null ? book.unmute('ann', nowMs) : book.mute(mute(String(nowMs), step), nowMs)
          const after = book.of('ann', nowMs)
          if (change === null) return
          const undone = book.undo(change, nowMs)
          expect(book.of('ann', nowMs)).toEqual(before)
          if (undone.ok) book.undo(undone.change, nowMs)
          expect(book.of('ann', nowMs)).toEqual(after)
        })
      }),
    )
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mirrored, NO_PK, pkDueMs, pkSchema, pkStep, UNDECIDED_MS, type Pk, type PkEvent } from '../../../../../electron/room-server/backend/pk/pk-machine'
import { announcement, wordOf } from '../../../../../electron/room-server/backend/pk/pk-words'
import { PK_FINAL_WAIT_MS, PK_OFFER_MS, PK_RESULT_KEPT_MS, pkWordSchema } from '../../../../../electron/shared/pk'
import { pkMessageSchema } from '../../../../../electron/shared/room-message'

const ID = '0123456789abcdef'
const T = 1_795_000_000_000
const RUN_MS = 60_000
const offer: PkEvent = { type: 'offer', pkId: ID, userId: 'gil', nick: 'Gil', seconds: 60 }
const accept: PkEvent = { type: 'answer', pkId: ID, userId: 'gil', accept: true }
const count = (own: number, coins: number | null = null, final = false): PkEvent => ({
  type: 'count',
  own,
  others: coins === null ? null : { pkId: ID, coins, final },
})

/** What is refused changes nothing. */
function after(pk: Pk, ...events: readonly (readonly [number, PkEvent])[]): Pk {
  return events.reduce((now, [ms, event]) => {
    const step = pkStep(now, event, T + ms)
    return step.ok ? step.pk : now
  }, pk)
}
const running = after(NO_PK, [0, offer], [0, accept])

describe('the host', () => {
  it('offers one at a time, to one person, for half a minute', () => {
    const offered = after(NO_PK, [0, offer])
    expect(pkStep(offered, offer, T)).toEqual({ ok: false, reason: 'busy' })
    expect(pkStep(running, offer, T)).toEqual({ ok: false, reason: 'busy' })
    expect(pkStep(offered, { ...accept, userId: 'eve' }, T)).toEqual({ ok: false, reason: 'none' })
    expect(pkStep(offered, { ...accept, pkId: 'another' }, T)).toEqual({ ok: false, reason: 'none' })
    expect(pkStep(offered, accept, T + PK_OFFER_MS)).toEqual({ ok: false, reason: 'none' })
    expect(after(offered, [PK_OFFER_MS, count(0)])).toEqual(NO_PK)
    expect(after(offered, [0, { ...accept, accept: false }])).toEqual(NO_PK)
    expect(after(offered, [0, { type: 'stop' }])).toEqual(NO_PK)
  })

  it('decides at the end with the last sum of the other room, or without it a little later', () => {
    expect(after(running, [RUN_MS, count(5, 3)])).toMatchObject({ state: 'running' })
    expect(after(running, [RUN_MS, count(5, 3, true)])).toMatchObject({ state: 'ended', own: 5, others: 3, result: 'won' })
    expect(after(running, [RUN_MS - 1, count(5, 8, true)], [RUN_MS, count(6, 99)])).toMatchObject({ state: 'ended', own: 6, others: 8, result: 'lost' })
    const late = RUN_MS + PK_FINAL_WAIT_MS
    expect(after(running, [late - 1, count(5, 5)])).toMatchObject({ state: 'running' })
    expect(after(running, [late - 1, count(5, 5)], [late, count(5)])).toMatchObject({ state: 'ended', result: 'drawn' })
  })

  it('gives the other room its time again after a restart beyond the end', () => {
    const later = RUN_MS + 3_600_000
    const resumed = after(running, [later, { type: 'resume' }])
    expect(after(resumed, [later + 1, count(1)])).toMatchObject({ state: 'running' })
    expect(after(resumed, [later + 1, count(1, 2, true)])).toMatchObject({ state: 'ended', others: 2, result: 'lost' })
    expect(after(running, [1, { type: 'resume' }])).toBe(running)
  })

  it('takes no sum for another PK, and shows a result for a day', () => {
    expect(after(running, [1, { type: 'count', own: 0, others: { pkId: 'fedcba9876543210', coins: 9, final: true } }])).toBe(running)
    const over = after(running, [1, count(3, 2)], [2, { type: 'stop' }])
    expect(over).toMatchObject({ state: 'ended', result: 'stopped', own: 3, others: 2 })
    expect(after(over, [PK_RESULT_KEPT_MS, count(0)])).toBe(over)
    expect(after(over, [2 + PK_RESULT_KEPT_MS, count(0)])).toEqual(NO_PK)
    expect(after(over, [3, { type: 'stop' }])).toEqual(NO_PK)
    expect(after(over, [3, offer])).toMatchObject({ state: 'offered' })
  })
})

describe('the guest', () => {
  const heard = (pk: Pk, ms: number, guestAheadMs = 0): readonly [number, PkEvent] => [
    ms + guestAheadMs,
    { type: 'host-says', word: wordOf(pk, 'gil', 'Hana', T + ms), nick: 'Hana' },
  ]

  it('counts in the same span by a clock of its own, and takes the host’s result', () => {
    const guest = after(NO_PK, heard(running, 1_500, 600_000))
    expect(guest).toMatchObject({ state: 'running', side: 'guest', nick: 'Hana', fromMs: T + 600_000, untilMs: T + 600_000 + RUN_MS })
    const over = after(running, [RUN_MS, count(5, 8, true)])
    expect(after(guest, heard(over, RUN_MS, 600_000))).toMatchObject({ state: 'ended', own: 8, others: 5, result: 'won' })
  })

  it('does not decide by itself: without a word it does not know, and learns it later', () => {
    const guest = after(NO_PK, heard(running, 0))
    expect(after(guest, [RUN_MS + UNDECIDED_MS - 1, count(9)])).toMatchObject({ state: 'running' })
    const unknown = after(guest, [RUN_MS + UNDECIDED_MS, count(9)])
    expect(unknown).toMatchObject({ state: 'ended', own: 9, result: null })
    const over = after(running, [RUN_MS, count(5, 8, true)])
    expect(after(unknown, heard(over, RUN_MS + 3_600_000))).toMatchObject({ state: 'ended', own: 8, others: 5, result: 'won' })
    // The host was away for as long, and waits for the last word.
    expect(after(unknown, heard(running, RUN_MS + 3_600_000), [RUN_MS + 3_600_001, count(9)])).toMatchObject({ state: 'running', own: 9 })
  })

  it('leaves by disconnecting, comes back into the same run, and ends with it where the host has forgotten it', () => {
    const guest = after(NO_PK, heard(running, 0))
    expect(pkStep(guest, { type: 'stop' }, T)).toEqual({ ok: false, reason: 'not-yours' })
    const left = after(guest, [10, { type: 'left' }])
    expect(left).toMatchObject({ state: 'ended', result: null })
    expect(after(left, heard(running, 20))).toMatchObject({ state: 'running', untilMs: T + RUN_MS })
    expect(after(guest, heard(NO_PK, 20))).toMatchObject({ state: 'ended', result: null })
  })

  it('is not drawn into a run while it is host itself, nor into one whose result it has', () => {
    for (const busy of [after(NO_PK, [0, offer]), running]) expect(after(busy, heard({ ...running, pkId: 'fedcba9876543210' } as Pk, 0))).toBe(busy)
    const over = after(after(NO_PK, heard(running, 0)), heard(after(running, [RUN_MS, count(5, 8, true)]), RUN_MS))
    expect(after(over, heard(running, RUN_MS + 1))).toBe(over)
  })
})

const events: fc.Arbitrary<PkEvent> = fc.oneof(
  fc.constant(offer),
  fc.boolean().map((yes): PkEvent => ({ ...accept, accept: yes })),
  fc.constantFrom<PkEvent>({ type: 'stop' }, { type: 'show-over' }, { type: 'resume' }, { type: 'left' }),
  fc.tuple(fc.nat(1_000), fc.option(fc.nat(1_000)), fc.boolean()).map(([own, coins, final]) => count(own, coins, final)),
)
const history = fc.array(fc.tuple(fc.nat(40_000), events), { maxLength: 40 })

describe('whatever happens', () => {
  it('can be kept, and said by the schemas; nothing changes without an event, and every result fits the sums', () => {
    fc.assert(
      fc.property(history, (steps) => {
        let pk: Pk = NO_PK
        let ms = 0
        for (const [passed, event] of steps) {
          ms += passed
          pk = after(pk, [ms, event])
          expect(pkSchema.parse(JSON.parse(JSON.stringify(pk)))).toEqual(pk)
          pkMessageSchema.parse(announcement(1, pk))
          pkWordSchema.parse(wordOf(pk, 'gil', 'Hana', T + ms))
          if (pk.state !== 'ended' || pk.result === 'stopped') continue
          expect(pk.result).toBe(pk.own > pk.others ? 'won' : pk.own < pk.others ? 'lost' : 'drawn')
        }
      }),
    )
  })

  it('is over some time: from every state, time alone leads to none', () => {
    fc.assert(
      fc.property(history, (steps) => {
        let ms = 0
        let pk = after(NO_PK, ...steps.map(([passed, event]) => [(ms += passed), event] as const))
        for (let left = 4; pk.state !== 'none'; left -= 1) {
          expect(left).toBeGreaterThan(0)
          pk = after(pk, [Math.max(ms, (pkDueMs(pk) ?? 0) - T), count(0)])
        }
      }),
    )
  })

  it('ends for both with the same sums and the result’s mirror image', () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.nat(1_000), fc.boolean(), fc.integer({ min: -3_600_000, max: 3_600_000 }), (own, others, final, aheadMs) => {
        const said = (pk: Pk, ms: number): readonly [number, PkEvent] => [
          ms + aheadMs,
          { type: 'host-says', word: wordOf(pk, 'gil', 'Hana', T + ms), nick: 'Hana' },
        ]
        const host = after(running, [RUN_MS, count(own, others, final)], [RUN_MS + PK_FINAL_WAIT_MS, count(own)])
        const guest = after(NO_PK, said(running, 100), said(host, RUN_MS + PK_FINAL_WAIT_MS))
        if (host.state !== 'ended' || guest.state !== 'ended' || host.result === null) throw new Error('not over')
        expect(guest).toMatchObject({ own: host.others, others: host.own, result: mirrored(host.result) })
      }),
    )
  })
})

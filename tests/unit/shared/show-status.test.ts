import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  cardOf,
  covers,
  lineOf,
  showStatusSchema,
  STATUS_KINDS,
  withoutStatus,
  withStatus,
  type ShowStatus,
  type Standing,
} from '../../../electron/shared/show-status'

const statuses = fc.record<ShowStatus>({
  kind: fc.constantFrom(...STATUS_KINDS),
  text: fc.constantFrom('', 'At nine'),
  notice: fc.constantFrom('', 'Back soon', 'Starting'),
})
const starts = fc.record<Standing>({ held: fc.constant(null), paused: fc.boolean() })

describe('a status of the show', () => {
  it('whatever took the place of whatever: at the end it is as before the first', () => {
    fc.assert(
      fc.property(starts, fc.array(statuses, { minLength: 1 }), (start, row) => {
        const last = row.reduce<Standing>(withStatus, start)
        expect(withoutStatus(last)).toEqual(start)
      }),
    )
  })

  it('covers the picture, or leaves it as the anchor had it', () => {
    fc.assert(
      fc.property(starts, fc.array(statuses), statuses, (start, row, status) => {
        const shown = withStatus(row.reduce<Standing>(withStatus, start), status)
        expect(shown.paused).toBe(covers(status) || start.paused)
        expect(shown.held?.status).toMatchObject({ kind: status.kind, text: status.text })
      }),
    )
  })

  it('a pause that the anchor makes while a line is on stays when the line goes', () => {
    const lined = withStatus({ held: null, paused: false }, { kind: 'last-10-minutes', text: 'Last 10 minutes', notice: '' })
    expect(withoutStatus({ ...lined, paused: true })).toEqual({ held: null, paused: true })
  })

  it('one without a notice leaves that of the status before it, so that it is still put back', () => {
    const first = withStatus({ held: null, paused: false }, { kind: 'be-right-back', text: '', notice: 'Back soon' })
    const second = withStatus(first, { kind: 'custom', text: 'On the phone', notice: '' })
    expect(second.held).toMatchObject({ status: { notice: 'Back soon' }, noticeSaid: false })
  })

  it('is on a card or on a line, never on both', () => {
    for (const kind of STATUS_KINDS) {
      const status = { kind, text: 'x', notice: '' }
      expect(lineOf(status) === '').toBe(covers(status))
      expect(cardOf(status).kind === 'pause').toBe(!covers(status))
    }
    expect([cardOf(null), lineOf(null)]).toEqual([{ kind: 'pause', text: '' }, ''])
  })

  it('takes no notice that the room would not', () => {
    const of = (notice: string): boolean => showStatusSchema.safeParse({ kind: 'custom', text: 'x', notice }).success
    expect(showStatusSchema.safeParse({ kind: 'custom', text: ' ', notice: '' }).success, 'a card without words').toBe(false)
    expect([of('字'.repeat(100)), of(`${'字'.repeat(100)}!`)]).toEqual([true, false])
  })
})

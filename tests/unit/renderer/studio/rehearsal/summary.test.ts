// @vitest-environment happy-dom
import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { GiftTotals, ShowReport } from '../../../../../electron/shared/crew-api'
import type { ShowSummary } from '../../../../../electron/shared/show-summary'
import { RoomApiError } from '../../../../../renderer/room/api-request'
import type { CrewApi } from '../../../../../renderer/room/crew-api'
import { useRoom } from '../../../../../renderer/room/room-store'
import SummarySheet from '../../../../../renderer/studio/rehearsal/SummarySheet.vue'
import { useStudioRoom } from '../../../../../renderer/studio/stores/studio-room'
import { mounted } from '../mounted'
import { snapshotWith } from '../snapshot'

const SHOW = { startedAtMs: 1_000_000, endedAtMs: 1_090_000, sentBytes: 5_000_000, videoFrames: 2_700, droppedFrames: 3, reconnects: 1 }
const REPORT: ShowReport = {
  show: 4,
  beganAt: 1_000,
  endedAt: 1_090,
  messages: 12,
  likes: 30,
  lost: null,
  gifts: 2,
  coins: 40,
  givers: 1,
  viewersPeak: 9,
  viewersMean: 4.26,
  newFollowers: 1,
}
const TOTALS: GiftTotals = { show: 4, coins: 40, gifts: 2, givers: 1, top: [{ userId: 'g_1', nick: 'Bo', avatar: '', coins: 40, gifts: 2 }] }

beforeEach(() => {
  document.body.innerHTML = ''
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true
  }
})

async function open(report: () => Promise<ShowReport>) {
  const crew = { showReport: vi.fn(report), giftTotals: vi.fn(async () => TOTALS) }
  const shown = await mounted(SummarySheet, snapshotWith({ session: { name: 'ended', summary: SHOW } }))
  useStudioRoom().crew = crew as unknown as CrewApi
  // The room closed its books.
  useRoom().hear({ v: 1, kind: 'status', status: 'ended', previous: 'live', show: 4, rev: 2, at: 1_090 })
  await flushPromises()
  return { ...shown, crew }
}
const value = (name: string): string => document.querySelector(`[data-value="${name}"]`)?.textContent ?? ''

describe('the summary sheet', () => {
  it('shows what main and the room know, and exports what it shows', async () => {
    const { main, wrapper } = await open(async () => REPORT)
    expect(value('viewersPeak')).toBe('9')
    expect(value('viewersMean')).toBe('4.3')
    expect(value('lost'), 'nobody counted').toBe('unknown')
    expect(value('duration')).toBe('01:30')
    expect(document.body.textContent).toContain('Bo')
    main.answers.set('summary.export', { ok: true, value: 'mine.json' })
    await wrapper.get('[data-testid="export-json"]').trigger('click')
    await flushPromises()
    const { summary } = main.calls.find((call) => call.verb === 'summary.export')?.args as { summary: ShowSummary }
    expect(summary).toMatchObject({ ...SHOW, title: 'A show', messages: 12, coins: 40, lost: null, markers: [] })
    expect(summary.topGivers).toEqual([{ userId: 'g_1', nick: 'Bo', coins: 40, gifts: 2 }])
    expect(wrapper.get('[role="status"].visually-hidden').text()).toBe('Saved as mine.json')
  })

  it('says what could not be written', async () => {
    const { main, wrapper } = await open(async () => REPORT)
    main.answers.set('summary.export', { ok: false, error: { code: 'export.failed', context: { file: 'mine.csv', reason: 'EACCES' } } })
    await wrapper.get('[data-testid="export-csv"]').trigger('click')
    await flushPromises()
    expect(wrapper.get('[role="alert"]').text()).toContain('mine.csv could not be written (EACCES)')
  })

  it('tells unknown from none while the room is away, and asks again', async () => {
    let answer: () => Promise<ShowReport> = () => Promise.reject(new RoomApiError('unreachable'))
    const { wrapper } = await open(() => answer())
    expect(value('messages')).toBe('unknown')
    expect(value('dropped')).toBe('3')
    answer = async () => REPORT
    await wrapper.get('[data-testid="summary-partial"] button').trigger('click')
    await flushPromises()
    expect(value('messages')).toBe('12')
    expect(document.querySelector('[data-testid="summary-partial"]')).toBeNull()
  })

  it('does not take an earlier show for this one', async () => {
    await open(async () => ({ ...REPORT, beganAt: 10, endedAt: 20 }))
    expect(value('messages')).toBe('unknown')
  })
})

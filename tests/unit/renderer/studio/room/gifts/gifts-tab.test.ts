// @vitest-environment happy-dom
import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import type { GiftEntry } from '../../../../../../electron/shared/crew-api'
import { RoomApiError } from '../../../../../../renderer/room/api-request'
import type { CrewApi } from '../../../../../../renderer/room/crew-api'
import { useGifts } from '../../../../../../renderer/room/gift-store'
import { useVisit } from '../../../../../../renderer/room/visit-store'
import GiftRunSheet from '../../../../../../renderer/studio/room/gifts/GiftRunSheet.vue'
import GiftsTab from '../../../../../../renderer/studio/room/gifts/GiftsTab.vue'
import { useGiftLedger } from '../../../../../../renderer/studio/room/gifts/ledger-store'
import { useSheets } from '../../../../../../renderer/studio/stores/sheets'
import { useStudioRoom } from '../../../../../../renderer/studio/stores/studio-room'
import { snapshotWith as roomSnapshot } from '../../../room/fake-room'
import { byName, mounted, type FakeMain } from '../../mounted'
import { snapshotWith } from '../../snapshot'
import { entry, FakeCrew } from './entries'

let wrapper: VueWrapper
let main: FakeMain
let crew: FakeCrew
beforeEach(() => {
  vi.useFakeTimers()
  localStorage.clear()
  // happy-dom lays nothing out: a list needs a height to have rows.
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600)
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(52)
})
afterEach(() => {
  wrapper.unmount()
  useGiftLedger().close()
  vi.useRealTimers()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

async function settle(ms = 1_000): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms)
  await flushPromises()
}
async function tab(ledger: GiftEntry[], goalCoins = 0): Promise<void> {
  const snapshot = snapshotWith()
  crew = new FakeCrew(ledger)
  ;({ wrapper, main } = await mounted(GiftsTab, { ...snapshot, settings: { ...snapshot.settings, gifts: { sound: true, volume: 0.5, goalCoins } } }))
  useStudioRoom().crew = crew as unknown as CrewApi
  useGifts().load(roomSnapshot({ giftSeq: ledger.length }), false)
  useGiftLedger().open()
  useVisit().phase = 'inside'
  await settle()
}
const rows = (): string[] => wrapper.findAll('[data-run]').map((row) => row.attributes('aria-label') ?? '')
const press = (key: string): Promise<void> => wrapper.get('[data-run][tabindex="0"]').trigger('keydown', { key })

const BO = entry('bo-1', { atMs: 1 })
const CY = entry('cy-1', { userId: 'cy', nick: 'Cy', giftId: 'rocket', coins: 520, atMs: 2 })

describe('the tab of gifts', () => {
  it('says what it is for while there is none', async () => {
    await tab([])
    expect(wrapper.get('[data-testid="gifts-empty"]').text()).toContain('No gift yet in this show.')
  })

  it('lists the show’s gifts with the sum that they add up to', async () => {
    await tab([CY, BO])
    expect(rows()).toHaveLength(2)
    expect(rows()[0]).toMatch(/^Cy, Rocket ×1, 520 coins, /)
    expect(wrapper.get('[data-testid="gift-sums"]').text()).toContain('521 coins')
    expect(wrapper.find('[data-testid="gifts-agree"]').exists()).toBe(true)
    expect(wrapper.text()).toContain('bo-1')
    expect(wrapper.get('[data-testid="top-givers"]').text()).toContain('Bo')
  })

  it('says when list and sum differ, and reads again', async () => {
    await tab([BO])
    crew.off = 5
    useGiftLedger().refresh()
    await settle()
    expect(wrapper.get('[data-testid="gifts-differ"]').text()).toContain('differ by 5 coins')
    crew.off = 0
    byName('button', 'Read again').click()
    await settle()
    expect(wrapper.find('[data-testid="gifts-agree"]').exists()).toBe(true)
  })

  it('is read, ticked and opened by keyboard alone', async () => {
    await tab([CY, BO])
    await press('j')
    await flushPromises()
    expect(document.activeElement?.getAttribute('aria-label')).toMatch(/^Bo/)
    await press('T')
    await settle()
    expect(crew.asked).toContain('thank bo-1')
    expect(rows()[1]).toMatch(/, thanked$/)
    await press('t')
    await settle()
    expect(crew.asked).toContain('unthank bo-1')
    await press('Enter')
    expect(useSheets().current).toMatchObject({ name: 'gift-run' })
  })

  it('says why a tick was refused', async () => {
    await tab([BO])
    crew.fail.push(new RoomApiError('refused', { code: 'x', message: 'You may not.', remedy: 'Ask the anchor.' }))
    await press('t')
    await settle(0)
    expect(wrapper.get('[role="alert"]').text()).toBe('You may not. Ask the anchor.')
  })

  it('filters by thanks and worth', async () => {
    await tab([CY, { ...BO, thankedAt: 5 }])
    await wrapper.get('input[value="unthanked"]').setValue()
    expect(rows()).toHaveLength(1)
    expect(rows()[0]).toMatch(/^Cy/)
    await wrapper.get('input[value="big"]').setValue()
    expect(rows()[0]).toMatch(/^Cy/)
  })

  it('keeps its rows in place under the pointer, and says what is new', async () => {
    await tab([BO])
    await wrapper.get('.frame').trigger('pointerenter')
    crew.ledger = [CY, BO]
    useGiftLedger().refresh()
    await settle()
    expect(rows()).toHaveLength(1)
    expect(wrapper.get('[data-testid="gifts-fresh"]').text()).toBe('1 new gift')
    await wrapper.get('.frame').trigger('pointerleave')
    expect(rows()).toHaveLength(2)
  })

  it('has only the rows near the window in the document', async () => {
    await tab(Array.from({ length: 900 }, (_, at) => entry(`order-${at}`, { atMs: 900 - at })))
    expect(wrapper.findAll('[data-run]').length).toBeLessThan(60)
    expect(wrapper.get('[data-run]').attributes('aria-setsize')).toBe('900')
  })

  it('tells what came while the window was away, shows it, and forgets it when it was seen', async () => {
    localStorage.setItem('gifts-seen', JSON.stringify({ seq: 1, away: false, late: [] }))
    await tab([{ ...CY, seq: 2, count: 3 }, BO])
    expect(wrapper.get('[data-testid="gifts-missed"]').text()).toContain('3 gifts arrived while you were offline')
    byName('button', 'Show').click()
    await nextTick()
    expect(rows()).toHaveLength(1)
    byName('button', 'Seen').click()
    await nextTick()
    expect(wrapper.find('[data-testid="gifts-missed"]').exists()).toBe(false)
    expect(rows()).toHaveLength(2)
  })

  it('shows how far the goal is, and changes it', async () => {
    await tab([CY], 1_040)
    expect(wrapper.get('[role="progressbar"]').attributes('aria-valuetext')).toBe('520 of 1,040 coins')
    byName('button', 'Change the goal').click()
    await nextTick()
    await wrapper.get('[data-testid="goal-coins"]').setValue(500)
    await wrapper.get('form').trigger('submit')
    expect(main.calls.at(-1)).toEqual({ verb: 'gifts.set', args: { sound: true, volume: 0.5, goalCoins: 500 } })
  })
})

describe('the sheet of a run', () => {
  const CLICKS = [entry('c2', { combo: 'c1', atMs: 2 }), entry('c1', { combo: 'c1', atMs: 1 })]
  async function sheet(): Promise<void> {
    await tab(CLICKS)
    const { wrapper: tabOf } = { wrapper }
    const id = useGiftLedger().runs[0]?.id ?? ''
    const mountedSheet = await mounted(GiftRunSheet, snapshotWith(), { id })
    tabOf.unmount()
    wrapper = mountedSheet.wrapper
    useStudioRoom().crew = crew as unknown as CrewApi
    useGifts().load(roomSnapshot({ giftSeq: 2 }), false)
    useGiftLedger().open()
    useVisit().phase = 'inside'
    await settle()
  }

  it('gives back one order after a question, whose first answer is to keep it', async () => {
    await sheet()
    byName('button', 'Refund c2').click()
    await flushPromises()
    expect(document.activeElement?.textContent?.trim()).toBe('Keep the gift')
    expect(crew.asked).not.toContain('refund c2')
    wrapper.get<HTMLElement>('[data-testid="refund-confirm"]').element.click()
    await settle()
    expect(crew.asked).toContain('refund c2')
    expect(wrapper.get('[data-order="c2"]').attributes('data-state')).toBe('refunded')
    expect(wrapper.get('[data-order="c1"]').attributes('data-state')).toBe('paid')
    expect(wrapper.get('[data-testid="refund-done"]').text()).toBe('The coins are back with Bo.')
  })

  it('gives back all, and says how far it came when the backend refuses', async () => {
    await sheet()
    wrapper.get<HTMLElement>('[data-testid="refund-all"]').element.click()
    await flushPromises()
    expect(wrapper.get('.question').text()).toContain('Give 2 coins back to Bo?')
    const refund = crew.refund.bind(crew)
    crew.refund = async (orderId) => {
      if (orderId === 'c2') throw new RoomApiError('refused', { code: 'wallet.failed', message: 'The wallet did not answer.', remedy: 'Try again.' })
      await refund(orderId)
    }
    wrapper.get<HTMLElement>('[data-testid="refund-confirm"]').element.click()
    await settle()
    expect(wrapper.get('[data-testid="refund-refused"]').text()).toBe('1 of 2 orders were refunded. The wallet did not answer. Try again.')
  })
})

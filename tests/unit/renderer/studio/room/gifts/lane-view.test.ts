// @vitest-environment happy-dom
import type { VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { useGifts } from '../../../../../../renderer/room/gift-store'
import { useRoom } from '../../../../../../renderer/room/room-store'
import GiftLane from '../../../../../../renderer/studio/room/gifts/GiftLane.vue'
import { useGiftLane } from '../../../../../../renderer/studio/room/gifts/lane-store'
import { useGiftLedger } from '../../../../../../renderer/studio/room/gifts/ledger-store'
import LikeCounter from '../../../../../../renderer/studio/room/gifts/LikeCounter.vue'
import { useOverlay } from '../../../../../../renderer/studio/room/overlay/overlay-store'
import { useFeed } from '../../../../../../renderer/studio/stores/feed'
import { giftEvent, snapshotWith as roomSnapshot } from '../../../room/fake-room'
import { byName, mounted, type FakeMain } from '../../mounted'
import { snapshotWith } from '../../snapshot'
import { entry } from './entries'

let wrapper: VueWrapper
let main: FakeMain
const contexts = vi.fn()
beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('AudioContext', contexts)
})
afterEach(() => {
  wrapper.unmount()
  useGifts().clear()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.clearAllMocks()
})

let seq = 0
async function lane(sound = true): Promise<void> {
  const snapshot = snapshotWith()
  ;({ wrapper, main } = await mounted(GiftLane, { ...snapshot, settings: { ...snapshot.settings, gifts: { sound, volume: 0.5, goalCoins: 0 } } }))
  useGifts().load(roomSnapshot({ giftSeq: 0 }), false)
  seq = 0
}
async function tell(change: Parameters<typeof giftEvent>[1] = {}): Promise<void> {
  seq += 1
  useGifts().hear(giftEvent(seq, { combo: `s${seq}`, ...change }), '', Date.now())
  await nextTick()
}
const from = (userId: string): { from: ReturnType<typeof giftEvent>['from'] } => ({ from: { ...giftEvent(1).from, userId, nick: userId } })
const shown = (): string[] => wrapper.findAll('[data-gift]').map((card) => card.text())

describe('the lane of gifts above the chat', () => {
  it('takes no place before the first gift, and keeps it after the last', async () => {
    await lane()
    expect(wrapper.find('section').exists()).toBe(false)
    await tell()
    expect(shown()).toHaveLength(1)
    vi.advanceTimersByTime(3_100)
    await nextTick()
    expect(shown()).toEqual([])
    expect(wrapper.find('section').exists()).toBe(true)
  })

  it('is seen with the chat alone', async () => {
    await lane()
    await tell()
    useFeed().tab = 'gifts'
    await nextTick()
    expect(wrapper.get('section').attributes('style')).toContain('display: none')
  })

  it('stands still under the pointer, and with the button', async () => {
    await lane()
    await tell()
    await wrapper.get('section').trigger('pointerenter')
    vi.advanceTimersByTime(60_000)
    expect(shown()).toHaveLength(1)
    byName('button', 'Hold the gifts').click()
    await wrapper.get('section').trigger('pointerleave')
    vi.advanceTimersByTime(60_000)
    expect(shown()).toHaveLength(1)
    byName('button', 'Gifts are held. Go on').click()
    vi.advanceTimersByTime(3_100)
    await nextTick()
    expect(shown()).toEqual([])
  })

  it('says how many wait, skips and shows again', async () => {
    await lane()
    for (const userId of ['Ann', 'Bea', 'Cy', 'Di', 'Ed']) await tell(from(userId))
    expect(wrapper.get('[data-testid="gift-waiting"]').text()).toBe('+22 gifts wait')
    byName('button', 'Skip the first gift').click()
    await nextTick()
    expect(shown()[0]).toContain('Bea')
    expect(shown()).toHaveLength(3)
    byName('button', 'Show the last gift again').click()
    byName('button', 'Skip the first gift').click()
    await nextTick()
    expect(shown()[2]).toContain('Ann')
  })

  it('does not replay an evening: what is older than half a minute is for the ledger', async () => {
    await lane()
    await tell({ at: Math.floor(Date.now() / 1_000) - 60 })
    expect(wrapper.find('section').exists()).toBe(false)
  })

  it('says above the chat that the chat did not bring some, and leads to them', async () => {
    await lane()
    useGiftLedger().entries = [entry('a', { seq: 1, count: 3 })]
    await nextTick()
    expect(wrapper.find('[data-testid="gifts-missed"]').exists()).toBe(false)
    useGifts().hear(giftEvent(1), '', Date.now(), true)
    await nextTick()
    expect(wrapper.get('[data-testid="gifts-missed"]').text()).toContain('The chat did not bring 3 gifts')
    byName('button', 'Show').click()
    expect(useFeed().tab).toBe('gifts')
  })

  it('brings what has become very big by its number over the picture, once', async () => {
    await lane(false)
    useOverlay()
    await tell({ total: 499, combo: 'one' })
    expect(main.calls.filter(({ verb }) => verb === 'overlay.banner')).toEqual([])
    await tell({ total: 519, combo: 'one' })
    await tell({ total: 539, combo: 'one' })
    const banner = { id: 'g-ann rose', name: 'Ann', text: 'sent 🌹 Rose ×519' }
    expect(main.calls.filter(({ verb }) => verb === 'overlay.banner')).toEqual([{ verb: 'overlay.banner', args: { banner } }])
  })

  it('says big gifts to who cannot see them, and tells whoever makes something of them', async () => {
    await lane(false)
    const tiers: number[] = []
    const stop = useGiftLane().onShown((card) => tiers.push(card.tier))
    await tell()
    expect(wrapper.get('[role="status"]').text()).toBe('')
    await tell({ giftId: 'rocket', coins: 520 })
    expect(wrapper.get('[role="status"]').text()).toBe('Ann gives Rocket ×1')
    expect(tiers).toEqual([1, 4])
    // Off is off: nothing of WebAudio was made.
    expect(contexts).not.toHaveBeenCalled()
    stop()
  })
})

describe('the likes in the bar', () => {
  it('are one number that bumps once a second at most, and is not announced', async () => {
    ;({ wrapper } = await mounted(LikeCounter, snapshotWith()))
    expect(wrapper.find('[data-testid="likes"]').exists()).toBe(false)
    useRoom().load(roomSnapshot({ likes: 31_234 }))
    await nextTick()
    expect(wrapper.text()).toBe('31.2K31,234 likes')
    expect(wrapper.html()).not.toMatch(/aria-live|role="status"/)
    let bumps = 0
    for (let at = 0; at < 30; at += 1) {
      const before = wrapper.find('.bump').exists()
      useRoom().liked(1)
      await nextTick()
      if (!before && wrapper.find('.bump').exists()) bumps += 1
      vi.advanceTimersByTime(100)
      await nextTick()
    }
    expect(bumps).toBe(3)
    vi.advanceTimersByTime(1_000)
  })
})

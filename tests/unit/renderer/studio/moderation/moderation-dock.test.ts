// @vitest-environment happy-dom
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { getActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h, nextTick, shallowRef } from 'vue'
import type { ChatRow } from '../../../../../renderer/room/chat-store'
import { i18n } from '../../../../../renderer/studio/i18n'
import ModerationDock from '../../../../../renderer/studio/room/moderation/ModerationDock.vue'
import { useRowKeys } from '../../../../../renderer/studio/room/moderation/row-keys'
import { useModeration } from '../../../../../renderer/studio/room/moderation/moderation-store'
import { targetOf, type ModerationTarget } from '../../../../../renderer/studio/room/moderation/target'
import { useSheets } from '../../../../../renderer/studio/stores/sheets'
import { crewRoom, said, type FakeCrew } from './fake-crew'

const VISIBLE = 3
const TRIALS = 1_000
let crew: FakeCrew
let wrapper: VueWrapper | null = null

beforeEach(() => {
  ;({ crew } = crewRoom())
})
afterEach(() => {
  wrapper?.unmount()
  wrapper = null
  vi.unstubAllGlobals()
})

/** A generator with a fixed seed (mulberry32): each run is the same. */
function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below)
  }
}

/**
 * A list whose last rows are seen. Its docks are kept by their place, not by their row: a dock is given another row with each arrival, which is the
 * worst that a list can do to it.
 */
function movingList(): { push(count: number): void; rows: () => readonly ChatRow[]; pinned: ModerationTarget[] } {
  const rows = shallowRef<readonly ChatRow[]>([])
  const pinned: ModerationTarget[] = []
  let no = 0
  const push = (count: number): void => {
    rows.value = [...rows.value, ...Array.from({ length: count }, () => said(++no))].slice(-VISIBLE)
  }
  push(VISIBLE)
  const list = defineComponent(
    () => () =>
      rows.value.map((row, place) =>
        h(ModerationDock, { key: place, target: targetOf(row) as ModerationTarget, onPin: (target: ModerationTarget) => pinned.push(target) }),
      ),
  )
  wrapper = mount(list, { global: { plugins: [getActivePinia() ?? [], i18n].flat() }, attachTo: document.body })
  return { push, rows: () => rows.value, pinned }
}

const dockAt = (place: number): Element => document.querySelectorAll('.dock')[place] as Element
const button = (dock: Element, act: string): HTMLButtonElement => dock.querySelector(`[data-act="${act}"]`) as HTMLButtonElement

describe('the dock', () => {
  it(`${TRIALS} random presses while rows arrive: not one wrong target`, async () => {
    const list = movingList()
    const chance = random(5)
    const sheets = useSheets()
    let wrong = 0
    for (let trial = 0; trial < TRIALS; trial += 1) {
      const place = chance(VISIBLE)
      const act = ['mute-1', 'mute-10', 'mute-60', 'delete', 'person', 'pin'][chance(6)] ?? 'pin'
      const meant = targetOf(list.rows()[place] as ChatRow)
      const pressed = button(dockAt(place), act)
      const told = crew.calls.length
      pressed.dispatchEvent(new MouseEvent('pointerdown', { bubbles: true }))
      // They come between down and up, and between up and click.
      list.push(chance(5))
      await nextTick()
      pressed.dispatchEvent(new MouseEvent('pointerup', { bubbles: true }))
      list.push(chance(3))
      await nextTick()
      pressed.dispatchEvent(new MouseEvent('click', { bubbles: true, detail: 1 }))
      await flushPromises()
      const about = crew.calls.at(-1)?.about
      const { current } = sheets
      if (act === 'pin') wrong += list.pinned.at(-1) === meant || list.pinned.at(-1)?.rowId === meant?.rowId ? 0 : 1
      else if (act === 'person') wrong += current?.name === 'person' && current.target.userId === meant?.userId ? 0 : 1
      else wrong += crew.calls.length === told + 1 && about === (act === 'delete' ? meant?.msgSeq : meant?.userId) ? 0 : 1
    }
    expect(wrong).toBe(0)
  }, 120_000)

  it('by key is about the row that is there now', async () => {
    const list = movingList()
    const first = button(dockAt(0), 'mute-1')
    first.dispatchEvent(new MouseEvent('pointerdown', { bubbles: true }))
    // Let go beside it: nothing was meant.
    list.push(1)
    await nextTick()
    first.dispatchEvent(new MouseEvent('click', { bubbles: true, detail: 0 }))
    expect(crew.calls.at(-1)?.about).toBe((list.rows()[0] as Extract<ChatRow, { kind: 'said' }>).userId)
  })

  it('names the person in every button, and does not delete what has no number', () => {
    wrapper = mount(ModerationDock, {
      props: { target: { ...(targetOf(said(3)) as ModerationTarget), msgSeq: 0 } },
      global: { plugins: [getActivePinia() ?? [], i18n].flat() },
    })
    const names = wrapper.findAll('button').map((one) => one.attributes('aria-label') ?? '')
    expect(names).toHaveLength(6)
    expect(names.filter((name) => !name.includes('Nick 3'))).toEqual([])
    expect(wrapper.get('[data-act="delete"]').attributes('disabled')).toBeDefined()
  })
})

describe('the keys of a row', () => {
  const one = targetOf(said(1)) as ModerationTarget
  const two = targetOf(said(2)) as ModerationTarget
  const key = (name: string, more: KeyboardEventInit = {}): KeyboardEvent => new KeyboardEvent('keydown', { key: name, cancelable: true, ...more })

  it('mute, delete, pin, open the card, and undo', async () => {
    const pinned: ModerationTarget[] = []
    const keys = useRowKeys((target) => pinned.push(target))
    const pressed = ['1', 'Delete', 'p', 'u'].map((name) => key(name))
    for (const event of pressed) keys.press(event, one)
    expect(pressed.filter((event) => !event.defaultPrevented)).toEqual([])
    await flushPromises()
    expect(crew.calls.map(({ name, about }) => [name, about])).toEqual([
      ['mute', 'u-1'],
      ['delete', 1],
    ])
    expect(pinned).toEqual([one])
    expect(useSheets().current).toEqual({ name: 'person', target: one })
    keys.press(key('z', { ctrlKey: true }), null)
    await flushPromises()
    expect(crew.calls.at(-1)?.name).toBe('undo')
  })

  it('Shift+K and Enter remove the one for whom Shift+K was pressed; another row or another key does not', async () => {
    const keys = useRowKeys(() => undefined)
    const shiftK = (): void => keys.press(key('K', { shiftKey: true }), one)
    shiftK()
    keys.press(key('Shift'), one)
    expect(useModeration().armed).toEqual(one)
    keys.press(key('Enter'), two)
    expect(useModeration().armed).toBeNull()
    shiftK()
    keys.press(key('Escape'), one)
    keys.press(key('Enter'), one)
    expect(crew.calls).toEqual([])
    shiftK()
    keys.press(key('Enter'), one)
    expect(crew.calls).toMatchObject([{ name: 'remove', about: 'u-1' }])
    expect(useModeration().armed).toBeNull()
  })

  it('leave what is not theirs: Escape without anything armed, rows of the house, held keys', () => {
    const keys = useRowKeys(() => undefined)
    const theirs = [key('Escape'), key('j')]
    for (const event of theirs) keys.press(event, one)
    const ofHouse = key('1')
    keys.press(ofHouse, null)
    keys.press(key('1', { repeat: true }), one)
    expect([...theirs, ofHouse].filter((event) => event.defaultPrevented)).toEqual([])
    expect(crew.calls).toEqual([])
  })

  it('before the list sees them: Enter removes only on the row of Shift+K, undo works without a row, others leave nobody armed', async () => {
    const keys = useRowKeys()
    const shiftK = (): void => keys.press(key('K', { shiftKey: true }), one)
    shiftK()
    const elsewhere = key('Enter')
    keys.first(elsewhere, false)
    expect([elsewhere.defaultPrevented, useModeration().armed]).toEqual([false, null])
    shiftK()
    keys.first(key('Shift'), true)
    const onIt = key('Enter')
    keys.first(onIt, true)
    expect(onIt.defaultPrevented).toBe(true)
    await flushPromises()
    expect(crew.calls).toMatchObject([{ name: 'remove', about: 'u-1' }])
    const plain = key('1')
    keys.first(plain, true)
    expect(plain.defaultPrevented).toBe(false)
    keys.first(key('z', { metaKey: true }), false)
    await flushPromises()
    expect(crew.calls.at(-1)).toMatchObject({ name: 'undo', about: 1 })
  })
})

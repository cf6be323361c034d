// @vitest-environment happy-dom
import { mount, type VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createI18n } from 'vue-i18n'
import { nextTick } from 'vue'
import type { RoomMessageOf } from '../../../../../electron/shared/room-message'
import { useRoom } from '../../../../../renderer/room/room-store'
import PkBar from '../../../../../renderer/web/watch/room/PkBar.vue'
import { messages } from '../../../../../renderer/web/watch/texts'

let wrapper: VueWrapper
let rev = 0
beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000, toFake: ['Date', 'setInterval', 'clearInterval'] })
})
afterEach(() => {
  wrapper.unmount()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

function open(locale: 'en' | 'zh-CN' = 'en'): void {
  const pinia = createPinia()
  setActivePinia(pinia)
  wrapper = mount(PkBar, { global: { plugins: [pinia, createI18n({ legacy: false, locale, messages })] } })
}
async function told(change: Partial<RoomMessageOf<'pk'>> = {}): Promise<void> {
  const running = {
    v: 1,
    kind: 'pk',
    rev: ++rev,
    pkId: 'a',
    state: 'running',
    other: { nick: 'Hana' },
    own: 30,
    others: 10,
    endsAt: 1_180,
    result: null,
  } as const
  useRoom().hear({ ...running, ...change })
  await nextTick()
}
const bar = (): ReturnType<VueWrapper['get']> => wrapper.get('[data-testid="pk-bar"]')
const news = (): string => wrapper.get('[role="status"]').text()

describe('the PK on the watch page', () => {
  it('is not there while there is none', async () => {
    open()
    expect(wrapper.find('[data-testid="pk-bar"]').exists()).toBe(false)
    await told({ state: 'none' })
    expect(wrapper.find('[data-testid="pk-bar"]').exists()).toBe(false)
  })

  it('shows names, sums and a clock; its begin is spoken and no count', async () => {
    open()
    await told()
    expect(bar().attributes()).toMatchObject({ 'data-state': 'running', 'data-result': '', 'data-own': '30', 'data-other': '10' })
    expect(bar().text()).toContain('Hana')
    expect(wrapper.get('[role="timer"]').text()).toBe('03:00')
    expect(news()).toBe('A PK with Hana has begun. Gifts count.')
    vi.advanceTimersByTime(121_000)
    await told({ own: 1_234 })
    expect(wrapper.get('[role="timer"]').text()).toBe('00:59')
    expect(bar().text()).toContain('1,234')
    expect(news()).toBe('A PK with Hana has begun. Gifts count.')
    vi.advanceTimersByTime(60_000)
    await nextTick()
    expect(bar().text()).toContain('The sums are being compared')
  })

  it.each([
    ['won', 'This room won'],
    ['lost', 'Hana won'],
    ['drawn', 'A draw'],
    ['stopped', 'Stopped, nobody won'],
  ] as const)('tells once that it was %s', async (result, words) => {
    open()
    await told()
    await told({ state: 'ended', result })
    expect(bar().attributes('data-result')).toBe(result)
    expect(bar().text()).toContain(words)
    expect(news()).toBe(`The PK is over. ${words}, 30 to 10.`)
    await told({ state: 'none' })
    expect(wrapper.find('[data-testid="pk-bar"]').exists()).toBe(false)
  })

  it('takes a hostile name for a name', async () => {
    open('zh-CN')
    await told({ other: { nick: '\u202e<img src=x>\n@:live {own}' } })
    expect(bar().text()).toContain('<img src=x> @:live {own}')
    expect(wrapper.find('img').exists()).toBe(false)
    await told({ other: { nick: '\u202e' } })
    expect(bar().text()).toContain('对方直播间')
  })
})

// @vitest-environment happy-dom
import { flushPromises, type DOMWrapper, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { i18n } from '../../../../../renderer/studio/i18n'
import CoAnchorStrip from '../../../../../renderer/studio/room/co-anchors/CoAnchorStrip.vue'
import { usePk } from '../../../../../renderer/studio/room/co-anchors/pk/pk-store'
import { snapshotWith } from '../snapshot'
import { endedPk, FakePk, offeredPk, pkWith, runningPk, withPk } from './fake-pk'
import { mediaWith, onTheMic, refused, seated, tableOf, type Mic } from './on-the-mic'

const ENTRIES = [seated('West', { seat: 1 }), seated('Ming', { seat: 2 })]
let mic: Mic
let api: FakePk
let wrapper: VueWrapper

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000, toFake: ['Date', 'setInterval', 'clearInterval'] })
  vi.stubGlobal('requestAnimationFrame', () => 0)
  vi.stubGlobal('cancelAnimationFrame', () => undefined)
  HTMLDialogElement.prototype.showModal = () => undefined
})
afterEach(() => {
  wrapper.unmount()
  vi.useRealTimers()
  vi.unstubAllGlobals()
  i18n.global.locale.value = 'en'
  document.body.replaceChildren()
})

async function open(view: FakePk['view']): Promise<void> {
  mic = await onTheMic({ table: tableOf(ENTRIES), media: { u_West: mediaWith(), u_Ming: mediaWith() } })
  api = new FakePk(view)
  withPk(api)
  wrapper = await mic.show(CoAnchorStrip, { snapshot: snapshotWith() })
}
async function becomes(view: FakePk['view']): Promise<void> {
  api.view = view
  await usePk().refresh()
  await flushPromises()
}
const get = (name: string): Omit<DOMWrapper<HTMLElement>, 'exists'> => wrapper.get<HTMLElement>(`[data-testid="${name}"]`)
const has = (name: string): boolean => wrapper.find(`[data-testid="${name}"]`).exists()
const news = (): string => get('pk-news').text()
async function press(name: string): Promise<void> {
  get(name).element.focus()
  await get(name).trigger('click')
  await flushPromises()
}

describe('offering a PK', () => {
  it('is a button on the tile of a connected room’s anchor alone, off while there is one', async () => {
    await open(pkWith({ rooms: ['u_West'] }))
    expect(wrapper.findAll('[data-testid="tile-pk"]').map((one) => one.attributes('aria-label'))).toEqual(['PK with West'])
    await becomes(runningPk('host', 1_300))
    expect((get('tile-pk').element as HTMLButtonElement).disabled).toBe(true)
  })

  it('asks for how long, and then says whom it waits for', async () => {
    await open(pkWith({ rooms: ['u_West'] }))
    await press('tile-pk')
    expect((get('pk-minutes-5').element as HTMLInputElement).checked).toBe(true)
    await wrapper.get('[data-testid="pk-minutes-10"]').setValue(true)
    api.next = offeredPk('host', { seconds: 600 })
    await wrapper.get('form#start-pk').trigger('submit')
    await flushPromises()
    expect(api.acts).toEqual([['start', 'u_West', 600]])
    expect(has('pk-start')).toBe(false)
    expect(get('pk-score').attributes('data-state')).toBe('offered')
    expect(get('pk-score').text()).toContain('PK of 10 min: waiting for West… 30 s')
    expect(document.activeElement).toBe(get('pk-take-back').element)
    expect(news()).toBe('West is asked for a PK. 30 seconds to answer.')
    await becomes(offeredPk('host', { seconds: 600, remainingMs: 21_000 }))
    expect(get('pk-score').text()).toContain('… 21 s')
    vi.advanceTimersByTime(1_000)
    await flushPromises()
    expect(get('pk-score').text()).toContain('… 20 s')
    api.next = null
    await press('pk-take-back')
    expect(api.acts.at(-1)).toEqual(['stop'])
    expect(has('pk-score')).toBe(false)
    expect(news()).toContain('There is no PK')
    expect(document.activeElement).toBe(get('co-anchors-toggle').element)
  })

  it('stays open with the room’s own words when it is refused, and the strip does not repeat them', async () => {
    await open(pkWith({ rooms: ['u_West'] }))
    await press('tile-pk')
    api.refuse = refused('pk.not-a-room')
    await wrapper.get('form#start-pk').trigger('submit')
    await flushPromises()
    expect(wrapper.get('dialog [data-testid="pk-trouble"]').text()).toBe('pk.not-a-room. Wait.')
    await wrapper.get('dialog header button').trigger('click')
    expect(has('pk-trouble')).toBe(false)
  })
})

describe('an offer of the other room', () => {
  it('is a card with a countdown, and is accepted or declined', async () => {
    await open(pkWith())
    await becomes(offeredPk('guest'))
    expect(get('pk-offer').text()).toContain('West offers a PK of 5 min')
    expect(get('pk-offer').text()).toContain('30 s to answer')
    expect(news()).toBe('West offers a PK of 5 minutes. 30 seconds to answer.')
    api.next = runningPk('guest', 1_300)
    await press('pk-accept')
    expect(api.acts).toEqual([['answer', true]])
    expect(get('pk-score').attributes('data-state')).toBe('running')
    expect(has('pk-stop')).toBe(false)
    expect(news()).toBe('The PK with West has begun.')
  })

  it('that is gone says so', async () => {
    await open(offeredPk('guest'))
    api.refuse = refused('pk.none')
    api.view = pkWith()
    await press('pk-decline')
    expect(api.acts).toEqual([['answer', false]])
    expect(get('pk-trouble').text()).toBe('pk.none. Wait.')
    await wrapper.get('[data-testid="pk-trouble"] button').trigger('click')
    expect(has('pk-trouble')).toBe(false)
  })
})

describe('a PK that runs', () => {
  it('shows both sums and the clock, and no count is spoken', async () => {
    await open(offeredPk('host'))
    await becomes(runningPk('host', 1_300))
    const spoken = news()
    expect(get('pk-score').attributes()).toMatchObject({ 'data-state': 'running', 'data-result': '', 'data-own': '30', 'data-other': '10' })
    expect(wrapper.get('[role="timer"]').text()).toBe('05:00')
    vi.advanceTimersByTime(61_000)
    await becomes(runningPk('host', 1_300, { own: 1_200, otherAway: true }))
    expect(wrapper.get('[role="timer"]').text()).toBe('03:59')
    expect(get('pk-score').text()).toContain('1,200 coins')
    expect(get('pk-score').text()).toContain('The other room has not been heard')
    expect(news()).toBe(spoken)
    vi.advanceTimersByTime(240_000)
    await flushPromises()
    expect(get('pk-score').text()).toContain('the sums are being compared')
  })

  it('is stopped by the host once that was said twice', async () => {
    await open(runningPk('host', 1_300))
    await press('pk-stop')
    expect(wrapper.get('dialog').text()).toContain('It ends at once in both rooms, and nobody wins.')
    await wrapper.get('dialog .primary').trigger('click')
    expect(api.acts).toEqual([])
    await press('pk-stop')
    api.next = endedPk({ result: 'stopped' })
    await press('pk-confirm-stop')
    expect(api.acts).toEqual([['stop']])
    expect(get('pk-score').attributes('data-result')).toBe('stopped')
    expect(news()).toBe('The PK was stopped. Nobody won.')
  })

  it('takes the question back that came too late', async () => {
    await open(runningPk('host', 1_300))
    await press('pk-stop')
    await becomes(endedPk())
    expect(wrapper.find('dialog').exists()).toBe(false)
  })
})

describe('a result', () => {
  it.each([
    ['won', 'You won', 'The PK is over. You won, 30 to 10.'],
    ['lost', 'West won', 'The PK is over. West won, 10 to 30.'],
    ['drawn', 'A draw', 'The PK is over: a draw, 30 to 10.'],
  ] as const)('%s is shown with both sums and put away', async (result, words, spoken) => {
    await open(runningPk('guest', 1_300))
    await becomes(endedPk({ side: 'guest', result }))
    expect(get('pk-score').attributes('data-result')).toBe(result)
    expect(get('pk-score').text()).toContain(words)
    expect(news()).toBe(spoken)
    await press('pk-dismiss')
    expect(api.acts).toEqual([['stop']])
    expect(has('pk-score')).toBe(false)
  })

  it('that is not known yet says that the sums are being compared', async () => {
    await open(endedPk({ side: 'guest', result: null }))
    expect(get('pk-score').text()).toContain('The sums are being compared')
    expect(get('pk-score').attributes('data-result')).toBe('')
  })

  it('is in the language of the studio', async () => {
    await open(endedPk())
    i18n.global.locale.value = 'zh-CN'
    await flushPromises()
    expect(get('pk-score').text()).toContain('你赢了')
  })
})

// @vitest-environment happy-dom
import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { OTHER_ROOM_STATES, type OtherRoomState } from '../../../../../electron/shared/room-link'
import CoAnchorStrip from '../../../../../renderer/studio/room/co-anchors/CoAnchorStrip.vue'
import JoinElsewhere from '../../../../../renderer/studio/room/co-anchors/JoinElsewhere.vue'
import { snapshotWith } from '../snapshot'
import { FakePk, runningPk, withPk } from './fake-pk'
import { onTheMic, type Mic } from './on-the-mic'

let mic: Mic
let wrapper: VueWrapper
beforeEach(() => {
  vi.stubGlobal('requestAnimationFrame', () => 0)
  vi.stubGlobal('cancelAnimationFrame', () => undefined)
})
afterEach(() => {
  wrapper.unmount()
  vi.unstubAllGlobals()
})

describe('connecting rooms', () => {
  async function open(): Promise<void> {
    mic = await onTheMic()
    wrapper = await mic.show(JoinElsewhere)
    await wrapper.get('[data-testid="join-link"]').setValue(' http://x/guest/#invite=t ')
  }
  async function connect(): Promise<void> {
    await wrapper.get('[data-testid="connect-rooms"]').trigger('click')
    await flushPromises()
  }

  it('is the second use of a link, and says what each does', async () => {
    await open()
    expect(wrapper.text()).toContain('You go there')
    expect(wrapper.text()).toContain('Both shows go on')
    await connect()
    expect(mic.main.calls.at(-1)).toEqual({ verb: 'otherRoom.link', args: { link: 'http://x/guest/#invite=t' } })
    expect(wrapper.emitted('joined')).toHaveLength(1)
  })

  it('says what went wrong, and stays', async () => {
    await open()
    mic.main.answers.set('otherRoom.link', { ok: false, error: { code: 'room-link.unreachable', context: { host: '10.0.0.9:8360' } } })
    await connect()
    expect(wrapper.get('[role="alert"]').text()).toContain('10.0.0.9:8360')
    expect(wrapper.emitted('joined')).toBeUndefined()
  })
})

describe('a connected room', () => {
  async function open(state: OtherRoomState, title = 'West'): Promise<void> {
    const change = { otherRoom: { title, userId: 'u_West', state, error: null, isLast: false } }
    mic = await onTheMic({}, change)
    wrapper = await mic.show(CoAnchorStrip, { snapshot: snapshotWith(change) })
  }

  it.each(OTHER_ROOM_STATES)('that is %s says so in words, and is ended', async (state) => {
    await open(state)
    const line = wrapper.get('[data-testid="other-room"]')
    expect(line.attributes('data-state')).toBe(state)
    expect(line.text()).toContain('West')
    const over = state === 'removed' || state === 'left' || state === 'refused' || state === 'ended'
    const button = wrapper.get('[data-testid="other-room-end"]')
    expect(button.text()).toBe(over ? 'Close' : 'Disconnect')
    if (over && state !== 'ended') expect(line.text()).toContain('new link')
    await button.trigger('click')
    expect(mic.main.calls.at(-1)).toEqual({ verb: 'otherRoom.unlink', args: undefined })
  })

  it.each([
    ['ended', 'room-link.way-changed', 'Connect the rooms again when both shows go the same way.'],
    ['connecting', 'trtc.other-anchor-absent', 'Ask whether the other show is on.'],
  ] as const)('that is %s by a cause says it, and what to do', async (state, code, remedy) => {
    const change = { otherRoom: { title: 'West', userId: 'u_West', state, error: { code, context: { code: -102_046 } }, isLast: false } }
    mic = await onTheMic({}, change)
    wrapper = await mic.show(CoAnchorStrip, { snapshot: snapshotWith(change) })
    expect(wrapper.get('[data-testid="other-room-cause"]').text()).toContain(remedy)
  })

  it('that cannot be renewed says what to do', async () => {
    const change = { otherRoom: { title: 'West', userId: 'u_West', state: 'connected' as const, error: null, isLast: true } }
    mic = await onTheMic({}, change)
    wrapper = await mic.show(CoAnchorStrip, { snapshot: snapshotWith(change) })
    expect(wrapper.get('[data-testid="other-room"]').text()).toContain('can no longer be renewed')
  })

  it('has a title that turns nothing around', async () => {
    await open('connected', '\u202eWe\u0007st\n')
    expect(wrapper.get('[data-testid="other-room"]').text()).toContain('Connected with We st.')
  })
})

it('says what becomes of a PK that the other room runs', async () => {
  const change = { otherRoom: { title: 'West', userId: 'u_West', state: 'connected' as const, error: null, isLast: false } }
  mic = await onTheMic({}, change)
  withPk(new FakePk(runningPk('guest', 2_000_000_000)))
  wrapper = await mic.show(CoAnchorStrip, { snapshot: snapshotWith(change) })
  expect(wrapper.get('[data-testid="other-room"]').text()).toContain('Disconnected, the PK ends here without a result.')
})

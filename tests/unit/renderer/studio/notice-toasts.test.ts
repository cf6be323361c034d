// @vitest-environment happy-dom
import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Notice, Snapshot } from '../../../../electron/shared/snapshot'
import NoticeToasts from '../../../../renderer/studio/components/NoticeToasts.vue'
import { useDesk } from '../../../../renderer/studio/stores/desk'
import { byName, mounted, type FakeMain } from './mounted'
import { snapshotWith } from './snapshot'

const notice = (id: number): Notice => ({ id, atMs: id, error: { code: 'settings.write-failed', context: { reason: `r${id}` } }, count: 1 })
let wrapper: VueWrapper
let main: FakeMain

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'Date'] })
})
afterEach(() => {
  wrapper.unmount()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

async function open(notices: readonly Notice[]): Promise<void> {
  const snapshot: Snapshot = snapshotWith({ notices })
  ;({ wrapper, main } = await mounted(NoticeToasts, snapshot))
}
const shown = (): string[] => wrapper.findAll('[data-notice]').map((one) => /r\d/.exec(one.text())?.[0] ?? '')
const dismissed = (): unknown[] => main.calls.filter(({ verb }) => verb === 'notice.dismiss').map(({ args }) => args)

describe('the toasts', () => {
  it('show the newest two and count the others', async () => {
    await open([notice(1), notice(2), notice(3), notice(4)])
    expect(shown()).toEqual(['r3', 'r4'])
    expect(wrapper.text()).toContain('2 more')
  })

  it('stay six seconds each, and none of it while the pointer is there', async () => {
    await open([notice(1), notice(2)])
    await vi.advanceTimersByTimeAsync(5_000)
    await wrapper.trigger('pointerenter')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(dismissed()).toEqual([])
    await wrapper.trigger('pointerleave')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(dismissed()).toEqual([{ id: 1 }, { id: 2 }])
  })

  it('tell what main refused, counting up within 30 s', async () => {
    await open([])
    main.answers.set('source.add', { ok: false, error: { code: 'disk.full', context: { path: '/' } } })
    const desk = useDesk()
    const source = { kind: 'microphone', id: 'm', name: '', deviceId: null, echoCancellation: false, muted: false, gainDb: 0, syncOffsetMs: 0 } as const
    await desk.call('source.add', { source })
    await desk.call('source.add', { source })
    await flushPromises()
    expect(wrapper.text()).toContain('The disk is full.')
    expect(wrapper.text()).toContain('2 times')
    await vi.advanceTimersByTimeAsync(31_000)
    expect(wrapper.findAll('[data-notice]')).toHaveLength(0)
  })

  it('are closed one by one, and leave no timer behind', async () => {
    await open([notice(7)])
    byName('button', 'Dismiss').click()
    expect(dismissed()).toEqual([{ id: 7 }])
    wrapper.unmount()
    expect(vi.getTimerCount()).toBe(0)
  })
})

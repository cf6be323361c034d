// @vitest-environment happy-dom
import type { VueWrapper } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import type { Snapshot } from '../../../../electron/shared/snapshot'
import SessionBanner from '../../../../renderer/studio/components/SessionBanner.vue'
import { mounted, type FakeMain } from './mounted'
import { snapshotWith } from './snapshot'

let wrapper: VueWrapper
let main: FakeMain
afterEach(() => wrapper.unmount())

async function show(failover: Partial<Snapshot['trtc']['failover']>, session: Snapshot['session'] = RECONNECTING): Promise<void> {
  const { trtc } = snapshotWith({})
  const all = { ...trtc, engine: 'trtc', failover: { ...trtc.failover, possible: true, ...failover } } as const
  ;({ wrapper, main } = await mounted(SessionBanner, snapshotWith({ session, trtc: all })))
}
const RECONNECTING: Snapshot['session'] = { name: 'reconnecting', liveSinceMs: 1, sinceMs: 2, cause: { code: 'trtc.connection-lost', context: { seconds: 3 } } }

describe('leaving TRTC', () => {
  it('can be done from the first moment of trouble, and is what stands out when it is due', async () => {
    await show({ troubleSinceMs: Date.now() - 12_000 })
    expect(wrapper.text()).toContain('12 s')
    expect(wrapper.get('[data-testid="fail-over"]').classes()).not.toContain('primary')
    await wrapper.get('[data-testid="fail-over"]').trigger('click')
    expect(main.calls.map(({ verb }) => verb)).toContain('trtc.failOver')
    wrapper.unmount()
    await show({ troubleSinceMs: Date.now() - 70_000, due: true })
    expect(wrapper.text()).toContain('does not recover')
    expect(wrapper.get('[data-testid="fail-over"]').classes()).toContain('primary')
  })

  it('is not offered where there is nothing to go to, or no trouble', async () => {
    await show({ troubleSinceMs: Date.now(), possible: false })
    expect(wrapper.find('[data-testid="failover"]').exists()).toBe(false)
    expect(wrapper.find('[data-testid="reconnecting"]').exists()).toBe(true)
    wrapper.unmount()
    await show({ troubleSinceMs: null }, { name: 'live', liveSinceMs: 1 })
    expect(wrapper.find('[data-testid="failover"]').exists()).toBe(false)
  })
})

// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { VueWrapper } from '@vue/test-utils'
import type { SessionState } from '../../../../electron/shared/session'
import StatusBar from '../../../../renderer/studio/components/StatusBar.vue'
import { byName, mounted } from './mounted'
import { LOCAL, SAMPLE, snapshotWith } from './snapshot'

let wrapper: VueWrapper
afterEach(() => {
  wrapper.unmount()
  vi.unstubAllGlobals()
})

const since = { liveSinceMs: Date.now() - 65_000, sinceMs: Date.now() }
const CAUSE = { code: 'encoder.overloaded', context: { fps: 12, targetFps: 30 } } as const
const SUMMARY = { startedAtMs: 0, endedAtMs: 1, sentBytes: 0, videoFrames: 0, droppedFrames: 0, reconnects: 0 }

describe('the status bar', () => {
  it.each<[SessionState, string, string]>([
    [{ name: 'idle', error: null }, 'Not live', 'Go live'],
    [{ name: 'checking', sinceMs: since.sinceMs }, 'Checking 0 of 0', 'Cancel'],
    [{ name: 'starting', sinceMs: since.sinceMs }, 'Starting… 0 s', 'Cancel'],
    [{ name: 'live', liveSinceMs: since.liveSinceMs }, 'LIVE01:05', 'End'],
    [{ name: 'degraded', liveSinceMs: since.liveSinceMs, cause: CAUSE }, 'LIVE01:05', 'End'],
    [{ name: 'reconnecting', ...since, cause: CAUSE }, 'RECONNECTING01:05', 'End'],
    [{ name: 'paused', liveSinceMs: since.liveSinceMs, cause: null }, 'Paused01:05', 'Resume'],
    [{ name: 'ended', summary: SUMMARY }, 'Ended', 'Go live again'],
  ])('%o says so and offers the way on', async (session, state, button) => {
    ;({ wrapper } = await mounted(StatusBar, snapshotWith({ session, healthHistory: [SAMPLE] })))
    expect(wrapper.get('[data-testid="session-state"]').text()).toBe(state)
    expect(byName('button', button)).toBeDefined()
  })

  it('names one cause while it is worse than asked', async () => {
    ;({ wrapper } = await mounted(StatusBar, snapshotWith({ session: { name: 'degraded', liveSinceMs: since.liveSinceMs, cause: CAUSE } })))
    expect(wrapper.get('[data-testid="cause"]').text()).toBe('This machine makes 12 of 30 frames a second.')
  })

  it('counts down to the next try, and tries now when told to', async () => {
    const status = {
      id: 'local',
      state: 'reconnecting',
      sinceMs: 0,
      error: null,
      attempt: 3,
      nextRetryAtMs: Date.now() + 3_600,
      outageMs: null,
      stats: null,
    } as const
    const mountedBar = await mounted(
      StatusBar,
      snapshotWith({ session: { name: 'reconnecting', ...since, cause: CAUSE }, destinations: [{ ...LOCAL, status }] }),
    )
    wrapper = mountedBar.wrapper
    expect(wrapper.get('[data-testid="cause"]').text()).toBe('In 4 s, try 3')
    expect(wrapper.get('[data-testid="still"]').text()).toMatch(/^Viewers see your last frame for \d+ s$/)
    byName('button', 'Reconnect now').click()
    expect(mountedBar.main.calls.at(-1)).toEqual({ verb: 'session.reconnectNow', args: { destinationId: null } })
  })

  it('keeps End beside Resume while paused, and says what viewers see', async () => {
    ;({ wrapper } = await mounted(StatusBar, snapshotWith({ session: { name: 'paused', liveSinceMs: 0, cause: null } })))
    expect(wrapper.get('[data-testid="cause"]').text()).toBe('Viewers see your pause card')
    byName('button', 'Resume').click()
    byName('button', 'End').click()
    expect(wrapper.emitted('resume')).toHaveLength(1)
    expect(wrapper.emitted('end')).toHaveLength(1)
  })

  it('shows rate and round trip of the link only on air', async () => {
    ;({ wrapper } = await mounted(StatusBar, snapshotWith({ session: { name: 'live', liveSinceMs: 0 }, healthHistory: [SAMPLE] })))
    expect(wrapper.get('[data-testid="health"]').text()).toContain('2.4 Mbps')
    expect(wrapper.get('[data-testid="health"]').text()).toContain('42 ms')
    wrapper.unmount()
    ;({ wrapper } = await mounted(StatusBar, snapshotWith({ healthHistory: [SAMPLE] })))
    expect(wrapper.get('[data-testid="health"]').text()).not.toContain('ms')
  })
})

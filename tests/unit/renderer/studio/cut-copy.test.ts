// @vitest-environment happy-dom
import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { defineComponent, h, type PropType } from 'vue'
import { stepDestination, type MachineEvent, type MachineState } from '../../../../electron/publisher/destination-machine'
import { Outage } from '../../../../electron/publisher/outage'
import { defaultReconnectPolicy } from '../../../../electron/publisher/reconnect-policy'
import type { DestinationView, Snapshot } from '../../../../electron/shared/snapshot'
import { reduceSession, type SessionState } from '../../../../electron/shared/session'
import SessionBanner from '../../../../renderer/studio/components/SessionBanner.vue'
import StatusBar from '../../../../renderer/studio/components/StatusBar.vue'
import { mounted } from './mounted'
import { LOCAL, snapshotWith } from './snapshot'

/** An address that nobody answers fails after so long. */
const REFUSED_MS = 1_500
const ERROR = { code: 'publish.timeout', context: {} } as const

const Both = defineComponent({
  props: { snapshot: { type: Object as PropType<Snapshot>, required: true } },
  setup: (props) => () => [h(StatusBar, { snapshot: props.snapshot }), h(SessionBanner, { snapshot: props.snapshot })],
})

let wrapper: VueWrapper
beforeEach(() => {
  vi.useFakeTimers({ now: 1_700_000_000_000 })
})
afterEach(() => {
  wrapper.unmount()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** A destination and a session as main runs them, on one clock, whose server can be away. */
class CutShow {
  destination: MachineState = { name: 'publishing', sinceMs: Date.now(), outageMs: null }
  session: SessionState = { name: 'live', liveSinceMs: Date.now() - 60_000 }
  away = false
  readonly #outage = new Outage(defaultReconnectPolicy)
  #dueAtMs: number | null = null
  #answerAtMs: number | null = null

  cut(): void {
    this.away = true
    this.#closed()
  }

  /** What happened until now. */
  catchUp(): void {
    if (this.#answerAtMs !== null && this.#answerAtMs <= Date.now()) {
      this.#answerAtMs = null
      if (this.away) this.#closed()
      else this.#step({ type: 'acknowledged' })
    }
    if (this.#dueAtMs !== null && this.#dueAtMs <= Date.now()) this.#step({ type: 'retry-due' })
  }

  reconnectNow(): void {
    this.#step({ type: 'reconnect-now' })
  }

  snapshot(): Snapshot {
    const { destination: state } = this
    const view: DestinationView = {
      ...LOCAL,
      status: {
        ...{ id: 'local', state: state.name, sinceMs: 0, error: null, stats: null },
        attempt: state.name === 'connecting' || state.name === 'reconnecting' ? state.attempt : 0,
        nextRetryAtMs: state.name === 'reconnecting' ? state.nextRetryAtMs : null,
        outageMs: state.name === 'publishing' ? state.outageMs : null,
      },
    }
    return snapshotWith({ session: this.session, destinations: [view] })
  }

  #closed(): void {
    const delayMs = this.#outage.lost(Date.now(), null, null, 0.5)
    this.#step({ type: 'closed', error: ERROR, rejected: false, delayMs })
  }

  #step(event: MachineEvent): void {
    const { state, effects } = stepDestination(this.destination, event, Date.now())
    this.destination = state
    for (const effect of effects) {
      if (effect.type === 'retry-at') this.#dueAtMs = effect.atMs
      if (effect.type === 'cancel-retry') this.#dueAtMs = null
      if (effect.type === 'connect') {
        this.#outage.attemptBegins(Date.now())
        this.#answerAtMs = Date.now() + (this.away ? REFUSED_MS : 100)
      }
    }
    const publishing = state.name === 'publishing' ? 1 : 0
    const destinations = { wanted: 1, publishing, failed: 0, error: publishing === 1 ? null : ERROR }
    this.session = reduceSession(this.session, { type: 'condition', condition: { destinations, impairments: {} } }, Date.now()).state
  }
}

const STEP_MS = 100

it.each([5, 30, 300])(
  'a cut of %i s: each second says when it is tried again and since when viewers wait, and all is well only when media is back',
  async (cutSec) => {
    const show = new CutShow()
    ;({ wrapper } = await mounted(Both, show.snapshot()))
    const text = (testId: string): string => wrapper.get(`[data-testid="${testId}"]`).text()
    const passTime = async (ms: number): Promise<void> => {
      for (let passed = 0; passed < ms; passed += STEP_MS) {
        vi.advanceTimersByTime(STEP_MS)
        show.catchUp()
        await wrapper.setProps({ snapshot: show.snapshot() })
      }
      await flushPromises()
    }
    show.cut()
    const cutAtMs = Date.now()
    await wrapper.setProps({ snapshot: show.snapshot() })
    for (let second = 1; second <= cutSec; second += 1) {
      await passTime(1_000)
      const { destination } = show
      expect(text('session-state'), `second ${second}`).toContain('RECONNECTING')
      expect(text('still'), `second ${second}`).toBe(`Viewers see your last frame for ${second} s`)
      expect(text('cause'), `second ${second}`).toBe(
        destination.name === 'reconnecting'
          ? `In ${Math.max(0, Math.ceil((destination.nextRetryAtMs - Date.now()) / 1_000))} s, try ${destination.attempt}`
          : `Trying now, try ${destination.name === 'connecting' ? destination.attempt : 0}`,
      )
      expect(wrapper.find('[data-testid="reconnecting"]').exists()).toBe(true)
      expect(wrapper.text()).not.toContain('Back.')
    }
    show.away = false
    show.reconnectNow()
    await wrapper.setProps({ snapshot: show.snapshot() })
    // The server is there again; no media has arrived yet.
    expect(text('session-state')).toContain('RECONNECTING')
    expect(text('cause')).toBe('Trying now, try 1')
    await passTime(1_000)
    expect(text('session-state')).toContain('LIVE')
    expect(wrapper.text()).toContain(`Back. Viewers missed ${Math.round((Date.now() - 900 - cutAtMs) / 1_000)} s.`)
  },
)

// @vitest-environment happy-dom
import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { waitingChecks, type CheckResult } from '../../../../electron/shared/checks'
import type { Snapshot } from '../../../../electron/shared/snapshot'
import GoLiveSheet from '../../../../renderer/studio/components/GoLiveSheet.vue'
import { byName, mounted, type FakeMain } from './mounted'
import { KEYLESS, LOCAL, snapshotWith } from './snapshot'

let wrapper: VueWrapper
let main: FakeMain
afterEach(() => {
  wrapper.unmount()
  vi.unstubAllGlobals()
})

const result = (change: Partial<CheckResult>): CheckResult => ({
  id: 'line',
  verdict: 'pass',
  reason: 'reachable',
  context: { ms: 3 },
  fix: 'none',
  overridable: false,
  ...change,
})
const BLACK = result({ id: 'pictures', verdict: 'stop', reason: 'black', context: { sourceId: 'camera' }, fix: 'choose-other' })
const SILENT = result({
  id: 'microphone',
  verdict: 'stop',
  reason: 'silent',
  context: { db: -100, sourceId: 'microphone' },
  fix: 'choose-other',
  overridable: true,
})

async function open(results: readonly CheckResult[], change: Partial<Snapshot> = {}): Promise<void> {
  ;({ wrapper, main } = await mounted(GoLiveSheet, snapshotWith({ checks: { running: false, finishedAtMs: Date.now(), results }, ...change })))
}
const goLive = (): HTMLButtonElement => wrapper.get<HTMLButtonElement>('[data-testid="confirm-go-live"]').element
const verbs = (): string[] => main.calls.map(({ verb }) => verb)

describe('the go-live sheet', () => {
  it.each([
    ['all is well', [result({})], 'Go live', false],
    ['one warning', [result({ verdict: 'warn' })], 'Go live with 1 warning', false],
    ['a problem that may be passed', [SILENT], 'Go live anyway', false],
    ['one that may not', [BLACK, SILENT], 'Fix 2 problems', true],
  ] as const)('%s', async (_name, results, label, disabled) => {
    await open(results)
    expect(goLive().textContent).toBe(label)
    expect(goLive().disabled).toBe(disabled)
  })

  it('does not run fresh checks again, and goes live past what may be passed', async () => {
    await open([SILENT])
    expect(verbs()).not.toContain('session.check')
    await wrapper.get('form').trigger('submit')
    expect(main.calls.at(-1)).toEqual({ verb: 'session.goLive', args: { anyway: true } })
  })

  it('runs checks that are missing, and can be skipped after three seconds', async () => {
    vi.useFakeTimers()
    await open(waitingChecks(), { checks: { running: true, finishedAtMs: null, results: waitingChecks() } })
    byName('button', 'Close')
    await wrapper.setProps({ snapshot: snapshotWith({ checks: { running: false, finishedAtMs: null, results: [] } }) })
    wrapper.unmount()
    await open([], { checks: { running: false, finishedAtMs: null, results: [] } })
    expect(verbs()).toContain('session.check')
    await wrapper.setProps({ snapshot: snapshotWith({ checks: { running: true, finishedAtMs: null, results: waitingChecks() } }) })
    expect(goLive().disabled).toBe(true)
    await vi.advanceTimersByTimeAsync(3_000)
    expect(goLive().textContent).toBe('Skip the checks and go live')
    expect(goLive().disabled).toBe(false)
    vi.useRealTimers()
  })

  it('says in line why main refused', async () => {
    await open([result({})])
    main.answers.set('session.goLive', { ok: false, error: { code: 'session.no-destination', context: {} } })
    await wrapper.get('form').trigger('submit')
    await flushPromises()
    expect(wrapper.get('[role="alert"]').text()).toContain('No destination is switched on.')
    expect(wrapper.get('[role="alert"]').text()).toContain('session.no-destination')
  })

  it('does not list a destination without a key as if it were served', async () => {
    await open([result({})], { destinations: [LOCAL, KEYLESS] })
    expect(wrapper.get('[data-target="far"]').text()).toContain('Far away: no key, will be skipped')
    byName('button', 'Enter key').click()
    expect(wrapper.emitted('destination')).toEqual([['far']])
  })

  it('the button of a check does what it says', async () => {
    await open([BLACK, result({ verdict: 'warn', reason: 'keyless', context: { destination: 'Far away', destinationId: 'far' }, fix: 'edit-destination' })])
    expect(wrapper.text()).toContain('Camera is one flat colour')
    byName('button', 'Choose another').click()
    expect(wrapper.emitted('source')).toEqual([['camera']])
    byName('button', 'Edit destination').click()
    expect(wrapper.emitted('destination')).toEqual([['far']])
  })
})

// @vitest-environment happy-dom
import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import { isSetUp, parseCommandLine } from '../../../../../electron/shared/cli'
import { waitingChecks } from '../../../../../electron/shared/checks'
import { defaultSettings } from '../../../../../electron/shared/settings'
import FirstRunSheet from '../../../../../renderer/studio/rehearsal/FirstRunSheet.vue'
import StepTest from '../../../../../renderer/studio/rehearsal/StepTest.vue'
import { mounted } from '../mounted'
import { snapshotWith } from '../snapshot'

beforeEach(() => {
  document.body.innerHTML = ''
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true
  }
})

const FIRST = snapshotWith({ settings: { ...defaultSettings(), firstRunDone: false } })
const STATES = { ok: true, value: { camera: 'granted', microphone: 'not-asked', screen: 'denied' } } as const

describe('the set-up', () => {
  it('wants a language, and lets everything after it wait', async () => {
    const { wrapper, main } = await mounted(FirstRunSheet, FIRST, { from: 0 })
    main.answers.set('permission.states', STATES)
    await wrapper.get('dialog').trigger('cancel')
    expect(wrapper.emitted('close'), 'Escape at the language').toBeUndefined()
    expect(wrapper.find('[data-testid="step-later"]').exists()).toBe(false)
    await wrapper.get('form').trigger('submit')
    await flushPromises()
    expect(wrapper.get('form').attributes('data-step')).toBe('where')
    expect(document.activeElement?.textContent).toBe('Step 2 of 5: Where to stream')
    await wrapper.get('[data-testid="step-skip"]').trigger('click')
    expect(wrapper.get('form').attributes('data-step')).toBe('permissions')
    await wrapper.get('[data-testid="step-back"]').trigger('click')
    await wrapper.get('[data-testid="step-later"]').trigger('click')
    expect(wrapper.emitted('close')).toHaveLength(1)
    expect(main.calls).toContainEqual({ verb: 'preferences.set', args: { firstRunDone: true } })
  })

  it('keeps of a name what a room takes, which is counted in bytes', async () => {
    const { wrapper, main } = await mounted(FirstRunSheet, FIRST, { from: 1 })
    main.answers.set('permission.states', STATES)
    const name = wrapper.get<HTMLInputElement>('[data-testid="anchor-name"]')
    await name.setValue('主'.repeat(25))
    await wrapper.get('form').trigger('submit')
    await flushPromises()
    expect(main.calls).toContainEqual({ verb: 'room.setAnchorName', args: { name: '主'.repeat(20) } })
  })

  it('keeps the key of a pasted address out of the settings, and stays where it is not understood', async () => {
    const { wrapper, main } = await mounted(FirstRunSheet, FIRST, { from: 1 })
    main.answers.set('permission.states', STATES)
    await wrapper.get('[data-testid="where-rtmp"]').setValue(true)
    main.answers.set('destination.parseUrl', { ok: false, error: { code: 'publish.url-invalid', context: { url: 'x' } } })
    await wrapper.get('[data-testid="where-address"]').setValue('nonsense')
    await wrapper.get('form').trigger('submit')
    await flushPromises()
    expect(wrapper.get('form').attributes('data-step')).toBe('where')
    expect(wrapper.get('[role="alert"]').text()).toContain('publish.url-invalid')
    const parsed = {
      server: 'rtmp://live.example.com/app',
      host: 'live.example.com',
      port: 1_935,
      app: 'app',
      tls: false,
      streamKey: 'secret',
      expiresAtSec: null,
    }
    main.answers.set('destination.parseUrl', { ok: true, value: parsed })
    await wrapper.get('[data-testid="where-address"]').setValue('rtmp://live.example.com/app/secret')
    await wrapper.get('[data-testid="anchor-name"]').setValue('Ada')
    await wrapper.get('form').trigger('submit')
    await flushPromises()
    expect(main.calls).toContainEqual({ verb: 'room.setAnchorName', args: { name: 'Ada' } })
    const saved = main.calls.find(({ verb }) => verb === 'destination.save')?.args as { destination: object; secret: string }
    expect(saved).toMatchObject({ destination: { kind: 'rtmp', server: parsed.server, enabled: true }, secret: 'secret' })
    expect(wrapper.get('form').attributes('data-step')).toBe('permissions')
  })

  it('lowers the quality where the encoder is too slow, and looks again', async () => {
    const { wrapper, main } = await mounted(StepTest, FIRST)
    const slow = waitingChecks().map((one) =>
      one.id === 'encoder' ? { ...one, verdict: 'stop' as const, reason: 'too-slow', fix: 'lower-profile' as const } : one,
    )
    const heavy = { ...defaultSettings(), profile: { resolution: '1080p' as const, fps: 30, bitrateKbps: 6_000 } }
    await wrapper.setProps({ snapshot: { ...FIRST, settings: heavy, checks: { running: false, finishedAtMs: 5, results: slow } } })
    await flushPromises()
    expect(main.calls.map(({ verb }) => verb).filter((verb) => verb !== 'state.get')).toEqual(['session.check', 'profile.lower', 'session.check'])
  })
})

it('is not for whoever says on the command line what is to happen', () => {
  const setUp = (...argv: string[]): boolean => {
    const parsed = parseCommandLine(argv)
    if (parsed.kind !== 'run') throw new Error(parsed.kind)
    return isSetUp(parsed.options)
  }
  expect(setUp('--data-dir', '/tmp/x', '--http-port', '0', '--rtmp-port', '0')).toBe(false)
  for (const argv of [['--go-live'], ['--minimized'], ['--source', 'screen'], ['--quit-after', '5'], ['--fps', '30']])
    expect(setUp(...argv), argv[0]).toBe(true)
})

// @vitest-environment happy-dom
import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { parsePushUrl } from '../../../../electron/shared/push-url'
import type { DestinationView } from '../../../../electron/shared/snapshot'
import DestinationDialog from '../../../../renderer/studio/components/DestinationDialog.vue'
import { byName, mounted, type FakeMain } from './mounted'
import { KEYLESS, LOCAL, snapshotWith } from './snapshot'

let wrapper: VueWrapper
let main: FakeMain
afterEach(() => {
  wrapper.unmount()
  vi.unstubAllGlobals()
})

const CSS: DestinationView = {
  config: {
    kind: 'css',
    id: 'css',
    name: 'Tencent',
    enabled: true,
    protocol: 'rtmp',
    pushDomain: 'push.example.com',
    appName: 'live',
    streamName: 'show',
    playDomain: null,
    validityHours: 24,
  },
  address: 'rtmp://push.example.com/live/••••',
  hasSecret: true,
  expiresAtSec: null,
  status: null,
  problem: null,
}

async function open(id: string | null, destinations: readonly DestinationView[] = [LOCAL]): Promise<void> {
  ;({ wrapper, main } = await mounted(DestinationDialog, snapshotWith({ destinations }), { id }))
  await flushPromises()
}

async function paste(text: string): Promise<void> {
  main.answers.set('destination.parseUrl', parsePushUrl(text))
  await wrapper.get('[data-testid="push-url"]').setValue(text)
  await flushPromises()
}

async function save(): Promise<unknown> {
  await wrapper.get('form').trigger('submit')
  await flushPromises()
  return main.calls.find(({ verb }) => verb === 'destination.save')?.args
}

describe('the destination dialog', () => {
  it("takes OBS's two lines", async () => {
    await open(null)
    await paste('rtmp://push.example.com/live\nsecret-key?txSecret=1')
    expect(wrapper.text()).toContain('push.example.com:1935')
    expect(await save()).toMatchObject({ destination: { server: 'rtmp://push.example.com/live' }, secret: 'secret-key?txSecret=1' })
    expect(wrapper.emitted('close')).toHaveLength(1)
  })

  it('says of an address how long it holds, with a sign and not with colour alone', async () => {
    await open(null)
    const hex = (seconds: number): string => Math.round(Date.now() / 1_000 + seconds).toString(16)
    await paste(`rtmp://push.example.com/live/show?txTime=${hex(1_800)}`)
    expect(wrapper.get('[data-testid="expiry"]').text()).toMatch(/^▲Ends soon/)
    await paste(`rtmp://push.example.com/live/show?txTime=${hex(-60)}`)
    expect(wrapper.get('[data-testid="expiry"]').text()).toMatch(/^■Expired/)
    await paste(`rtmp://push.example.com/live/show?txTime=${hex(7_200)}`)
    expect(wrapper.get('[data-testid="expiry"]').text()).toMatch(/^Valid until/)
  })

  it('does not pass over an address that it did not understand', async () => {
    await open('far', [LOCAL, KEYLESS])
    await paste('http://push.example.com')
    expect(await save()).toBeUndefined()
    expect(wrapper.get('[role="alert"]').text()).toContain('This is not an address we can push to.')
  })

  it('keeps a stored key, replaces it, or forgets it', async () => {
    await open('css', [LOCAL, CSS])
    expect(await save()).not.toHaveProperty('secret')
    wrapper.unmount()
    await open('css', [LOCAL, CSS])
    await wrapper.get('[data-testid="css-key"]').setValue('new-key')
    expect(await save()).toMatchObject({ secret: 'new-key' })
    wrapper.unmount()
    await open('css', [LOCAL, CSS])
    await wrapper.get('[data-testid="forget-key"]').setValue(true)
    expect(await save()).toMatchObject({ secret: null })
  })

  it('shows a refusal of main in line and stays open', async () => {
    await open('css', [LOCAL, CSS])
    main.answers.set('destination.save', { ok: false, error: { code: 'disk.full', context: { path: '/' } } })
    await save()
    expect(wrapper.get('[role="alert"]').text()).toContain('The disk is full.')
    expect(wrapper.emitted('close')).toBeUndefined()
  })

  it('hides the address until it is asked for', async () => {
    await open(null)
    const field = wrapper.get('[data-testid="push-url"]')
    expect(field.classes()).toContain('masked')
    byName('button', 'Show the address').click()
    await flushPromises()
    expect(field.classes()).not.toContain('masked')
  })
})

describe('a TRTC destination', () => {
  const ROOM: DestinationView = {
    config: { kind: 'trtc', id: 'room', name: 'TRTC', enabled: true, failover: 'ask' },
    address: 'trtc',
    hasSecret: true,
    expiresAtSec: null,
    status: null,
    problem: null,
  }

  it('says what it costs against the others, and is saved with what happens in trouble', async () => {
    await open(null)
    const about = (): string => wrapper.get('[data-testid="about-kind"]').text()
    expect(about()).toContain('2–10 s')
    await wrapper.get('[data-testid="kind-trtc"]').setValue()
    expect(about()).toContain('under half a second')
    await wrapper.get('[data-testid="failover-automatic"]').setValue()
    expect(await save()).toMatchObject({ destination: { kind: 'trtc', name: 'TRTC', failover: 'automatic' } })
  })

  it('is one at most, and has no key to forget', async () => {
    await open(null, [LOCAL, ROOM])
    expect(wrapper.find('[data-testid="kind-trtc"]').exists()).toBe(false)
    wrapper.unmount()
    await open('room', [LOCAL, ROOM])
    expect(wrapper.find('[data-testid="forget-key"]').exists()).toBe(false)
  })

  it('tells how to get the library where it is missing, and looks again', async () => {
    const trtc = { ...snapshotWith({}).trtc, sdk: 'absent', error: { code: 'trtc.not-installed', context: {} } } as const
    ;({ wrapper, main } = await mounted(DestinationDialog, snapshotWith({ destinations: [LOCAL, ROOM], trtc }), { id: 'room' }))
    await flushPromises()
    expect(wrapper.text()).toContain('Not installed.')
    expect(wrapper.text()).toContain('npm run trtc:install')
    await wrapper.get('[data-testid="look-again"]').trigger('click')
    expect(main.calls.map(({ verb }) => verb)).toContain('trtc.lookAgain')
  })
})

describe('an address that the room gives', () => {
  it('is there for a room that is elsewhere, and has no key', async () => {
    await open(null)
    expect(wrapper.find('[data-testid="kind-cloud"]').exists()).toBe(false)
    wrapper.unmount()
    const cloud = { ...snapshotWith({}).cloud, kind: 'team' } as const
    ;({ wrapper, main } = await mounted(DestinationDialog, snapshotWith({ destinations: [LOCAL], cloud }), { id: null }))
    await wrapper.get('[data-testid="kind-cloud"]').setValue()
    await wrapper.get('[data-testid="way-trtc"]').setValue()
    expect(await save()).toMatchObject({ destination: { kind: 'cloud', way: 'trtc', name: 'The TRTC room, by RTMP' } })
  })
})

// @vitest-environment happy-dom
import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { CLOUD_RESTS, NO_CLOUD, type CloudView } from '../../../../electron/shared/cloud'
import type { Snapshot } from '../../../../electron/shared/snapshot'
import CloudSettings from '../../../../renderer/studio/cloud/CloudSettings.vue'
import { i18n } from '../../../../renderer/studio/i18n'
import { byName, mounted, type FakeMain } from './mounted'
import { snapshotWith } from './snapshot'

const TEAM: CloudView = { ...NO_CLOUD, kind: 'team', state: 'ready', host: 'rooms.example.com', roomId: 'friday', sdkAppId: 1_400_000_001, expiresAt: 1 }
let wrapper: VueWrapper
let main: FakeMain
afterEach(() => {
  wrapper.unmount()
  i18n.global.locale.value = 'en'
  vi.unstubAllGlobals()
})

async function open(cloud: CloudView, change: Partial<Snapshot> = {}): Promise<void> {
  ;({ wrapper, main } = await mounted(CloudSettings, snapshotWith({ cloud, ...change })))
  await flushPromises()
}
const asked = (): unknown => main.calls.filter(({ verb }) => verb !== 'state.get')
async function submit(): Promise<void> {
  await wrapper.get('form').trigger('submit')
  await flushPromises()
}

describe('the room’s place in the settings', () => {
  it('signs in by a link, which is then in no field any more', async () => {
    await open(NO_CLOUD)
    expect(wrapper.text()).toContain('Your room is on this machine.')
    expect(byName('button', 'Sign in').hasAttribute('disabled')).toBe(true)
    await wrapper.get('[data-testid="cloud-link"]').setValue(' https://rooms.example.com/anchor/?room=friday#invite=abc ')
    await submit()
    expect(asked()).toEqual([{ verb: 'cloud.signIn', args: { link: 'https://rooms.example.com/anchor/?room=friday#invite=abc' } }])
    expect((wrapper.get('[data-testid="cloud-link"]').element as HTMLInputElement).value).toBe('')
  })

  it('says why a link was refused, and keeps it', async () => {
    await open(NO_CLOUD)
    main.answers.set('cloud.signIn', {
      ok: false,
      error: { code: 'cloud.refused', context: { host: 'rooms.example.com', reason: 'The invitation has expired.' } },
    })
    await wrapper.get('[data-testid="cloud-link"]').setValue('https://rooms.example.com/anchor/?room=friday#invite=abc')
    await submit()
    expect(wrapper.get('[role="alert"]').text()).toContain('Your team’s room server rooms.example.com refused: The invitation has expired.')
    expect((wrapper.get('[data-testid="cloud-link"]').element as HTMLInputElement).value).not.toBe('')
  })

  it('takes an own app with its key, under a warning', async () => {
    await open(NO_CLOUD)
    await wrapper.get('input[value="own-app"]').setValue(true)
    expect(wrapper.text()).toContain('Whoever has this key can be anybody in your app')
    await wrapper.get('[data-testid="cloud-app-id"]').setValue('1400000001')
    expect(byName('button', 'Use this app').hasAttribute('disabled')).toBe(true)
    await wrapper.get('[data-testid="cloud-key"]').setValue('0123456789abcdef')
    await wrapper.get('select').setValue('sgp')
    await submit()
    expect(asked()).toEqual([{ verb: 'cloud.useOwnApp', args: { sdkAppId: 1_400_000_001, secretKey: '0123456789abcdef', restBase: CLOUD_RESTS.sgp } }])
    expect((wrapper.get('[data-testid="cloud-key"]').element as HTMLInputElement).value).toBe('')
  })

  it('says where one is signed in, how far the clocks differ, and signs out', async () => {
    await open({ ...TEAM, clockSkewSec: -300 })
    expect(wrapper.text()).toContain('Signed in at rooms.example.com, room friday.')
    expect(wrapper.get('[data-testid="cloud-skew"]').text()).toContain('The clock of this machine is 5 min ahead')
    expect(wrapper.find('form').exists()).toBe(false)
    await wrapper.get('[data-testid="cloud-sign-out"]').trigger('click')
    expect(asked()).toEqual([{ verb: 'cloud.signOut', args: undefined }])
  })

  it('asks for a new link when the session is over', async () => {
    await open({ ...TEAM, state: 'ended', error: { code: 'cloud.ended', context: { host: 'rooms.example.com' } } })
    expect(wrapper.text()).toContain('You are not signed in at rooms.example.com any more.')
    expect(wrapper.text()).not.toContain('Signed in at')
    expect(wrapper.find('[data-testid="cloud-link"]').exists()).toBe(true)
  })

  it('changes nothing during a show', async () => {
    await open(TEAM, { session: { name: 'live', liveSinceMs: 1 } })
    expect(wrapper.text()).toContain('The room cannot be changed during a show.')
    expect(wrapper.get('[data-testid="cloud-sign-out"]').attributes('disabled')).toBeDefined()
  })

  it('speaks Chinese', async () => {
    i18n.global.locale.value = 'zh-CN'
    await open({ ...TEAM, state: 'unreachable', error: { code: 'cloud.unreachable', context: { host: 'rooms.example.com' } } })
    expect(wrapper.text()).toContain('团队的房间服务器 rooms.example.com 没有响应。')
    expect(wrapper.text()).toContain('退出登录')
  })
})

// @vitest-environment happy-dom
import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { MAX_ICE_SERVERS, type IceServerView } from '../../../../electron/shared/ice-server'
import IceServerDialog from '../../../../renderer/studio/components/IceServerDialog.vue'
import IceServerList from '../../../../renderer/studio/components/IceServerList.vue'
import { useSheets } from '../../../../renderer/studio/stores/sheets'
import { byName, mounted, type FakeMain } from './mounted'
import { snapshotWith } from './snapshot'

const STUN: IceServerView = { config: { id: 's', url: 'stun:stun.example.org', username: '' }, hasCredential: false }
const TURN: IceServerView = { config: { id: 't', url: 'turn:turn.example.org', username: 'ada' }, hasCredential: true }

let wrapper: VueWrapper
let main: FakeMain
afterEach(() => {
  wrapper.unmount()
  vi.unstubAllGlobals()
})

async function list(servers: readonly IceServerView[]): Promise<void> {
  ;({ wrapper, main } = await mounted(IceServerList, snapshotWith(), { servers }))
}
async function open(view: IceServerView | null): Promise<void> {
  ;({ wrapper, main } = await mounted(IceServerDialog, snapshotWith({ iceServers: view === null ? [] : [view] }), { id: view?.config.id ?? null }))
}
const type = (testId: string, text: string): Promise<void> => wrapper.get(`[data-testid="${testId}"]`).setValue(text)
async function save(): Promise<unknown> {
  await wrapper.get('form').trigger('submit')
  await flushPromises()
  return main.calls.find(({ verb }) => verb === 'iceServer.save')?.args
}

describe('the list of STUN and TURN servers', () => {
  it('is edited by names that say which one', async () => {
    await list([STUN, TURN])
    byName('button', 'Edit turn:turn.example.org').click()
    expect(useSheets().current).toEqual({ name: 'ice-server', id: 't' })
    byName('button', 'Remove stun:stun.example.org').click()
    expect(main.calls.at(-1)).toEqual({ verb: 'iceServer.remove', args: { id: 's' } })
    byName('button', 'Add a STUN or TURN server').click()
    expect(useSheets().current).toEqual({ name: 'ice-server', id: null })
    expect(wrapper.text()).not.toContain('not used')
  })

  it('says which of them is not used, and why', async () => {
    await list([
      { ...TURN, hasCredential: false },
      { ...STUN, config: { ...STUN.config, url: 'nonsense' } },
    ])
    expect(wrapper.text()).toContain('Its credential is missing')
    expect(wrapper.text()).toContain('Its address or user name is wrong')
    await wrapper.get('[data-testid="enter-credential"]').trigger('click')
    expect(useSheets().current).toEqual({ name: 'ice-server', id: 't' })
  })

  it('ends where a page takes no more', async () => {
    await list(Array.from({ length: MAX_ICE_SERVERS }, (_, at) => ({ ...STUN, config: { ...STUN.config, id: `${at}` } })))
    expect(wrapper.get('[data-testid="add-ice-server"]').attributes('disabled')).toBeDefined()
  })
})

describe('the dialog of a STUN or TURN server', () => {
  it('asks for user and credential only where they are needed', async () => {
    await open(null)
    expect(wrapper.find('[data-testid="ice-credential"]').exists()).toBe(false)
    await type('ice-url', '  stun:stun.example.org:3478 ')
    expect(await save()).toMatchObject({ server: { url: 'stun:stun.example.org:3478', username: '' } })
    expect(wrapper.emitted('close')).toHaveLength(1)
  })

  it('says what is missing, beside its field, and asks nobody until it is there', async () => {
    await open(null)
    await type('ice-url', 'http://turn.example.org')
    expect(await save()).toBeUndefined()
    expect(wrapper.get('[role="alert"]').text()).toContain('stun:host:port')
    expect(wrapper.get('[data-testid="ice-url"]').attributes('aria-invalid')).toBe('true')
    await type('ice-url', 'turn:turn.example.org')
    expect(await save()).toBeUndefined()
    expect(wrapper.get('[data-testid="ice-username"]').attributes('aria-invalid')).toBe('true')
    await type('ice-username', 'ada')
    expect(await save()).toBeUndefined()
    expect(wrapper.get('[data-testid="ice-credential"]').attributes('aria-invalid')).toBe('true')
    await type('ice-credential', 'top secret')
    expect(await save()).toMatchObject({ server: { url: 'turn:turn.example.org', username: 'ada' }, credential: 'top secret' })
  })

  it('keeps a credential that it never shows', async () => {
    await open(TURN)
    expect(wrapper.get<HTMLInputElement>('[data-testid="ice-credential"]').element.value).toBe('')
    await type('ice-username', 'bo')
    expect(await save()).toEqual({ server: { id: 't', url: 'turn:turn.example.org', username: 'bo' } })
  })

  it('tells that a credential was lost, and what main refused', async () => {
    await open({ ...TURN, hasCredential: false })
    expect(wrapper.text()).toContain('Its credential is missing')
    expect(await save()).toBeUndefined()
    await type('ice-credential', 'given anew')
    main.answers.set('iceServer.save', { ok: false, error: { code: 'ice-server.limit', context: { limit: 8 } } })
    await save()
    expect(wrapper.get('[role="alert"]').text()).toContain('at most 8')
    expect(wrapper.emitted('close')).toBeUndefined()
  })

  it('removes', async () => {
    await open(TURN)
    byName('button', 'Remove').click()
    await flushPromises()
    expect(main.calls.at(-1)).toEqual({ verb: 'iceServer.remove', args: { id: 't' } })
    expect(wrapper.emitted('close')).toHaveLength(1)
  })
})

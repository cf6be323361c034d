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

describe('the test of a STUN or TURN server', () => {
  const status = (): string => wrapper.get('[data-testid="ice-test-result"]').text()
  async function press(name: string): Promise<void> {
    byName('button', name).click()
    await flushPromises()
  }

  it('asks with what was entered, unsaved, and says what is wrong with it instead', async () => {
    await open(null)
    await type('ice-url', 'turn:turn.example.org')
    await press('Test this server')
    expect(main.calls.some(({ verb }) => verb === 'iceServer.test')).toBe(false)
    expect(wrapper.get('[role="alert"]').text()).toContain('user name')
    await type('ice-username', 'ada')
    await type('ice-credential', 'typed')
    main.answers.set('iceServer.test', { ok: true, value: { outcome: 'refused', code: 401 } })
    await press('Test this server')
    expect(main.calls.at(-1)).toMatchObject({
      verb: 'iceServer.test',
      args: { server: { url: 'turn:turn.example.org', username: 'ada' }, credential: 'typed' },
    })
    expect(status()).toContain('does not take this user name and credential')
    // What was found is of what stood there.
    await type('ice-credential', 'another')
    expect(status()).toBe('')
    expect(main.calls.some(({ verb }) => verb === 'iceServer.save')).toBe(false)
  })

  it('of a saved one leaves its credential where it is', async () => {
    await list([TURN])
    main.answers.set('iceServer.test', { ok: true, value: { outcome: 'reachable', address: '203.0.113.7:4000', ms: 24 } })
    await press('Test turn:turn.example.org')
    expect(main.calls.at(-1)?.args).toEqual({ server: TURN.config })
    expect(status()).toBe('It answered after 24 ms: from there you are reached at 203.0.113.7:4000.')
    // The button keeps the focus while it waits: it is not disabled.
    expect(wrapper.get('[data-testid="test-ice-server"]').attributes('disabled')).toBeUndefined()
  })

  it.each([
    [{ outcome: 'reachable', address: null, ms: 3 }, 'nothing stands between'],
    [{ outcome: 'refused', code: 486 }, 'code 486'],
    [{ outcome: 'unknown-host' }, 'name is not known'],
    [{ outcome: 'no-answer' }, '?transport=tcp'],
  ])('says %j with what to do', async (value, words) => {
    await list([STUN])
    main.answers.set('iceServer.test', { ok: true, value })
    await press('Test stun:stun.example.org')
    expect(status()).toContain(words)
  })

  it('that could not be made says so', async () => {
    await list([STUN])
    main.answers.set('iceServer.test', { ok: false, error: { code: 'ice-server.untested', context: {} } })
    await press('Test stun:stun.example.org')
    expect(wrapper.get('[role="alert"]').text()).toContain('could not be tested')
  })
})

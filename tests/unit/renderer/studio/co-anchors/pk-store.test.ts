// @vitest-environment happy-dom
import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { RoomMessage } from '../../../../../electron/shared/room-message'
import type { Snapshot } from '../../../../../electron/shared/snapshot'
import { RoomApiError } from '../../../../../renderer/room/api-request'
import type { CrewApi } from '../../../../../renderer/room/crew-api'
import { usePk } from '../../../../../renderer/studio/room/co-anchors/pk/pk-store'
import { useStudioRoom } from '../../../../../renderer/studio/stores/studio-room'
import { endedPk, FakePk, offeredPk, pkWith, runningPk, withPk } from './fake-pk'
import { onTheMic, refused, seated, tableOf, type Mic } from './on-the-mic'

const START_MS = 1_000_000
const WEST = { title: 'West', userId: 'u_West', state: 'connected', error: null, isLast: false } as const
const MESSAGE: RoomMessage = { v: 1, kind: 'pk', rev: 2, pkId: 'a1', state: 'running', other: { nick: 'West' }, own: 0, others: 0, endsAt: 0, result: null }
let mic: Mic
let api: FakePk
let say: (message: RoomMessage) => void

beforeEach(() => {
  vi.useFakeTimers({ now: START_MS, toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

async function open(pk: FakePk, change: Partial<Snapshot> = {}, onAir = false): Promise<ReturnType<typeof usePk>> {
  mic = await onTheMic({ table: tableOf(onAir ? [seated('West', { seat: 1 })] : []) }, change)
  api = pk
  say = withPk(api)
  const store = usePk()
  await flushPromises()
  return store
}
async function after(store: ReturnType<typeof usePk>, ms: number): Promise<void> {
  vi.setSystemTime(Date.now() + ms)
  store.tick(Date.now())
  await flushPromises()
}
async function hears(view: FakePk['view']): Promise<void> {
  api.view = view
  say(MESSAGE)
  await flushPromises()
}
const drawn = (): unknown[] => mic.main.calls.filter(({ verb }) => verb === 'overlay.pk').map(({ args }) => (args as { pk: unknown }).pk)

describe('the PK is read', () => {
  it('when connected, and when the room is told of it', async () => {
    const store = await open(new FakePk())
    expect(api.reads).toBe(1)
    await hears(runningPk('host', 1_300))
    expect(store.view).toMatchObject({ state: 'running', own: 30 })
    say({ v: 1, kind: 'broadcast', text: 'x' })
    expect(api.reads).toBe(2)
  })

  it.each([
    ['nobody is there', {}, false, pkWith(), false],
    ['somebody on the air may be a room', {}, true, pkWith(), true],
    ['this room is connected with another', { otherRoom: WEST }, false, pkWith(), true],
    ['one is offered', {}, false, offeredPk('host'), true],
    ['the result is not known', {}, false, endedPk({ result: null }), true],
    ['the result is known', {}, false, endedPk(), false],
  ])('every two seconds or not, where %s', async (_, change, onAir, view, again) => {
    const store = await open(new FakePk(view), change, onAir)
    await after(store, 1_000)
    expect(api.reads).toBe(1)
    await after(store, 1_000)
    expect(api.reads).toBe(again ? 2 : 1)
  })

  it('once at a time, and an old answer never replaces that of an act', async () => {
    const store = await open(new FakePk(offeredPk('host')))
    let answer: () => void = () => undefined
    api.gate = new Promise((resolve) => (answer = resolve))
    say(MESSAGE)
    say(MESSAGE)
    await flushPromises()
    expect(api.reads).toBe(2)
    await store.stop()
    expect(store.state).toBe('none')
    answer()
    await flushPromises()
    expect(store.state).toBe('none')
    expect(api.reads).toBe(3)
  })

  it('and is not known in another room', async () => {
    const store = await open(new FakePk(runningPk('host', 1_300)))
    const far = new FakePk()
    useStudioRoom().crew = { pk: () => far.pk() } as unknown as CrewApi
    expect(store.view).toBeNull()
    await flushPromises()
    expect(store.state).toBe('none')
  })
})

describe('what is wished', () => {
  it('is one thing at a time, and its answer is what is shown', async () => {
    const store = await open(new FakePk(pkWith({ rooms: ['u_West'] })))
    api.next = offeredPk('host')
    const done = store.start('u_West', 300)
    expect(await store.stop()).toBe(false)
    expect(await done).toBe(true)
    expect(api.acts).toEqual([['start', 'u_West', 300]])
    expect(store.offerEndsAtMs).toBe(START_MS + 30_000)
  })

  it('is refused in the words of the room, and what is true then is read', async () => {
    const store = await open(new FakePk(offeredPk('guest')))
    api.refuse = refused('pk.none')
    api.view = pkWith()
    expect(await store.answer(true)).toBe(false)
    await flushPromises()
    expect(store.trouble).toEqual({ kind: 'said', message: 'pk.none.', remedy: 'Wait.' })
    expect(store.state).toBe('none')
    api.refuse = new RoomApiError('unreachable')
    await store.answer(true)
    expect(store.trouble).toEqual({ kind: 'offline' })
  })
})

describe('the program', () => {
  const running = { own: { name: 'A show', coins: 30 }, other: { name: 'West', coins: 10 }, endsAtMs: 1_300_000, result: null }
  const won = { ...running, endsAtMs: null, result: 'won' }

  it('shows it while it runs and ten seconds of its result, each change once', async () => {
    const store = await open(new FakePk())
    expect(drawn()).toEqual([null])
    await hears(offeredPk('host'))
    await hears(runningPk('host', 1_300))
    await hears(runningPk('host', 1_300, { rev: 9 }))
    expect(drawn()).toEqual([null, running])
    await hears(endedPk())
    await after(store, 9_000)
    expect(drawn().slice(2)).toEqual([won])
    await after(store, 1_000)
    expect(drawn().slice(2)).toEqual([won, null])
  })

  it('shows a late result ten seconds more', async () => {
    const store = await open(new FakePk(runningPk('guest', 1_300)))
    await hears(endedPk({ side: 'guest', result: null }))
    await after(store, 11_000)
    expect(drawn().at(-1)).toBeNull()
    await hears(endedPk({ side: 'guest', result: 'lost' }))
    expect(drawn().at(-1)).toMatchObject({ result: 'lost' })
  })

  it('shows nothing of one that was put away, or was over before this window looked', async () => {
    const store = await open(new FakePk(endedPk()))
    expect(drawn()).toEqual([null])
    await hears(runningPk('host', 1_300, { pkId: 'a2' }))
    await hears(endedPk({ pkId: 'a2' }))
    expect(drawn().at(-1)).toEqual(won)
    await store.stop()
    expect(drawn().at(-1)).toBeNull()
  })

  it('keeps what it shows while nothing is known', async () => {
    await open(new FakePk(runningPk('host', 1_300)))
    useStudioRoom().crew = null
    await flushPromises()
    expect(drawn()).toEqual([running])
  })

  it('has the anchor’s name where there is one, and no turned directions of the other', async () => {
    await open(new FakePk(runningPk('host', 1_300, { other: { nick: '\u202eWe\nst' } })))
    mic.main.patch({ version: 2, changed: { settings: { ...snapshotSettings(mic), anchorName: 'Ada' } } })
    await flushPromises()
    expect(drawn().at(-1)).toMatchObject({ own: { name: 'Ada' }, other: { name: 'We st' } })
  })

  it('shows nothing in a rehearsal', async () => {
    await open(new FakePk(runningPk('host', 1_300)), { rehearsal: { name: 'running', endsAtMs: 0 } })
    expect(drawn()).toEqual([null])
  })
})

function snapshotSettings({ main }: Mic): Snapshot['settings'] {
  const answer = main.answers.get('state.get')
  if (answer?.ok !== true) throw new Error('no state')
  return (answer.value as Snapshot).settings
}

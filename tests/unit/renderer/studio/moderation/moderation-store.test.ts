// @vitest-environment happy-dom
import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RoomApiError } from '../../../../../renderer/room/api-request'
import type { CrewApi } from '../../../../../renderer/room/crew-api'
import { useMeasures } from '../../../../../renderer/studio/room/moderation/measures-store'
import { useModeration } from '../../../../../renderer/studio/room/moderation/moderation-store'
import { personTarget, targetOf, type ModerationTarget } from '../../../../../renderer/studio/room/moderation/target'
import { useStudioRoom } from '../../../../../renderer/studio/stores/studio-room'
import { crewRoom, FakeCrew, said } from './fake-crew'
import type { FakeMain } from '../mounted'

const BO = targetOf(said(7, 'u-bo')) as ModerationTarget
let crew: FakeCrew
let main: FakeMain

beforeEach(() => {
  ;({ crew, main } = crewRoom())
})
afterEach(() => vi.unstubAllGlobals())

const refusal = (): RoomApiError => new RoomApiError('refused', { code: 'moderation.protected', message: 'Cannot be moderated.', remedy: 'Ask the anchor.' })
/** Answers wait until the returned function is called. */
function closeGate(): () => void {
  let open = (): void => undefined
  crew.gate = new Promise((resolve) => (open = resolve))
  return () => open()
}

describe('an act', () => {
  it('is shown at once, marked as on its way, and stands when the backend has it', async () => {
    const moderation = useModeration()
    const open = closeGate()
    const doing = moderation.act('mute-10', BO)
    const before = moderation.stateOf('u-bo', Date.now())
    expect(before.pending).toBe(true)
    expect(before.mute).toMatchObject({ scope: 'timed' })
    open()
    await doing
    expect(moderation.stateOf('u-bo', Date.now())).toMatchObject({ pending: false, mute: { scope: 'timed' } })
    expect(moderation.toasts.map(({ kind, label }) => [kind, label.act, label.name])).toEqual([['done', 'mute-10', 'Nick 7']])
  })

  it('that is refused leaves nothing behind but the backend’s own words', async () => {
    const moderation = useModeration()
    crew.fail = refusal()
    await moderation.act('block', BO)
    expect(moderation.stateOf('u-bo', Date.now())).toEqual({ mute: null, block: null, pending: false })
    expect(moderation.toasts).toMatchObject([{ kind: 'failed', trouble: { kind: 'said', message: 'Cannot be moderated.', remedy: 'Ask the anchor.' } }])
    expect(moderation.done).toEqual([])
  })

  it('without a room says so', async () => {
    useStudioRoom().crew = null
    const moderation = useModeration()
    expect(await moderation.act('mute-1', BO)).toEqual({ kind: 'offline' })
    expect(moderation.toasts).toMatchObject([{ kind: 'failed', trouble: { kind: 'offline' } }])
  })

  it('pressed twice is done once', async () => {
    const moderation = useModeration()
    const open = closeGate()
    const both = [moderation.act('mute-1', BO), moderation.act('mute-1', BO)]
    open()
    await Promise.all(both)
    expect(crew.calls).toHaveLength(1)
  })

  it('on a message without a number is not tried', async () => {
    expect(await useModeration().act('delete', personTarget('u-bo', 'Bo'))).toEqual({ kind: 'not-numbered' })
    expect(crew.calls).toEqual([])
  })

  it('with a fault of the program is not taken for a refusal', async () => {
    crew.fail = new TypeError('a bug')
    await expect(useModeration().act('mute-1', BO)).rejects.toThrow('a bug')
  })
})

describe('undo', () => {
  it('is by the number of the entry that was made, newest first', async () => {
    const moderation = useModeration()
    await moderation.act('mute-1', BO)
    await moderation.act('remove', personTarget('u-cy', 'Cy'))
    await moderation.undo()
    await moderation.undo()
    await moderation.undo()
    expect(crew.calls.filter(({ name }) => name === 'undo').map(({ about }) => about)).toEqual([2, 1])
    expect(moderation.toasts.map(({ kind }) => kind)).toEqual(['undone', 'undone'])
  })

  it('pressed while the act is on its way takes back that act, never an older one', async () => {
    const moderation = useModeration()
    await moderation.act('mute-1', BO)
    const open = closeGate()
    const acting = moderation.act('remove', personTarget('u-cy', 'Cy'))
    const undoing = moderation.undo()
    await flushPromises()
    expect(crew.calls.map(({ name }) => name)).toEqual(['mute', 'remove'])
    open()
    await Promise.all([acting, undoing])
    expect(crew.calls.slice(2)).toMatchObject([{ name: 'undo', about: 2 }])
    await moderation.undo()
    expect(crew.calls.slice(3)).toMatchObject([{ name: 'undo', about: 1 }])
  })

  it('pressed twice while two acts are on their way takes back both', async () => {
    const moderation = useModeration()
    const open = closeGate()
    const all = [moderation.act('mute-1', BO), moderation.act('remove', personTarget('u-cy', 'Cy')), moderation.undo(), moderation.undo()]
    open()
    await Promise.all(all)
    expect(
      crew.calls
        .slice(2)
        .map(({ about }) => about)
        .sort(),
    ).toEqual([1, 2])
  })

  it('of an act on its way that is refused takes back nothing', async () => {
    const moderation = useModeration()
    await moderation.act('mute-1', BO)
    const open = closeGate()
    crew.fail = refusal()
    const acting = moderation.act('remove', personTarget('u-cy', 'Cy'))
    const undoing = moderation.undo()
    open()
    await Promise.all([acting, undoing])
    expect(crew.calls.map(({ name }) => name)).toEqual(['mute', 'remove'])
    expect(moderation.toasts.map(({ kind }) => kind)).toEqual(['done', 'failed'])
  })

  it('of a panic on its way waits for all of it', async () => {
    const moderation = useModeration()
    const open = closeGate()
    const all = [moderation.panic({ muteAll: true, slowModeSec: 30, cover: false }, ''), moderation.undo()]
    open()
    await Promise.all(all)
    expect(crew.calls.slice(2).map(({ name, about }) => [name, about])).toEqual([
      ['undo', 2],
      ['undo', 1],
    ])
  })

  it('is never about another room: that of a rehearsal, or the real one after it', async () => {
    const moderation = useModeration()
    await moderation.act('mute-1', BO)
    const open = closeGate()
    const acting = moderation.act('remove', personTarget('u-cy', 'Cy'))
    const other = new FakeCrew()
    useStudioRoom().crew = other as unknown as CrewApi
    open()
    await acting
    await moderation.undo()
    expect([crew, other].flatMap(({ calls }) => calls.filter(({ name }) => name === 'undo'))).toEqual([])
    expect(moderation.toasts.filter((toast) => toast.kind === 'done' && toast.done !== null)).toEqual([])
  })

  it('of several acts goes on after one that was refused, and keeps what nobody answered', async () => {
    const moderation = useModeration()
    await moderation.panic({ muteAll: true, slowModeSec: 30, cover: false }, '')
    crew.fail = new RoomApiError('unreachable')
    await moderation.undo()
    expect(crew.calls.slice(2).map(({ about }) => about)).toEqual([2, 1])
    // Only what was not answered is tried again.
    await moderation.undo()
    expect(crew.calls.slice(4)).toMatchObject([{ name: 'undo', about: 2 }])
    await moderation.panic({ muteAll: true, slowModeSec: 60, cover: false }, '')
    crew.fail = refusal()
    await moderation.undo()
    expect(moderation.done).toEqual([])
  })

  it('of a deleted message is not offered', async () => {
    const moderation = useModeration()
    await moderation.act('delete', BO)
    expect(crew.calls).toMatchObject([{ name: 'delete', about: 7 }])
    expect(moderation.toasts).toMatchObject([{ kind: 'done', done: null }])
    expect(moderation.done).toEqual([])
  })

  it('that nobody answered can be tried again, one that was refused cannot', async () => {
    const moderation = useModeration()
    await moderation.act('mute-1', BO)
    crew.fail = new RoomApiError('unreachable')
    await moderation.undo()
    expect(moderation.done).toHaveLength(1)
    crew.fail = new RoomApiError('refused', { code: 'audit.not-undoable', message: 'This cannot be undone.', remedy: 'Nothing was changed.' })
    await moderation.undo()
    expect(moderation.done).toHaveLength(0)
    expect(moderation.toasts.at(-1)).toMatchObject({ kind: 'not-undone', trouble: { message: 'This cannot be undone.' } })
  })
})

describe('panic', () => {
  const SET = { muteAll: true, slowModeSec: 30, cover: false }

  it('takes its measures at once and is undone as one', async () => {
    const moderation = useModeration()
    await moderation.panic(SET, 'Panic button')
    expect(crew.calls).toEqual([
      { name: 'mute-all', about: true, reason: 'Panic button' },
      { name: 'slow-mode', about: 30, reason: 'Panic button' },
    ])
    expect([moderation.muteAll, moderation.slowModeSec]).toEqual([true, 30])
    await moderation.undo()
    expect(crew.calls.slice(2).map(({ name, about }) => [name, about])).toEqual([
      ['undo', 2],
      ['undo', 1],
    ])
  })

  it('does not loosen what holds already, and covers nothing while off air', async () => {
    const moderation = useModeration()
    crew.now = { ...crew.now, muteAll: true, slowModeSec: 60 }
    await useMeasures().refresh()
    await moderation.panic({ ...SET, cover: true }, '')
    expect(crew.calls).toEqual([])
    expect(main.calls.filter(({ verb }) => verb === 'session.setPaused')).toEqual([])
  })

  it('tells what failed, and does the rest', async () => {
    const moderation = useModeration()
    crew.fail = refusal()
    await moderation.panic(SET, '')
    expect(moderation.toasts.map(({ kind }) => kind)).toEqual(['failed', 'done'])
  })
})

describe('what holds', () => {
  it('is asked for anew at each word of the room, once more for words that came meanwhile', async () => {
    const listeners: ((message: never) => void)[] = []
    const studioRoom = useStudioRoom()
    studioRoom.listen = (listener) => {
      listeners.push(listener as (message: never) => void)
      return () => undefined
    }
    const measures = useMeasures()
    crew.now = { ...crew.now, mutes: [{ userId: 'u-bo', scope: 'forever', until: 0, reason: '' }] }
    const say = (kind: string): void => listeners.forEach((listener) => listener({ v: 1, kind } as never))
    for (let word = 0; word < 5; word += 1) say('mute')
    say('counters')
    await flushPromises()
    expect(crew.asked).toBe(2)
    expect(measures.muteOf('u-bo', Date.now())).toMatchObject({ scope: 'forever' })
    // Another studio lets them speak; an older word is said once more by the room's history.
    crew.now = { ...crew.now, mutes: [] }
    say('unmute')
    say('mute')
    await flushPromises()
    expect(measures.muteOf('u-bo', Date.now())).toBeNull()
  })

  it('for a time is over when the time is', async () => {
    const measures = useMeasures()
    crew.now = { ...crew.now, mutes: [{ userId: 'u-bo', scope: 'timed', until: 1_000, reason: '' }] }
    await measures.refresh()
    expect(measures.muteOf('u-bo', 999_000)).not.toBeNull()
    expect(measures.muteOf('u-bo', 1_000_000)).toBeNull()
  })
})

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { answerData, questionData } from '../../../../electron/shared/asking'
import { useAsking } from '../../../../renderer/room/asking-store'
import { makeRoom, snapshotWith, type Rig } from './fake-room'

let rig: Rig
const settle = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

async function comeIn(role: 'viewer' | 'anchor' = 'viewer'): Promise<void> {
  const snapshot = snapshotWith()
  rig.api.snapshotNow = { ...snapshot, me: { ...snapshot.me, role } }
  await rig.room.enter()
  await rig.room.connect()
  await settle(200)
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] })
  rig = makeRoom()
})
afterEach(async () => {
  await rig.room.close()
  expect(vi.getTimerCount(), 'a closed room has no timer').toBe(0)
  vi.useRealTimers()
})

describe('a viewer', () => {
  beforeEach(() => comeIn())
  const own = (): string => [useAsking().own.state, useAsking().own.reason].filter(Boolean).join(' ')

  it('asks the anchor, and is accepted', async () => {
    await rig.room.askForMic()
    expect(rig.line.asked).toEqual([{ userId: 'anchor', data: questionData('co-anchor-apply', 'program'), seconds: 30 }])
    expect(useAsking().own).toEqual({ state: 'asking', reason: '', endsAtMs: Date.now() + 30_000 })
    rig.line.handlers.onAsking({ kind: 'answered', inviteId: 'question-1', accepted: true, data: answerData('') })
    expect(own()).toBe('accepted')
  })

  it.each([
    ['full', 'declined full'],
    ['blocked', 'declined blocked'],
    ['declined', 'declined declined'],
  ] as const)('is told why not: %s', async (reason, told) => {
    await rig.room.askForMic()
    rig.line.handlers.onAsking({ kind: 'answered', inviteId: 'question-1', accepted: false, data: answerData(reason) })
    expect(own()).toBe(told)
  })

  it('takes a refusal without words as one', async () => {
    await rig.room.askForMic()
    rig.line.handlers.onAsking({ kind: 'answered', inviteId: 'question-1', accepted: false, data: '{"busy' })
    expect(own()).toBe('declined declined')
  })

  it('asks once at a time, and is over after half a minute, whether or not the service says so', async () => {
    await rig.room.askForMic()
    await rig.room.askForMic()
    expect(rig.line.asked).toHaveLength(1)
    await settle(30_000)
    expect(own()).toBe('timed-out')
    await rig.room.askForMic()
    rig.line.handlers.onAsking({ kind: 'timed-out', inviteId: 'question-1' })
    expect(own(), 'late news of the first question').toBe('asking')
    rig.line.handlers.onAsking({ kind: 'timed-out', inviteId: 'question-2' })
    expect(own()).toBe('timed-out')
  })

  it('thinks better of it, also while the question is on its way', async () => {
    await rig.room.askForMic()
    await rig.room.withdraw()
    expect([own(), rig.line.takenBack]).toEqual(['none', ['question-1']])
    const asking = rig.room.askForMic()
    await rig.room.withdraw()
    await asking
    expect([own(), rig.line.takenBack]).toEqual(['none', ['question-1', 'question-2']])
  })

  it('is told that it did not get through', async () => {
    rig.line.refuse = Object.assign(new Error('gone'), { code: 2801 })
    await rig.room.askForMic()
    expect(own()).toBe('failed')
  })

  it('is asked by the anchor, and answers', async () => {
    rig.line.handlers.onAsking({ kind: 'asked', inviteId: 'i-1', from: 'anchor', data: questionData('co-anchor-invite', 'program') })
    expect(useAsking().invited).toMatchObject({ inviteId: 'i-1', endsAtMs: Date.now() + 30_000 })
    expect(await rig.room.answerInvitation(true)).toBe(true)
    expect([useAsking().invited, rig.line.answers]).toEqual([null, [{ inviteId: 'i-1', accept: true, data: answerData('') }]])
    expect(await rig.room.answerInvitation(true), 'there is none any more').toBe(false)
  })

  it('sees an invitation go: called off, or stood for too long', async () => {
    const ask = (inviteId: string): void =>
      rig.line.handlers.onAsking({ kind: 'asked', inviteId, from: 'anchor', data: questionData('co-anchor-invite', 'program') })
    ask('i-1')
    rig.line.handlers.onAsking({ kind: 'taken-back', inviteId: 'i-1' })
    expect(useAsking().invited).toBeNull()
    ask('i-2')
    await settle(30_000)
    expect(useAsking().invited).toBeNull()
  })

  it('hears nothing from strangers who play the crew, of other rooms, of nonsense, and no applications', () => {
    const { onAsking } = rig.line.handlers
    onAsking({ kind: 'asked', inviteId: 'i-1', from: 'g-stranger', data: questionData('co-anchor-invite', 'program') })
    onAsking({ kind: 'asked', inviteId: 'i-2', from: 'anchor', data: questionData('co-anchor-invite', 'another') })
    onAsking({ kind: 'asked', inviteId: 'i-3', from: 'anchor', data: 'x'.repeat(10_000) })
    onAsking({ kind: 'asked', inviteId: 'i-4', from: 'anchor', data: '{"v":2}' })
    onAsking({ kind: 'asked', inviteId: 'i-5', from: 'g-bo', data: questionData('co-anchor-apply', 'program') })
    expect([useAsking().invited, useAsking().applications]).toEqual([null, []])
  })
})

describe('the crew', () => {
  beforeEach(() => comeIn('anchor'))
  const applies = (inviteId: string, from: string): void =>
    rig.line.handlers.onAsking({ kind: 'asked', inviteId, from, data: questionData('co-anchor-apply', 'program') })
  const open = (): readonly string[] => useAsking().applications.map(({ inviteId }) => inviteId)

  it('reads who asks, with the name and the level that the chat knows, oldest first', async () => {
    const said = { id: 'm-1', msgSeq: 7, userId: 'g-bo', nick: 'Bo <b>', level: 4, role: 'viewer' as const, text: 'hello' }
    rig.line.handlers.onHeard({ kind: 'said', said })
    rig.line.nicks.set('g-cy', 'Cy')
    applies('a-1', 'g-bo')
    await settle(1_000)
    applies('a-2', 'g-cy')
    await settle()
    expect(useAsking().applications).toMatchObject([
      { inviteId: 'a-1', userId: 'g-bo', nick: 'Bo <b>', level: 4 },
      { inviteId: 'a-2', userId: 'g-cy', nick: 'Cy', level: 0 },
    ])
  })

  it('has one question of each, which goes when it is answered, taken back or over', async () => {
    applies('a-1', 'g-bo')
    applies('a-2', 'g-bo')
    expect(open()).toEqual(['a-2'])
    applies('a-3', 'g-cy')
    applies('a-4', 'g-di')
    expect(await rig.room.acceptApplication('a-3')).toBe(true)
    expect(await rig.room.declineApplication('a-4', 'full')).toBe(true)
    expect([open(), rig.line.answers]).toEqual([
      ['a-2'],
      [
        { inviteId: 'a-3', accept: true, data: answerData('') },
        { inviteId: 'a-4', accept: false, data: answerData('full') },
      ],
    ])
    rig.line.handlers.onAsking({ kind: 'taken-back', inviteId: 'a-2' })
    applies('a-5', 'g-bo')
    await settle(29_000)
    applies('a-6', 'g-di')
    expect(open()).toEqual(['a-5', 'a-6'])
    await settle(1_000)
    expect(open()).toEqual(['a-6'])
  })

  it('keeps no more questions than somebody can read', () => {
    for (let at = 0; at < 80; at += 1) applies(`a-${at}`, `g-${at}`)
    expect(open()).toHaveLength(50)
  })

  it('asks a viewer, and reads what came of it', async () => {
    expect(await rig.room.inviteToMic('g-bo', 'Bo')).toBe(true)
    expect(await rig.room.inviteToMic('g-bo', 'Bo'), 'asked already').toBe(true)
    expect(await rig.room.inviteToMic('g-cy', 'Cy')).toBe(true)
    expect(rig.line.asked.map(({ userId, data }) => [userId, data])).toEqual([
      ['g-bo', questionData('co-anchor-invite', 'program')],
      ['g-cy', questionData('co-anchor-invite', 'program')],
    ])
    rig.line.handlers.onAsking({ kind: 'answered', inviteId: 'question-1', accepted: true, data: answerData('') })
    await rig.room.cancelInvitation('question-2')
    await rig.room.inviteToMic('g-di', 'Di')
    await settle(30_000)
    expect(useAsking().invitations.map(({ nick, state }) => `${nick} ${state}`)).toEqual(['Bo accepted', 'Cy cancelled', 'Di timed-out'])
    rig.line.refuse = Object.assign(new Error('gone'), { code: 2801 })
    expect(await rig.room.inviteToMic('g-ed', 'Ed')).toBe(false)
  })
})

it('leaves nothing behind when the page goes to another room', async () => {
  await comeIn('anchor')
  rig.line.handlers.onAsking({ kind: 'asked', inviteId: 'a-1', from: 'g-bo', data: questionData('co-anchor-apply', 'program') })
  await rig.room.inviteToMic('g-cy', 'Cy')
  await rig.room.close()
  expect([useAsking().applications, useAsking().invitations]).toEqual([[], []])
})

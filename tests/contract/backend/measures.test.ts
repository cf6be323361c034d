import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AuditPage, Muted, Penalties, PersonCard, WordTest } from '../../../electron/shared/crew-api'
import { until } from '../../support/until'
import type { ApiClient } from './support/api-client'
import { ROOM } from './support/cloud-backend'
import { HOUSES, toldIn, type House } from './support/house'

const DEADLINE_MS = 20_000
const at = (path: string): string => `/api/rooms/${ROOM}/${path}`
let house: House
let anchor: ApiClient
let viewer: ApiClient

const entryOf = async (method: string, path: string, body?: unknown): Promise<number> => (await anchor.ok<{ entry: number }>(method, at(path), body)).entry
const audit = (): Promise<AuditPage> => anchor.ok<AuditPage>('GET', at('audit'))
const told = (kind: string): Promise<Record<string, unknown>> =>
  until(() => toldIn(house).find((message) => message['kind'] === kind) ?? null, DEADLINE_MS, kind)

describe.each(HOUSES)('what the studio needs of moderation, with $name', ({ open }) => {
  beforeEach(async () => {
    house = await open()
    anchor = await house.anchor()
    viewer = await house.guest('Bo')
    await anchor.ok('PUT', at('status'), { status: 'live' })
    await house.join(viewer)
  })
  afterEach(() => house.close())

  it('each measure answers with its entry in the log, and that entry is the one that is undone', async () => {
    const muted = await anchor.ok<Muted>('PUT', at(`mutes/${viewer.userId}`), { scope: 'timed', seconds: 60, reason: 'loud' })
    expect(muted).toMatchObject({ userId: viewer.userId, scope: 'timed', reason: 'loud' })
    const entries = [
      muted.entry,
      await entryOf('DELETE', `mutes/${viewer.userId}`),
      await entryOf('PUT', 'mute-all', { on: true }),
      await entryOf('PUT', 'slow-mode', { seconds: 30 }),
      await entryOf('POST', 'removals', { userIds: [viewer.userId], scope: 'show' }),
      await entryOf('DELETE', `blocks/${viewer.userId}`),
    ]
    const { entries: kept } = await audit()
    expect(kept.map(({ id }) => id).reverse()).toEqual(entries)
    expect(kept.map(({ action }) => action).reverse()).toEqual(['mute', 'unmute', 'mute-all', 'slow-mode', 'remove', 'unblock'])

    const undoing = await entryOf('POST', `audit/${entries[3] ?? 0}/undo`, {})
    const after = await audit()
    expect(after.entries[0]).toMatchObject({ id: undoing, action: 'undo' })
    expect(after.entries.find(({ id }) => id === entries[3])?.undoneBy).toBe(anchor.userId)
    expect(await anchor.ok('GET', at('penalties'))).toMatchObject({ muteAll: true, slowModeSec: 0 })
  })

  it('who was let in again is told to the room', async () => {
    await anchor.ok('POST', at('removals'), { userIds: [viewer.userId], scope: 'forever' })
    await anchor.ok('DELETE', at(`blocks/${viewer.userId}`))
    expect(await told('unblock')).toMatchObject({ userIds: [viewer.userId] })
  })

  it('penalties and log name the people', async () => {
    await anchor.ok('PUT', at(`mutes/${viewer.userId}`), { scope: 'show' })
    await anchor.ok('POST', at('removals'), { userIds: ['nobody_known'], scope: 'forever' })
    const penalties = await anchor.ok<Penalties>('GET', at('penalties'))
    expect(penalties).toMatchObject({ muteAll: false, slowModeSec: 0 })
    expect(penalties.names).toEqual({ [viewer.userId]: 'Bo', nobody_known: 'nobody_known' })
    expect((await audit()).names).toMatchObject({ [viewer.userId]: 'Bo', [anchor.userId]: 'Ada' })
  })

  it('a deleted message is in the log with its author', async () => {
    expect(await house.say(viewer, 'hello')).toBe(0)
    const msgSeq = await until(
      async () => (await viewer.ok<{ messages: { msgSeq: number }[] }>('GET', at('history'))).messages[0]?.msgSeq ?? null,
      DEADLINE_MS,
      'the history',
    )
    const entry = await entryOf('DELETE', `messages/${msgSeq}?reason=rude`)
    expect((await audit()).entries[0]).toMatchObject({ id: entry, action: 'delete-message', target: viewer.userId, reason: 'rude' })
  })

  it('a person’s card tells who it is, since when, and what holds', async () => {
    await anchor.ok('PUT', at(`mutes/${viewer.userId}`), { scope: 'forever', reason: 'loud' })
    await anchor.ok('PUT', `/api/people/${viewer.userId}/membership`, { member: true })
    const card = await anchor.ok<PersonCard>('GET', at(`people/${viewer.userId}`))
    expect(card).toMatchObject({
      userId: viewer.userId,
      nick: 'Bo',
      role: 'viewer',
      member: true,
      follows: false,
      mute: { scope: 'forever', reason: 'loud' },
      block: null,
    })
    expect(card.joinedAt).not.toBeNull()
    const stranger = await anchor.ok<PersonCard>('GET', at('people/nobody_known'))
    expect(stranger).toMatchObject({ nick: 'nobody_known', joinedAt: null, mute: null, block: null })
    expect(await viewer.refused('GET', at(`people/${viewer.userId}`))).toBe('auth.forbidden')
  })

  it('a text is tried against the list as a message would be', async () => {
    const words = [
      { word: 'darn', action: 'mask' },
      { word: 'heck', action: 'refuse' },
      { word: '坏话', action: 'drop' },
      { word: '!!', action: 'mask' },
    ]
    expect(await anchor.ok('PUT', '/api/words', { words })).toEqual({ words: 4, unusable: ['!!'] })
    const tried = (text: string): Promise<WordTest> => anchor.ok<WordTest>('POST', '/api/words/test', { text })
    expect(await tried('a fine day')).toEqual({ verdict: 'pass', shown: 'a fine day', matches: [] })
    expect(await tried('well D-A-R-N it')).toEqual({
      verdict: 'mask',
      shown: 'well ******* it',
      matches: [{ word: 'darn', action: 'mask', start: 5, end: 12 }],
    })
    expect(await tried('darn heck')).toMatchObject({ verdict: 'refuse', shown: '', matches: [{ word: 'darn' }, { word: 'heck' }] })
    expect(await tried('heck，坏话')).toMatchObject({ verdict: 'drop', shown: '' })
    // What is tried is judged as what is said.
    expect(await house.say(viewer, 'oh heck')).toBe(10_104)
    expect(await viewer.refused('POST', '/api/words/test', { text: 'darn' })).toBe('auth.forbidden')
    expect(await house.nobody().refused('POST', '/api/words/test', { text: 'darn' })).toBe('auth.missing')
    expect(await anchor.refused('POST', '/api/words/test', { text: 'x'.repeat(8_001) })).toBe('request.invalid')
  })
})

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../../support/until'
import type { ApiClient } from './support/api-client'
import { CloudBackend, ROOM, type CloudBackendOptions } from './support/cloud-backend'

/**
 * What an IM far away does and the one in the same process never: it is away, refuses, drops a message of its own choice, sends no callbacks. So
 * this is seen at the stand-in alone.
 */
const DEADLINE_MS = 20_000
let house: CloudBackend
let anchor: ApiClient
let viewer: ApiClient

async function begin(options: CloudBackendOptions = {}): Promise<void> {
  house = await CloudBackend.start(options)
  anchor = await house.anchor()
  viewer = await house.guest('Bo')
  await anchor.ok('PUT', `/api/rooms/${ROOM}/status`, { status: 'live' })
  await house.cloud.join(ROOM, viewer.userId)
}
beforeEach(() => begin())
afterEach(() => house.close())

const says = (text: string, who = viewer): ReturnType<typeof house.cloud.say> => house.cloud.say(ROOM, who.userId, text)

describe('what is written and not told yet', () => {
  it('survives an IM that is away', async () => {
    house.cloud.intercept = (call) => (call.command.endsWith('send_group_msg') ? 'hang-up' : null)
    await anchor.ok('PUT', `/api/rooms/${ROOM}/notice`, { text: 'Written while IM was away' })
    await house.shut()
    house.cloud.intercept = () => null
    await house.open()
    anchor = await house.anchor()
    const notices = (): unknown[] => house.cloud.told(ROOM).filter((message) => message['kind'] === 'notice')
    await until(() => (notices().length > 0 ? true : null), DEADLINE_MS, 'the notice')
    expect(notices()).toMatchObject([{ notice: { form: 'plain', text: 'Written while IM was away' } }])
  })

  it('converges when another writes the attributes at the same time (10056)', async () => {
    let conflicts = 0
    house.cloud.intercept = (call) => {
      if (!call.command.endsWith('modify_group_attr') || conflicts >= 3) return null
      conflicts += 1
      // The other writer was first, with a key of its own.
      house.cloud.group(ROOM).attributes.set('other', `${conflicts}`)
      return { ErrorCode: 10056 }
    }
    await anchor.ok('PUT', `/api/rooms/${ROOM}/notice`, { text: 'After the race' })
    await until(() => (house.cloud.group(ROOM).attributes.get('notice')?.includes('After the race') === true ? true : null), DEADLINE_MS, 'the board')
    expect(house.cloud.group(ROOM).attributes.get('other')).toBe('3')
    house.cloud.intercept = () => null
  })
})

describe('an instance that does not lead', () => {
  const notices = (): readonly unknown[] => house.cloud.told(ROOM).filter(({ kind }) => kind === 'notice')
  const boardSays = (text: string): Promise<true> =>
    until(() => (house.cloud.group(ROOM).attributes.get('notice')?.includes(text) === true ? true : null), DEADLINE_MS, 'the board')

  it('keeps what it has to tell until it leads', async () => {
    await house.close()
    let leads = true
    await begin({ more: { mayTell: () => leads } })
    leads = false
    await anchor.ok('PUT', `/api/rooms/${ROOM}/notice`, { text: 'For later' })
    // IM is heard yet, and this takes as long as a call to it.
    for (let times = 0; times < 5; times += 1) await says('hello')
    expect(notices()).toEqual([])
    expect(house.cloud.group(ROOM).attributes.get('notice')).not.toContain('For later')
    leads = true
    await boardSays('For later')
    await until(() => (notices().length > 0 ? true : null), DEADLINE_MS, 'the notice')
    expect(notices()).toHaveLength(1)
  })

  it('says nothing any more once it is halted, and the next one says it', async () => {
    await until(() => (house.backend.untold === 0 ? true : null), DEADLINE_MS, 'all to be told')
    house.backend.halt()
    await anchor.ok('PUT', `/api/rooms/${ROOM}/notice`, { text: 'For the next one' })
    // IM is heard yet, and this takes as long as a call to it.
    for (let times = 0; times < 5; times += 1) await says('hello')
    await house.shut()
    // What was on its way before may have come.
    expect(JSON.stringify(house.cloud.calls)).not.toContain('For the next one')
    await house.open()
    await until(() => (notices().length > 0 ? true : null), DEADLINE_MS, 'the notice')
    expect(notices()).toHaveLength(1)
  })
})

describe('losses', () => {
  it('are what was let pass and not delivered', async () => {
    house.cloud.drops = ({ body }) => /[05]$/.test(String(body[0]?.MsgContent['Text']))
    for (let number = 0; number < 50; number += 1) await says(`message ${number}`)
    const losses = await until(
      async () => {
        const answer = await anchor.ok<{ known: boolean; total?: Record<string, { sent: number; delivered: number; lost: number; waiting: number }> }>(
          'GET',
          `/api/rooms/${ROOM}/losses`,
        )
        return answer.total?.['Normal']?.waiting === 0 ? answer.total : null
      },
      30_000,
      'all to be judged',
    )
    expect(losses['Normal']).toEqual({ sent: 50, delivered: 40, lost: 10, waiting: 0 })
  })

  it('are not known without callbacks, and that is said', async () => {
    await house.close()
    await begin({ callbacks: false })
    expect(await anchor.ok('GET', `/api/rooms/${ROOM}/losses`)).toEqual({ known: false, reason: 'no-callbacks' })
    await until(async () => ((await house.nobody().ok('GET', '/api/health'))['callbacks'] === 'missing' ? true : null), 20_000, 'the callbacks to be missed')
    expect((await viewer.snapshot(ROOM)).callbacks).toBe('missing')
  })
})

describe('a broadcast', () => {
  it('goes to each room where IM turns out to have none', async () => {
    await anchor.ok('POST', '/api/rooms', { roomId: 'second', title: 'Second' })
    house.cloud.intercept = (call) => (call.command.endsWith('send_broadcast_msg') ? { ErrorCode: 10_007 } : null)
    expect(await anchor.ok('POST', '/api/broadcast', { text: 'Maintenance' })).toEqual({ by: 'each-room' })
    for (const room of [ROOM, 'second'])
      await until(() => (house.cloud.told(room).some((message) => message['kind'] === 'broadcast') ? true : null), DEADLINE_MS, room)
  })
})

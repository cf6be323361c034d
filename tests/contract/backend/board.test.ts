import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Board } from '../../../electron/room-server/backend/chat/board'
import { ChatRest } from '../../../electron/room-server/backend/chat/chat-rest'
import { systemClock } from '../../../electron/room-server/backend/clock'
import type { BackendConfig } from '../../../electron/room-server/backend/config'
import { EDITIONS } from '../../../electron/shared/edition'
import { until } from '../../support/until'
import { Chance, countFrom } from '../im/support/random'
import { WireClient } from '../im/support/wire-client'
import type { ApiClient } from './support/api-client'
import { APP, ROOM } from './support/cloud-backend'
import { CloudHouse } from './support/cloud-house'
import { EmbeddedBackend } from './support/embedded-backend'
import { HOUSES, type House } from './support/house'
import { groupOf } from './support/im-view'

const DEADLINE_MS = 20_000
const ROUNDS = countFrom('ANCHORDESK_RACES', 60)
const KEYS = ['one', 'two', 'three'] as const
let house: House
let anchor: ApiClient
const warnings: string[] = []

/** A writer of its own, as another process of the backend is. */
function writer(): Board {
  const config: BackendConfig = {
    chat: {
      restBase: () => house.restBase,
      sdkAppId: APP.sdkAppId,
      secretKey: APP.key,
      admin: APP.admin,
      callbackToken: null,
      edition: EDITIONS.enterprise,
      wire: 'cloud',
    },
    programRoom: ROOM,
    title: '',
    log: (_level, message) => void warnings.push(message),
  }
  return new Board(new ChatRest(config.chat, systemClock), config)
}
const attribute = async (key: string): Promise<string> => (await groupOf(house.rest(), ROOM)).attributes.get(key) ?? ''

describe.each(HOUSES)('the board with $name', ({ open }) => {
  beforeEach(async () => {
    warnings.length = 0
    house = await open()
    anchor = await house.anchor()
    await anchor.ok('PUT', `/api/rooms/${ROOM}/notice`, { text: 'Welcome' })
    await until(async () => ((await attribute('notice')).includes('Welcome') ? true : null), DEADLINE_MS, 'the notice')
  })
  afterEach(() => house.close())

  it('has the newest word of each key when two write at the same time, whoever comes last', async () => {
    const chance = new Chance(56)
    const writers = [writer(), writer()]
    const newest = new Map<string, number>()
    // The first has the newer word, and the second is late.
    writers[0]?.put(ROOM, 'late', { rev: 9 })
    await writers[0]?.settled()
    writers[1]?.put(ROOM, 'late', { rev: 8 })
    await writers[1]?.settled()
    newest.set('late', 9)
    for (let round = 1; round <= ROUNDS; round += 1) {
      // Both at once, and the older word may well arrive after the newer.
      const [first, second] = chance.next() < 0.5 ? writers : [...writers].reverse()
      for (const [at, board] of [first, second].entries()) {
        const rev = round * 2 + at
        const key = chance.of(KEYS)
        board?.put(ROOM, key, { rev, by: at })
        board?.put(ROOM, `own-${at}`, { rev })
        newest.set(key, Math.max(newest.get(key) ?? 0, rev))
        newest.set(`own-${at}`, rev)
      }
      if (chance.next() < 0.5) await first?.settled()
    }
    await Promise.all(writers.map((board) => board.settled()))
    await until(
      async () => {
        const { attributes } = await groupOf(house.rest(), ROOM)
        const there = [...newest].map(([key, rev]) => [key, rev, (JSON.parse(attributes.get(key) ?? '{}') as { rev?: number }).rev])
        return there.every(([, wanted, rev]) => wanted === rev) ? true : null
      },
      DEADLINE_MS,
      'the newest words',
    )
    expect(warnings).toEqual([])
    // What nobody touched is as it was.
    expect(await attribute('notice')).toContain('Welcome')
    if (house instanceof CloudHouse) expect(house.backend.cloud.conflicts).toBeGreaterThan(0)
    await Promise.all(writers.map((board) => board.close()))
  })
})

describe('a viewer who writes on the board', () => {
  // The stand-in has no clients that write attributes.
  it('is written over, whatever number the word claims', async () => {
    const embedded = await EmbeddedBackend.start()
    house = embedded
    anchor = await house.anchor()
    await anchor.ok('PUT', `/api/rooms/${ROOM}/status`, { status: 'live' })
    await until(async () => ((await attribute('status')).includes('live') ? true : null), DEADLINE_MS, 'the status')
    const eve = await house.guest('Eve')
    const client = new WireClient(eve.userId)
    await client.connect(embedded.wire)
    await client.login(eve.session?.userSig ?? '')
    await client.join(ROOM)
    const write = (command: string, GroupAttr: readonly object[]): Promise<unknown> =>
      client.request(`group_open_http_svc.${command}`, { GroupId: ROOM, GroupAttr })
    await write('modify_group_attr', [{ key: 'status', value: '{"rev":9007199254740991,"status":"ended"}' }])
    await until(async () => ((await attribute('status')).includes('live') ? true : null), DEADLINE_MS, 'the status to be back')
    await write('set_group_attr', [{ key: 'mine', value: 'x' }])
    await until(async () => ((await attribute('status')).includes('live') ? true : null), DEADLINE_MS, 'the status to be back')
    await write('clear_group_attr', [])
    await until(async () => ((await attribute('notice')) !== '' ? true : null), DEADLINE_MS, 'the notice to be back')
    client.close()
    await house.close()
  })
})

import { sql } from 'kysely'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { until } from '../../support/until'
import type { ApiClient } from './support/api-client'
import { CloudBackend, ROOM } from './support/cloud-backend'

const DEADLINE_MS = 20_000
let house: CloudBackend
let anchor: ApiClient
beforeEach(async () => {
  // The full disk is SQLite's.
  house = await CloudBackend.start({ store: 'sqlite' })
  anchor = await house.anchor()
  await until(() => (house.backend.untold === 0 ? true : null), DEADLINE_MS, 'all to be told')
})
afterEach(() => house.close())

it('what IM took while the disk was full is told once, and all that came after it too', async () => {
  const told = (): unknown[] => house.cloud.told(ROOM).flatMap(({ kind, notice }) => (kind === 'notice' ? (notice as { text: string }).text : []))
  const say = (text: string): Promise<unknown> => anchor.ok('PUT', `/api/rooms/${ROOM}/notice`, { text })
  await sql`create trigger full_disk before delete on outbox begin select raise(abort, 'the disk is full'); end`.execute(house.database)
  await say('first')
  await until(() => (house.log.some((line) => line.includes('the disk is full')) ? true : null), DEADLINE_MS, 'the disk to be full')
  await say('second')
  expect(told()).toEqual(['first'])
  await sql`drop trigger full_disk`.execute(house.database)
  await until(() => (house.backend.untold === 0 && told().length > 1 ? true : null), DEADLINE_MS, 'all to be told')
  expect(await house.database.selectFrom('outbox').select('id').execute()).toEqual([])
  await house.shut()
  await house.open()
  await until(() => (house.backend.untold === 0 ? true : null), DEADLINE_MS, 'all to be told')
  expect(told()).toEqual(['first', 'second'])
})

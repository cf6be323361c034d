import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import Libsql from 'libsql'
import { afterAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../../../../electron/room-server/store/database'

const dataDir = mkdtempSync(join(tmpdir(), 'anchordesk-upgrade-'))
afterAll(() => rmSync(dataDir, { recursive: true, force: true }))
const copies = (): string[] => readdirSync(dataDir).filter((name) => name.endsWith('.bak'))

describe('a database of an earlier version', () => {
  it('is copied before it is upgraded, and only then', async () => {
    const fresh = await openDatabase(dataDir)
    // As the version before the business left it.
    const tables = await sql<{ name: string }>`select name from sqlite_master where type = 'table' and name in
      (select name from sqlite_master where type = 'table' and sql not like '%sqlite_%')`.execute(fresh)
    await sql`delete from kysely_migration where name > '0001-chat'`.execute(fresh)
    const ofBusiness = [
      'backend_setting',
      'live_room',
      'live_show',
      'room_text_history',
      'quick_notice',
      'person',
      'room_role',
      'room_follow',
      'invite',
      'wallet',
      'wallet_entry',
      'gift_order',
      'gift_event',
      'gift_total',
      'activity',
      'activity_total',
      'mute',
      'block',
      'sensitive_word',
      'audit',
      'room_message',
      'draw',
      'draw_entry',
      'seat',
      'seat_layout',
      'pk',
      'ended_session',
      'outbox',
    ]
    expect(tables.rows.map(({ name }) => name)).toEqual(expect.arrayContaining(ofBusiness))
    for (const table of ofBusiness) await sql`drop table ${sql.table(table)}`.execute(fresh)
    await fresh.insertInto('setting').values({ name: 'kept', value: 'yes' }).execute()
    await fresh.destroy()
    expect(copies()).toEqual([])

    const upgraded = await openDatabase(dataDir)
    expect(await upgraded.selectFrom('live_room').selectAll().execute()).toEqual([])
    expect(copies()).toEqual(['room.sqlite.0001-chat.bak'])
    const copy = new Libsql(join(dataDir, copies()[0] ?? ''))
    expect(copy.prepare("select value from setting where name = 'kept'").get()).toMatchObject({ value: 'yes' })
    copy.close()
    await upgraded.destroy()
    await (await openDatabase(dataDir)).destroy()
    expect(copies()).toHaveLength(1)
  })
})

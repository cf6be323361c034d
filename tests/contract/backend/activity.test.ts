import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Kysely, KyselyPlugin } from 'kysely'
import { afterEach, describe, expect, it } from 'vitest'
import { Activity } from '../../../electron/room-server/backend/audience/activity'
import { openDatabase } from '../../../electron/room-server/store/database'
import { openPostgres } from '../../../electron/room-server/store/postgres-session'
import type { RoomDatabase } from '../../../electron/room-server/store/schema'
import { freshPostgres } from '../../support/postgres'

const EVENTS = 900
const ROOM = 'a'
const dataDir = mkdtempSync(join(tmpdir(), 'anchordesk-activity-'))
let opened: Kysely<RoomDatabase> | null = null
afterEach(async () => {
  await opened?.destroy()
  rmSync(dataDir, { recursive: true, force: true })
})

/** Is told of each statement before it runs. */
function heard(listener: () => void): KyselyPlugin {
  return {
    transformQuery: ({ node }) => {
      listener()
      return node
    },
    transformResult: async ({ result }) => result,
  }
}

describe.each([
  { name: 'SQLite', open: () => openDatabase(dataDir) },
  { name: 'PostgreSQL', open: async () => openPostgres(await freshPostgres()) },
])('many events at once, on $name', ({ open }) => {
  it('are written by few statements, in order and added up, and others need not wait for all of them', async () => {
    const db = await open()
    opened = db
    const written = async (): Promise<number> =>
      Number(
        (
          await db
            .selectFrom('activity')
            .select((row) => row.fn.countAll().as('rows'))
            .executeTakeFirstOrThrow()
        ).rows,
      )
    let statements = 0
    const between: Promise<number>[] = []
    const observed = db.withPlugin(
      heard(() => {
        statements += 1
        // The first transaction has the connection by now.
        if (between.length === 0) between.push(written())
      }),
    )
    const failures: string[] = []
    const activity = new Activity(observed, { nowMs: () => 1_000 }, (message) => failures.push(message))
    for (let at = 1; at <= EVENTS; at += 1) activity.add(ROOM, 1, `g${at % 300}`, at % 3 === 0 ? 'like' : 'online', at)
    await activity.flush()
    expect(failures).toEqual([])
    expect(await written()).toBe(EVENTS)
    expect(await between[0]).toBeLessThan(EVENTS / 2)
    expect(statements).toBeLessThan(60)
    expect((await activity.since(ROOM, 0)).map(({ amount }) => amount)).toEqual(Array.from({ length: EVENTS }, (_, at) => at + 1))
    const fresh = new Activity(db, { nowMs: () => 1_000 }, () => undefined)
    const likes = (3 * 300 * 301) / 2
    expect(await fresh.totals(ROOM, '')).toMatchObject({ like: likes, online: (EVENTS * (EVENTS + 1)) / 2 - likes })
    expect(await fresh.totals(ROOM, 'g3')).toMatchObject({ like: 3 + 303 + 603, online: 0 })
  })
})

import type { Kysely } from 'kysely'
import { openDatabase } from '../../../../electron/room-server/store/database'
import { openPostgres } from '../../../../electron/room-server/store/postgres-session'
import type { RoomDatabase } from '../../../../electron/room-server/store/schema'
import { freshPostgres } from '../../../support/postgres'

/** Where a house keeps its rooms: opened by the house, and once more by whoever looks at what it wrote. */
export interface TestStore {
  open(): Promise<Kysely<RoomDatabase>>
}

export type StoreKind = 'sqlite' | 'postgres'

/** `ANCHORDESK_TEST_STORE=postgres`: every house whose IM is the stand-in for the cloud is on PostgreSQL. */
export const USUAL_STORE: StoreKind = process.env['ANCHORDESK_TEST_STORE'] === 'postgres' ? 'postgres' : 'sqlite'

export function sqliteStore(dataDir: string): TestStore {
  return { open: () => openDatabase(dataDir) }
}

export async function postgresStore(): Promise<TestStore> {
  const url = await freshPostgres()
  return { open: () => openPostgres(url) }
}

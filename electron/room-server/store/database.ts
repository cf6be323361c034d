import { chmodSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Kysely, Migrator, SqliteDialect, type SqliteDatabase, type SqliteStatement } from 'kysely'
import Libsql from 'libsql'
import { migrationProvider } from './migrations'
import type { RoomDatabase } from './schema'

const FILE = 'room.sqlite'
/** Every statement of this program is one of a few dozen texts. */
const KEPT_STATEMENTS = 256

/**
 * Opens the database of the folder, and brings it to the present schema.
 * WAL with synchronous=NORMAL: what is committed survives the death of the process at any time; a power cut may take the last moments.
 * @throws Error of SQLite when the folder cannot be written or the file is none of ours.
 */
export async function openDatabase(dataDir: string): Promise<Kysely<RoomDatabase>> {
  mkdirSync(dataDir, { recursive: true })
  const file = join(dataDir, FILE)
  const connection = new Libsql(file)
  chmodSync(file, 0o600)
  connection.exec('pragma journal_mode = WAL; pragma synchronous = NORMAL; pragma busy_timeout = 5000; pragma wal_autocheckpoint = 2000')
  const database = new Kysely<RoomDatabase>({ dialect: new SqliteDialect({ database: withKeptStatements(connection) }) })
  try {
    const migrator = new Migrator({ db: database, provider: migrationProvider })
    await keepCopy(connection, migrator, file)
    const { error } = await migrator.migrateToLatest()
    if (error !== undefined) throw error instanceof Error ? error : new Error(String(error))
  } catch (error) {
    await database.destroy()
    throw error
  }
  return database
}

/** Before an upgrade: the database as the earlier version left it, beside the file. */
async function keepCopy(connection: Libsql.Database, migrator: Migrator, file: string): Promise<void> {
  const migrations = await migrator.getMigrations()
  const done = migrations.filter(({ executedAt }) => executedAt !== undefined).at(-1)
  if (done === undefined || done === migrations.at(-1)) return
  const copy = `${file}.${done.name}.bak`
  // An earlier attempt may have been cut off in the middle of its copy.
  rmSync(copy, { force: true })
  connection.prepare('vacuum into ?').run(copy)
  chmodSync(copy, 0o600)
}

/** Preparing costs more than running: the builder's texts are prepared once. */
function withKeptStatements(connection: Libsql.Database): SqliteDatabase {
  const kept = new Map<string, SqliteStatement>()
  return {
    close: () => void connection.close(),
    prepare(text) {
      const known = kept.get(text)
      if (known !== undefined) return known
      const made = connection.prepare(text)
      const statement: SqliteStatement = {
        reader: made.reader,
        all: (parameters) => made.all(...parameters),
        run: (parameters) => made.run(...parameters),
        iterate: (parameters) => made.iterate(...parameters),
      }
      // A schema change would outdate what is kept; those run before anything else, and once.
      if (kept.size < KEPT_STATEMENTS && !/^\s*(create|alter|drop|pragma)/i.test(text)) kept.set(text, statement)
      return statement
    },
  }
}

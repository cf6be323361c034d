import { mkdtempSync, rmSync, statSync, writeFileSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keptChatApp } from '../../../electron/room-server/chat-app-file'
import { openDatabase } from '../../../electron/room-server/store/database'
import { WriteQueue } from '../../../electron/room-server/store/write-queue'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'anchordesk-store-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the store', () => {
  it('keeps what was written, and opens again', async () => {
    const first = await openDatabase(folder)
    await new WriteQueue(first).add((db) => db.insertInto('setting').values({ name: 'a', value: '1' }).execute())
    await first.destroy()
    const second = await openDatabase(folder)
    expect(await second.selectFrom('setting').selectAll().execute()).toEqual([{ name: 'a', value: '1' }])
    await second.destroy()
    expect(statSync(join(folder, 'room.sqlite')).mode & 0o077).toBe(0)
  })

  it('commits what is asked within one turn together, in order', async () => {
    const database = await openDatabase(folder)
    const queue = new WriteQueue(database)
    const done: number[] = []
    await Promise.all(
      Array.from({ length: 600 }, (_, index) =>
        queue
          .add((db) =>
            db
              .insertInto('setting')
              .values({ name: `k${index}`, value: '' })
              .execute(),
          )
          .then(() => done.push(index)),
      ),
    )
    expect(done).toEqual([...done].sort((a, b) => a - b))
    expect(await database.selectFrom('setting').selectAll().execute()).toHaveLength(600)
    await database.destroy()
  })

  it('lets one write that fails fail alone', async () => {
    const database = await openDatabase(folder)
    const queue = new WriteQueue(database)
    const add = (name: string): Promise<void> => queue.add((db) => db.insertInto('setting').values({ name, value: '' }).execute())
    const results = await Promise.allSettled([add('same'), add('same'), add('other')])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    await queue.idle()
    expect(await database.selectFrom('setting').selectAll().execute()).toHaveLength(2)
    await database.destroy()
  })
})

describe('the app of this machine', () => {
  it('is made once, and only its user can read it', () => {
    const made = keptChatApp(join(folder, 'data'))
    expect(keptChatApp(join(folder, 'data'))).toEqual(made)
    expect(made.secretKey).toMatch(/^[0-9a-f]{64}$/)
    expect(statSync(join(folder, 'data', 'chat-app.json')).mode & 0o777).toBe(0o600)
  })

  it('is not replaced when its file is damaged', () => {
    mkdirSync(join(folder, 'data'))
    writeFileSync(join(folder, 'data', 'chat-app.json'), '{')
    expect(() => keptChatApp(join(folder, 'data'))).toThrow()
  })
})

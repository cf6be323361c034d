import { performance } from 'node:perf_hooks'
import { Client } from 'pg'
import { afterEach, describe, expect, it } from 'vitest'
import type { PostgresSession } from '../../../electron/room-server/store/postgres-session'
import { Leadership } from '../../../electron/room-server/team/leadership'
import { freshPostgres } from '../../support/postgres'
import { LineProxy } from '../../support/proxy'
import { until } from '../../support/until'

const DEADLINE_MS = 20_000
/** How long an answer of the database may take where one is to be late. Where none is it is the usual time: a pause of the machine is no fault. */
const ANSWER_MS = 2_000
/** What nobody answers is over then. */
const soon = (): number => performance.now() + 300
/** For what is answered. */
const inTime = (): number => performance.now() + DEADLINE_MS
const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

interface Candidate {
  readonly leadership: Leadership
  deposed: boolean
  session: PostgresSession | null
}

interface CandidateOptions {
  readonly answerMs?: number
  whenLeading?(session: PostgresSession): void
}

function candidate(url: string, { answerMs, whenLeading }: CandidateOptions = {}): Candidate {
  const leadership = new Leadership({
    url,
    address: 'http://127.0.0.1:1',
    ...(answerMs === undefined ? {} : { answerMs }),
    lead: (session) => {
      made.session = session
      whenLeading?.(session)
    },
    deposed: () => (made.deposed = true),
    log: () => undefined,
  })
  const made: Candidate = { leadership, deposed: false, session: null }
  ends.push(() => leadership.close(soon()))
  leadership.start()
  return made
}

async function leads(one: Candidate): Promise<PostgresSession> {
  const session = await until(() => one.session, DEADLINE_MS, 'it to lead')
  await one.leadership.announce()
  await one.leadership.settled()
  return session
}

async function proxied(url: string): Promise<{ readonly proxy: LineProxy; readonly url: string }> {
  const through = new URL(url)
  const proxy = new LineProxy(Number(through.port))
  through.port = String(await proxy.listen())
  ends.push(() => proxy.close())
  return { proxy, url: through.href }
}

async function sessions(url: string): Promise<number> {
  const client = new Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ count: string }>(
    `select count(*) from pg_stat_activity where datname = current_database() and application_name = 'anchordesk'`,
  )
  await client.end()
  return Number(rows[0]?.count)
}

describe('a leader that is ready', () => {
  it('has no statement that takes longer than the others wait for its word', async () => {
    const one = candidate(await freshPostgres())
    const session = await until(() => one.session, DEADLINE_MS, 'it to lead')
    expect(await session.first('show statement_timeout')).toEqual([{ statement_timeout: '0' }])
    await leads(one)
    expect(await session.first('show statement_timeout')).toEqual([{ statement_timeout: '4s' }])
  })
})

describe('a leader that prepares', () => {
  it('may have one statement that takes longer than an answer may, and none once it is ready', async () => {
    // Begun within the very round in which it becomes the leader.
    let prepared: Promise<unknown> = Promise.resolve()
    const one = candidate(await freshPostgres(), {
      answerMs: ANSWER_MS,
      whenLeading: (session) => {
        prepared = session.first(`select pg_sleep(${(2 * ANSWER_MS) / 1_000})`)
      },
    })
    await until(() => one.session, DEADLINE_MS, 'it to lead')
    await prepared
    expect([one.deposed, one.leadership.epoch]).toEqual([false, 1])
    const session = await leads(one)
    await expect(session.first('select pg_sleep(60)')).rejects.toThrow('the connection to the database is gone')
    expect([one.deposed, one.leadership.epoch]).toEqual([true, null])
  })
})

describe('who takes the place of another', () => {
  it('sends nobody to the one before it, not even in its first moment', async () => {
    const url = await freshPostgres()
    const first = candidate(url)
    await leads(first)
    const known: unknown[] = []
    const second = candidate(url, { whenLeading: () => known.push(second.leadership.leader) })
    await until(() => second.leadership.leader, DEADLINE_MS, 'it to follow')
    await first.leadership.resign(inTime())
    await until(() => second.session, DEADLINE_MS, 'it to lead')
    expect(known).toMatchObject([{ epoch: 2, address: '' }])
  })
})

describe('who has led', () => {
  it('is followed at once by the next one', async () => {
    const url = await freshPostgres()
    const first = candidate(url)
    await leads(first)
    const second = candidate(url)
    await until(() => second.leadership.leader, DEADLINE_MS, 'the second one to follow')
    await first.leadership.resign(inTime())
    await leads(second)
    expect([first.deposed, second.leadership.epoch]).toEqual([false, 2])
  })

  it('gives the place up, and leaves, though the database says nothing', async () => {
    const { proxy, url } = await proxied(await freshPostgres())
    const one = candidate(url)
    await leads(one)
    proxy.setCut(true)
    await expect(one.leadership.resign(soon())).rejects.toThrow('the database does not answer')
    expect([one.leadership.epoch, one.leadership.leads]).toEqual([null, false])
    await one.leadership.close(soon())
  })
})

describe('who takes part no more', () => {
  it('leaves no session, one that is just being made neither', async () => {
    const url = await freshPostgres()
    const { leadership } = candidate(url)
    await leadership.close(inTime())
    await until(async () => ((await sessions(url)) === 0 ? true : null), DEADLINE_MS, 'its session to end')
  })

  it('ends though the database says nothing', async () => {
    const { proxy, url } = await proxied(await freshPostgres())
    const leader = candidate(url)
    await leads(leader)
    const follower = candidate(url)
    await until(() => follower.leadership.leader, DEADLINE_MS, 'the other one to follow')
    proxy.setCut(true)
    await follower.leadership.close(soon())
    expect(follower.session).toBeNull()
  })
})

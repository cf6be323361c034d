import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { BlockList } from 'node:net'
import { Client } from 'pg'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { EDITIONS } from '../../../electron/shared/edition'
import { Backend } from '../../../electron/room-server/backend/backend'
import { OpenRequests } from '../../../electron/room-server/team/open-requests'
import { TeamServer } from '../../../electron/room-server/team/team-server'
import { Term } from '../../../electron/room-server/team/term'
import { ChatCloud } from '../../fakes/chat-cloud'
import { freshPostgres } from '../../support/postgres'
import { LineProxy } from '../../support/proxy'
import { forMs, until } from '../../support/until'
import { ApiClient } from './support/api-client'
import { APP, ROOM } from './support/cloud-backend'

const DEADLINE_MS = 20_000
/** For an end that is over when all is done; a machine that stands still must not cut it short. */
const PATIENT_MS = 10_000
/** For an end in which something never is done. */
const HASTY_MS = 500
let cloud: ChatCloud
let url: string
const ends: (() => Promise<unknown>)[] = []
beforeEach(async () => {
  cloud = new ChatCloud(APP)
  await cloud.listen()
  url = await freshPostgres()
})
afterEach(async () => {
  vi.restoreAllMocks()
  for (const end of ends.splice(0).reverse()) await end()
  await cloud.close()
})

interface Instance {
  readonly server: TeamServer
  readonly http: string
  deposed: number
}

/** An instance within this process. */
async function open(databaseUrl = url, drainMs = PATIENT_MS): Promise<Instance> {
  const log = (): void => undefined
  const server = new TeamServer({
    host: '127.0.0.1',
    httpPort: 0,
    webRoot: tmpdir(),
    title: '',
    environment: { databaseUrl, metricsToken: null, publicHosts: [], trustedProxies: new BlockList(), roomNetworks: new BlockList(), instanceAddress: null },
    backend: {
      chat: {
        restBase: () => cloud.base,
        callbackToken: APP.token,
        wire: 'cloud',
        sdkAppId: APP.sdkAppId,
        secretKey: APP.key,
        admin: APP.admin,
        edition: EDITIONS.enterprise,
      },
      programRoom: ROOM,
      title: 'Friday night',
      log,
    },
    iceServers: [],
    deposed: () => (made.deposed += 1),
    log,
    drainMs,
  })
  const { http } = await server.start()
  const made: Instance = { server, http, deposed: 0 }
  ends.push(() => server.stop())
  return made
}

async function leading(databaseUrl = url, drainMs = PATIENT_MS): Promise<Instance> {
  const instance = await open(databaseUrl, drainMs)
  await instance.server.anchorSession('Ada')
  return instance
}

async function cuttable(): Promise<{ readonly proxy: LineProxy; readonly through: string }> {
  const through = new URL(url)
  const proxy = new LineProxy(Number(through.port))
  through.port = String(await proxy.listen())
  ends.push(() => proxy.close())
  return { proxy, through: through.href }
}

const leads = async ({ http }: Instance): Promise<boolean> => /^anchordesk_leader 1$/m.test(await (await fetch(`${http}/metrics`)).text())

describe('the end of an instance', () => {
  it('is one, however often it is asked for', async () => {
    const { server, deposed } = await leading()
    const end = server.stop()
    expect(server.stop()).toBe(end)
    expect([await end, deposed]).toEqual([true, 0])
    expect(await server.stop()).toBe(true)
  })

  it('is not in order where it has lost its place, whoever asks for it then', async () => {
    const instance = await leading()
    const client = new Client({ connectionString: url })
    await client.connect()
    await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()')
    await client.end()
    await until(() => (instance.server.ending ? true : null), DEADLINE_MS, 'it to find out')
    expect(await instance.server.stop()).toBe(false)
    expect(instance.deposed).toBe(1)
  })

  it('gives the place away though the business could not be closed', async () => {
    const close = Reflect.get(Term.prototype, 'close')
    vi.spyOn(Term.prototype, 'close').mockImplementationOnce(async function (this: Term) {
      await close.call(this)
      throw new Error('as planned')
    })
    const first = await leading()
    const second = await open()
    await second.server.anchorSession('Ada')
    expect([await leads(first), await leads(second)]).toEqual([true, false])
    expect(await first.server.stop()).toBe(false)
    await until(async () => ((await leads(second)) ? true : null), DEADLINE_MS, 'the other one to lead')
  })

  it('is in order though a request goes on until the last moment: writing all has time of its own', async () => {
    const { server, http } = await leading(url, 4_000)
    const close = Reflect.get(Term.prototype, 'close')
    vi.spyOn(Term.prototype, 'close').mockImplementationOnce(async function (this: Term) {
      await forMs(100)
      await close.call(this)
    })
    const added = vi.spyOn(OpenRequests.prototype, 'add')
    const request = httpRequest(`${http}/api/rooms/${ROOM}/sessions`, { method: 'POST', headers: { 'content-type': 'application/json', 'content-length': 99 } })
    const refused = new Promise<void>((resolve) => request.once('close', resolve))
    request.once('error', () => request.destroy())
    request.write('{')
    await until(() => (added.mock.calls.length > 0 ? true : null), DEADLINE_MS, 'it to be under way')
    expect(await server.stop()).toBe(true)
    await refused
  })

  it('comes though the database says nothing any more', async () => {
    const { proxy, through } = await cuttable()
    const { server } = await leading(through, HASTY_MS)
    proxy.setCut(true)
    expect(await server.stop()).toBe(false)
  })

  it('comes though there never was anybody who leads, and nobody waits for one then', async () => {
    const { proxy, through } = await cuttable()
    proxy.setCut(true)
    const { server } = await open(through, HASTY_MS)
    const session = server.anchorSession('Ada')
    await server.stop()
    expect(await session).toBeNull()
  })
})

describe('an instance that begins to lead', () => {
  it('gives the anchor no session before the room of the show is there', async () => {
    const start = Reflect.get(Backend.prototype, 'start')
    vi.spyOn(Backend.prototype, 'start').mockImplementationOnce(async function (this: Backend) {
      await forMs(300)
      await start.call(this)
    })
    const { server, http } = await open()
    const session = await server.anchorSession('Ada')
    if (session === null) throw new Error('no session')
    await new ApiClient(http, session).ok('PUT', `/api/rooms/${ROOM}/status`, { status: 'live' })
  })

  it('leaves nobody waiting for a session when it ends before', async () => {
    vi.spyOn(Backend.prototype, 'start').mockImplementationOnce(() => new Promise(() => undefined))
    const { server } = await open(url, HASTY_MS)
    const session = server.anchorSession('Ada')
    await until(() => (vi.mocked(Backend.prototype.start).mock.calls.length > 0 ? true : null), DEADLINE_MS, 'it to begin')
    await server.stop()
    expect(await session).toBeNull()
  })
})

describe('an instance that follows', () => {
  it('has a session of the anchor from whoever leads, and gives it to nobody', async () => {
    await leading()
    const follower = await open()
    const session = await follower.server.anchorSession('Ada')
    expect(await leads(follower)).toBe(false)
    expect(session).toMatchObject({ role: 'anchor', roomId: '*', nick: 'Ada', wire: null })
    await new ApiClient(follower.http, session).ok('PUT', `/api/rooms/${ROOM}/status`, { status: 'live' })
    for (const headers of [{}, { 'x-anchordesk-forwarded': `${Date.now()} 0  ${'0'.repeat(64)}` }])
      expect((await fetch(`${follower.http}/team/anchor-session`, { method: 'POST', headers })).status).toBe(404)
  })
})

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { AnchorError, type ErrorInfo } from '../../../electron/shared/errors'
import type { Invite } from '../../../electron/shared/crew-api'
import type { RoomSession } from '../../../electron/shared/room-api'
import { readUserSig, verifyUserSig } from '../../../electron/room-server/usersig'
import { until } from '../../support/until'
import { ApiClient } from './support/api-client'
import { APP, CloudBackend, ROOM } from './support/cloud-backend'
import { CloudDeskRig } from './support/cloud-desk-rig'
import { Door } from './support/door'
import { EmbeddedBackend } from './support/embedded-backend'

const DEADLINE_MS = 20_000
const TEAM = 'friday'
const door = new Door()
let backend: CloudBackend
let admin: ApiClient
const rigs: CloudDeskRig[] = []
function newRig(kept?: CloudDeskRig['kept']): CloudDeskRig {
  const rig = new CloudDeskRig(kept)
  rigs.push(rig)
  return rig
}
async function newLink(roomId = TEAM): Promise<Invite> {
  return admin.ok<Invite>('POST', '/api/anchor-links', { roomId, title: 'Friday night' })
}
const linkText = ({ path }: Invite): string => `${door.base}${path}`
async function signedIn(): Promise<CloudDeskRig> {
  const rig = newRig()
  await rig.desk.signIn(linkText(await newLink()))
  return rig
}
async function failure(work: Promise<unknown>): Promise<ErrorInfo> {
  try {
    await work
  } catch (error) {
    if (error instanceof AnchorError) return error.toInfo()
    throw error
  }
  throw new Error('it did not fail')
}
const stateIs = (rig: CloudDeskRig, state: CloudDeskRig['view']['state']): Promise<true> => until(() => rig.view.state === state || null, DEADLINE_MS, state)

beforeAll(async () => {
  backend = await CloudBackend.start()
  await door.listen()
  door.open(backend.base)
  admin = await backend.anchor()
})
afterEach(() => {
  for (const rig of rigs.splice(0)) rig.desk.close()
  door.open(backend.base)
})
afterAll(async () => {
  door.shut()
  await door.close()
  await backend.close()
})

describe('a sign-in link', () => {
  it('makes the room if need be, and signs in as its owner, again and again', async () => {
    const rig = await signedIn()
    expect(rig.view).toMatchObject({ kind: 'team', state: 'ready', host: door.base.slice('http://'.length), roomId: TEAM, sdkAppId: APP.sdkAppId, error: null })
    expect(rig.view.clockSkewSec).toBeNull()
    const session = await rig.session()
    expect(session).toMatchObject({ role: 'anchor', roomId: TEAM, nick: 'Ada', wire: null })
    expect(verifyUserSig(session.userSig, { ...APP, userId: session.userId, nowSec: Date.now() / 1_000 })).toMatchObject({ ok: true })
    expect(await new ApiClient(backend.base, session).snapshot(TEAM)).toMatchObject({ anchor: session.userId, room: { title: 'Friday night' } })
    expect((await (await signedIn()).session()).userId).toBe(session.userId)
    expect(rig.desk.sources).toContain(`${door.base} ${door.base.replace('http', 'ws')} wss://`)
  })

  it('is for its room alone', async () => {
    const { token } = await (await signedIn()).session()
    const anchor = new ApiClient(backend.base, { token } as RoomSession)
    expect(await anchor.refused('GET', `/api/rooms/${ROOM}/snapshot`)).toBe('auth.forbidden')
    expect(await anchor.refused('POST', '/api/anchor-links', { roomId: 'mine' })).toBe('auth.forbidden')
  })

  it('is refused with a reason when it is none, of the wrong kind, ended, or not safe', async () => {
    const rig = newRig()
    const invite = await newLink()
    expect(await failure(rig.desk.signIn('https://example.com/watch/'))).toMatchObject({ code: 'cloud.bad-link' })
    expect(await failure(rig.desk.signIn('http://rooms.example.com/anchor/?room=friday#invite=x'))).toEqual({
      code: 'cloud.not-https',
      context: { host: 'rooms.example.com' },
    })
    const producer = await admin.ok<Invite>('POST', `/api/rooms/${ROOM}/invites`, { role: 'producer' })
    expect(await failure(rig.desk.signIn(`${door.base}/anchor/?room=${ROOM}#invite=${producer.token}`))).toMatchObject({ code: 'cloud.bad-link' })
    await admin.ok('DELETE', `/api/rooms/${TEAM}/invites/${invite.inviteId}`)
    expect(await failure(rig.desk.signIn(linkText(invite)))).toMatchObject({ code: 'cloud.refused' })
    door.shut()
    expect(await failure(rig.desk.signIn(linkText(await newLink())))).toMatchObject({ code: 'cloud.unreachable' })
    expect(rig.kept).toEqual({ settings: null, secrets: new Map() })
  })

  it('is not used under a running show', async () => {
    const rig = await signedIn()
    rig.busy = true
    expect(await failure(rig.desk.signIn(linkText(await newLink())))).toMatchObject({ code: 'cloud.on-air' })
    expect(() => rig.desk.signOut()).toThrow('cloud.on-air')
    expect(rig.view.state).toBe('ready')
  })
})

describe('a session at the team’s server', () => {
  it('is gone on with at the next start', async () => {
    const { kept } = await signedIn()
    const next = newRig(kept)
    next.desk.start()
    expect(next.view.state).toBe('signing-in')
    await stateIs(next, 'ready')
    expect(await next.session()).toMatchObject({ role: 'anchor', roomId: TEAM })
  })

  it('waits for a server that is away, and says so', async () => {
    const { kept } = await signedIn()
    const next = newRig(kept)
    door.shut()
    next.desk.start()
    await stateIs(next, 'unreachable')
    expect(next.view.error).toMatchObject({ code: 'cloud.unreachable' })
    door.open(backend.base)
    next.desk.networkOnline()
    await stateIs(next, 'ready')
  })

  it('ends with its link, is forgotten then, and asks for another', async () => {
    const invite = await newLink('saturday')
    const rig = newRig()
    await rig.desk.signIn(linkText(invite))
    await admin.ok('DELETE', `/api/rooms/saturday/invites/${invite.inviteId}`)
    expect(await failure(rig.desk.trtcTicket())).toMatchObject({ code: 'trtc.no-ticket' })
    await stateIs(rig, 'ended')
    const again = newRig(rig.kept)
    again.desk.start()
    await stateIs(again, 'ended')
    expect(again.view.error).toMatchObject({ code: 'cloud.ended' })
    expect(again.kept.secrets.size).toBe(0)
    expect(await failure(again.session())).toMatchObject({ code: 'cloud.ended' })
  })

  it('is forgotten when one signs out', async () => {
    const rig = await signedIn()
    rig.desk.signOut()
    expect(rig.view).toMatchObject({ kind: 'none', state: 'off' })
    expect(rig.kept).toEqual({ settings: null, secrets: new Map() })
    expect(rig.desk.sources).toBe('')
  })

  it('is over at the server, too, when one signs out, and that of another machine is not', async () => {
    const [rig, elsewhere] = [await signedIn(), await signedIn()]
    const { token } = await rig.session()
    const kept = new ApiClient(backend.base, { token } as RoomSession)
    await kept.snapshot(TEAM)
    rig.desk.signOut()
    await until(async () => ((await kept.ask('GET', `/api/rooms/${TEAM}/snapshot`)).status === 401 ? true : null), DEADLINE_MS, 'the end')
    expect(await kept.refused('GET', `/api/rooms/${TEAM}/snapshot`)).toBe('auth.invalid')
    expect(rig.log).toEqual([])
    await new ApiClient(backend.base, await elsewhere.session()).snapshot(TEAM)
  })

  it('is forgotten here also where the server does not answer, which is logged without the token', async () => {
    const rig = await signedIn()
    const { token } = await rig.session()
    door.shut()
    rig.desk.signOut()
    expect(rig.kept).toEqual({ settings: null, secrets: new Map() })
    const [line] = await until(() => (rig.log.length > 0 ? rig.log : null), DEADLINE_MS, 'the log')
    expect(line).toMatch(/^info: the session at .* was not ended there: cloud\.unreachable$/)
    expect(rig.log.join()).not.toContain(token)
  })

  it('takes another name of the anchor along', async () => {
    const rig = await signedIn()
    rig.nick = 'Grace'
    expect((await rig.session()).nick).toBe('Grace')
    expect((await new ApiClient(backend.base, await rig.session()).snapshot(TEAM)).me.nick).toBe('Grace')
  })

  it('names clocks that differ by more than a minute', async () => {
    const { server, base } = await behindAClockOf(300)
    const rig = newRig()
    await rig.desk.signIn(`${base}${(await newLink()).path}`)
    expect(Math.round((rig.view.clockSkewSec ?? 0) / 10)).toBe(30)
    server.closeAllConnections()
    server.close()
  })
})

describe('the team’s room', () => {
  it('follows the show, is called as it is, and says its notice', async () => {
    const rig = await signedIn()
    const room = rig.desk.team
    const status = async (): Promise<unknown> => (await admin.ok('GET', `/api/rooms/${TEAM}/status`))['status']
    const becomes = async (wanted: string): Promise<void> => {
      for (let now = await status(); now !== wanted; now = await status()) await new Promise((resolve) => setImmediate(resolve))
    }
    room?.show('live', 'trtc')
    await becomes('live')
    expect(backend.business.rooms.get(TEAM).engine).toBe('trtc')
    room?.show('paused')
    await becomes('paused')
    expect(backend.business.rooms.get(TEAM).engine).toBe('stage')
    room?.show('over')
    await becomes('ended')
    room?.setTitle('Saturday night')
    await until(() => backend.business.rooms.get(TEAM).title === 'Saturday night' || null, DEADLINE_MS, 'title')
    expect(await room?.sayNotice({ form: 'plain', text: 'Back at nine' }, null)).toMatchObject({ text: '' })
    expect(await room?.sayNotice({ form: 'plain', text: 'Never' }, 'Something else')).toMatchObject({ text: 'Back at nine' })
    expect(await room?.sayNotice({ form: 'plain', text: '' }, 'Back at nine')).toMatchObject({ text: 'Back at nine' })
  })
})

describe('a push address', () => {
  it('comes from the room’s server, or is refused by it with a reason', async () => {
    expect(await failure((await signedIn()).desk.pushUrl())).toMatchObject({ code: 'cloud.refused' })
    const signing = await CloudBackend.start({ config: { css: { pushDomain: 'push.example.com', playDomain: null, key: 'a-key-of-the-tests' } } })
    try {
      const { path } = await (await signing.anchor()).ok<Invite>('POST', '/api/anchor-links', { roomId: TEAM })
      const rig = newRig()
      await rig.desk.signIn(`${signing.base}${path}`)
      expect((await rig.desk.pushUrl()).push).toMatch(/^rtmp:\/\/push\.example\.com\/live\/friday\?txSecret=/)
    } finally {
      await signing.close()
    }
  })
})

describe('a ticket for the TRTC room', () => {
  it('is the anchor’s, of the room that the app is in, with everything allowed', async () => {
    const rig = await signedIn()
    const ticket = await rig.desk.trtcTicket()
    const { userId } = await rig.session()
    expect(ticket).toMatchObject({ sdkAppId: APP.sdkAppId, userId, roomId: TEAM })
    for (const signed of [ticket.userSig, ticket.privateMapKey])
      expect(verifyUserSig(signed, { ...APP, userId, nowSec: Date.now() / 1_000 })).toEqual({ ok: true, expiresAtSec: ticket.expiresAt })
    expect(allowed(ticket.privateMapKey)).toEqual({ room: TEAM, privileges: 255 })
    expect(JSON.stringify([rig.view, rig.log])).not.toContain(ticket.userSig)
  })

  it('is a co-anchor’s while he has a place, and makes no room', async () => {
    const coAnchor = new ApiClient(
      backend.base,
      await backend.nobody().ok<RoomSession>('POST', `/api/rooms/${ROOM}/sessions`, {
        nick: 'Bo',
        invite: (await admin.ok<Invite>('POST', `/api/rooms/${ROOM}/invites`, { role: 'coanchor' })).token,
      }),
    )
    const ask = `/api/rooms/${ROOM}/trtc-ticket`
    expect(await coAnchor.refused('POST', ask, {})).toBe('seat.not-admitted')
    await coAnchor.ok('PUT', `/api/rooms/${ROOM}/seats/me`, { ready: true })
    const { privateMapKey } = await coAnchor.ok<{ privateMapKey: string }>('POST', ask, {})
    expect(allowed(privateMapKey)).toEqual({ room: ROOM, privileges: 190 })
    await coAnchor.ok('DELETE', `/api/rooms/${ROOM}/seats/me`)
    expect(await coAnchor.refused('POST', ask, {})).toBe('seat.not-admitted')
    const viewer = await backend.guest('Cy')
    expect(await viewer.refused('POST', ask, {})).toBe('seat.not-admitted')
  })

  it('is not there for a room that is not in the cloud', async () => {
    const embedded = await EmbeddedBackend.start()
    try {
      const rig = newRig()
      const { session } = await embedded.anchor()
      if (session === null) throw new Error('there is no session')
      const { base } = embedded
      rig.local = { place: { http: base, wire: '', roomId: ROOM, watch: '', local: true }, session: () => Promise.resolve(session) }
      expect(await failure(rig.desk.trtcTicket())).toMatchObject({ code: 'trtc.no-cloud-room' })
    } finally {
      await embedded.close()
    }
  })
})

/** What a room permission says: the last text is the room, the number before `accountType` what may be done. */
function allowed(privateMapKey: string): { room: string; privileges: number } {
  const bytes = Buffer.from(readUserSig(privateMapKey)?.['TLS.userbuf'] ?? '', 'base64')
  const account = bytes.readUInt16BE(1)
  return { room: bytes.subarray(3 + account + 20 + 2).toString(), privileges: bytes.readUInt32BE(3 + account + 12) }
}

/** The server as one sees it whose own clock is wrong. */
async function behindAClockOf(seconds: number): Promise<{ server: Server; base: string }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      void fetch(`${backend.base}${request.url ?? ''}`, {
        method: request.method ?? 'GET',
        headers: {
          'content-type': 'application/json',
          ...(request.headers.authorization === undefined ? {} : { authorization: request.headers.authorization }),
        },
        ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
      }).then(async (answer) => {
        response.writeHead(answer.status, { 'content-type': 'application/json', date: new Date(Date.now() + seconds * 1_000).toUTCString() })
        response.end(await answer.text())
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, base: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RoomSession } from '../../../electron/shared/room-api'
import { LINE_MESSAGE_MAX_BYTES, SEAT_KEPT_MS, type LineRequest, type Signal } from '../../../electron/shared/co-anchor-line'
import type { SeatTableView } from '../../../electron/shared/seats'
import { LINE_TERMS } from '../../../electron/room-server/media/line-time'
import { ManualTime } from '../../fakes/manual-time'
import { until } from '../../support/until'
import { garbled, mutated } from '../im/support/noise'
import { Chance, countFrom } from '../im/support/random'
import { ApiClient } from './support/api-client'
import { ROOM } from './support/cloud-backend'
import { EmbeddedBackend } from './support/embedded-backend'
import { LineClient, type LineClientOptions } from './support/line-client'

import { signedToken } from './support/signed-token'

const SEATS = `/api/rooms/${ROOM}/seats`
const DEADLINE_MS = 20_000
/** Frames of the malformed; 100,000 for the full run. */
const COUNT = countFrom('ANCHORDESK_FUZZ', 2_000)
const SEED = countFrom('ANCHORDESK_SEED', 20_261_126)
const ICE = [{ urls: ['turn:turn.example.org:3478'], username: 'ada', credential: 'secret' }]
const OFFER: Signal = { description: { type: 'offer', sdp: 'v=0' } }
const ANSWER: Signal = { description: { type: 'answer', sdp: 'v=0' } }
const CHECKS = { camera: 'pass', microphone: 'pass', echo: 'warn', line: 'unknown' } as const

let house: EmbeddedBackend
let time: ManualTime
let anchor: ApiClient
const lines: LineClient[] = []

beforeEach(async () => {
  time = new ManualTime()
  house = await EmbeddedBackend.start({ lineTime: time, iceServers: ICE })
  anchor = await house.anchor()
})
afterEach(async () => {
  for (const line of lines.splice(0)) line.close()
  await house.close()
})

async function enter(who: ApiClient, as: 'stage' | 'co-anchor' | 'room', options: LineClientOptions = {}): Promise<LineClient> {
  const line = await LineClient.enter(house.wire, who, as, options)
  lines.push(line)
  return line
}
async function enterStage(): Promise<LineClient> {
  const line = await enter(anchor, 'stage')
  await line.hear('seats')
  return line
}
async function letIn(nick: string): Promise<ApiClient> {
  const guest = await house.guest(nick)
  await anchor.ok('POST', SEATS, { userId: guest.userId })
  return guest
}
async function byLink(nick: string): Promise<ApiClient> {
  const { token } = await anchor.ok<{ token: string }>('POST', `/api/rooms/${ROOM}/invites`, { role: 'coanchor' })
  return new ApiClient(house.base, await house.nobody().ok<RoomSession>('POST', `/api/rooms/${ROOM}/sessions`, { nick, invite: token }))
}
async function table(): Promise<readonly string[]> {
  return (await anchor.ok<SeatTableView>('GET', SEATS)).entries.map(({ nick, seat }) => `${seat} ${nick}`)
}
/** The server has read what was said before, or has closed the line. */
function roundTrip({ socket }: LineClient): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('pong', done)
      socket.off('close', done)
      resolve()
    }
    if (socket.readyState === socket.CLOSED) return resolve()
    socket.once('pong', done)
    socket.once('close', done)
    if (socket.readyState === socket.OPEN) socket.ping()
  })
}
const becomes = (wanted: readonly string[]): Promise<true> =>
  until(async () => (JSON.stringify(await table()) === JSON.stringify(wanted) ? true : null), DEADLINE_MS, `the seats ${wanted.join()}`)

describe('who has a line', () => {
  it('nobody with a token that is forged, too old, of another room or for nothing, and nobody who says something else first', async () => {
    const bo = await letIn('Bo')
    const token = bo.session?.token ?? ''
    const refused = async (who: string, as: 'stage' | 'co-anchor', room = ROOM): Promise<string | null> => {
      const line = await LineClient.open(house.wire, { room })
      lines.push(line)
      line.say({ type: 'hello', token: who, as })
      return line.ended()
    }
    expect(await refused(`${token.slice(0, -2)}AA`, 'co-anchor')).toBe('bad-token')
    expect(await refused('', 'co-anchor')).toBe('bad-token')
    const old = await signedToken(house.store, { t: 'access', u: bo.userId, r: 'viewer', m: ROOM, e: Math.floor(Date.now() / 1_000) - 1, i: '' })
    expect(await refused(old, 'co-anchor')).toBe('bad-token')
    // Signed by us, but an invitation is no session.
    const { token: invite } = await anchor.ok<{ token: string }>('POST', `/api/rooms/${ROOM}/invites`, { role: 'producer' })
    expect(await refused(invite, 'co-anchor')).toBe('bad-token')
    await anchor.ok('POST', '/api/rooms', { roomId: 'other', title: 'Other' })
    expect(await refused(token, 'co-anchor', 'other')).toBe('not-admitted')
    expect(await refused(anchor.session?.token ?? '', 'stage', 'no-such-room')).toBe('not-admitted')
    const line = await LineClient.open(house.wire)
    lines.push(line)
    line.say({ type: 'checks', checks: CHECKS })
    expect(await line.ended()).toBe('malformed')
  })

  it('nobody who has no place, and only the anchor is the stage', async () => {
    const viewer = await house.guest('Eve')
    const bo = await letIn('Bo')
    const cy = await byLink('Cy')
    const { token } = await anchor.ok<{ token: string }>('POST', `/api/rooms/${ROOM}/invites`, { role: 'producer' })
    const producer = new ApiClient(house.base, await house.nobody().ok<RoomSession>('POST', `/api/rooms/${ROOM}/sessions`, { nick: 'Pam', invite: token }))
    expect(await (await enter(viewer, 'co-anchor')).ended()).toBe('not-admitted')
    for (const who of [viewer, bo, cy, producer]) expect(await (await enter(who, 'stage')).ended()).toBe('not-admitted')
    expect(await table()).toEqual(['0 Bo'])
  })

  it('a viewer gets no place by anything that he says', async () => {
    const viewer = await house.guest('Eve')
    const said: readonly LineRequest[] = [
      { type: 'signal', to: null, call: 'c', signal: OFFER },
      { type: 'checks', checks: CHECKS },
      { type: 'wish', to: viewer.userId, wish: { maxHeight: 720, maxFps: 30 } },
      { type: 'talk', to: viewer.userId, on: true },
    ]
    for (const request of said) {
      const line = await enter(viewer, 'co-anchor')
      line.say(request)
      expect(await line.ended()).toBe('not-admitted')
      const alone = await LineClient.open(house.wire)
      lines.push(alone)
      alone.say(request)
      expect(await alone.ended()).toBe('malformed')
    }
    expect(await table()).toEqual([])
  })

  it('a co-anchor’s link is a way into the greenroom, while there is room and he is not blocked', async () => {
    const cy = await byLink('Cy')
    const line = await enter(cy, 'co-anchor')
    expect(await line.hear('welcome')).toEqual({ type: 'welcome', userId: cy.userId, iceServers: ICE })
    expect(await line.hear('seat')).toMatchObject({ entry: { userId: cy.userId, seat: 0, ready: false } })
    expect(await table()).toEqual(['0 Cy'])
    for (let at = 0; at < 7; at += 1) await letIn(`Guest ${at}`)
    const late = await byLink('Late')
    expect(await (await enter(late, 'co-anchor')).ended()).toBe('full')
    await anchor.ok('POST', `/api/rooms/${ROOM}/removals`, { userIds: [cy.userId], scope: 'forever', reason: '' })
    expect(await line.ended()).toBe('removed')
    expect(await (await enter(cy, 'co-anchor')).ended()).toBe('blocked')
  })

  it('stays, and is told of other ways to each other, when the servers for them are others', async () => {
    const stage = await enterStage()
    const line = await enter(await letIn('Bo'), 'co-anchor')
    await line.hear('seat')
    const iceServers = [{ urls: ['stun:stun.example.org'] }]
    house.setIceServers(iceServers)
    expect(await line.hear('welcome')).toMatchObject({ iceServers })
    expect(await stage.hear('welcome')).toMatchObject({ iceServers })
    const late = await enter(await letIn('Cy'), 'co-anchor')
    expect(await late.hear('welcome')).toMatchObject({ iceServers })
    for (const one of [stage, line]) expect(one.socket.readyState).toBe(one.socket.OPEN)
  })

  it('ends with the session that it was opened by, and the stage’s with the link that its anchor came by; those of others go on', async () => {
    const stage = await enterStage()
    const [bo, cy] = [await letIn('Bo'), await letIn('Cy')]
    const [his, hers] = [await enter(bo, 'co-anchor'), await enter(cy, 'co-anchor')]
    for (const line of [his, hers]) await line.hear('seat')
    await bo.ok('DELETE', '/api/session')
    expect(await his.ended()).toBe('bad-token')
    for (const one of [stage, hers]) {
      await roundTrip(one)
      expect(one.socket.readyState).toBe(one.socket.OPEN)
    }
    const room = 'second'
    const link = await anchor.ok<{ token: string; inviteId: string }>('POST', '/api/anchor-links', { roomId: room, title: 'Two' })
    const other = new ApiClient(house.base, await house.nobody().ok<RoomSession>('POST', `/api/rooms/${room}/sessions`, { nick: 'Eve', invite: link.token }))
    const theirs = await enter(other, 'stage', { room })
    await theirs.hear('seats')
    await anchor.ok('DELETE', `/api/rooms/${room}/invites/${link.inviteId}`)
    expect(await theirs.ended()).toBe('bad-token')
    await roundTrip(stage)
    expect(stage.socket.readyState).toBe(stage.socket.OPEN)
  })

  it('who was sent away has none any more, nor has his link', async () => {
    const stage = await enterStage()
    const cy = await byLink('Cy')
    const line = await enter(cy, 'co-anchor')
    await line.hear('seat')
    await stage.hear('line', ({ open }) => open)
    await anchor.ok('DELETE', `${SEATS}/${cy.userId}`)
    expect(await line.ended()).toBe('removed')
    await stage.hear('seats', ({ table: { entries } }) => entries.length === 0)
    expect(await (await enter(cy, 'co-anchor')).ended()).toBe('bad-token')
    const bo = await letIn('Bo')
    const his = await enter(bo, 'co-anchor')
    await his.hear('seat')
    await bo.ok('DELETE', `${SEATS}/me`)
    expect(await his.ended()).toBe('removed')
    expect(await (await enter(bo, 'co-anchor')).ended()).toBe('not-admitted')
  })

  it('no page of a stranger, and none under a strange name', async () => {
    await expect(LineClient.open(house.wire, { origin: 'https://evil.example.com' })).rejects.toThrow('403')
    await expect(LineClient.open(house.wire, { origin: 'app://studio' })).rejects.toThrow('403')
    await expect(LineClient.open(house.wire, { room: '' })).rejects.toThrow('404')
    const stage = await enter(anchor, 'stage', { origin: 'app://stage' })
    await stage.hear('welcome')
    const bo = await letIn('Bo')
    for (const origin of [house.base, 'anchordesk://co-anchor']) await (await enter(bo, 'co-anchor', { origin })).hear('welcome')
  })
})

describe('what goes over the lines', () => {
  it('signals between the stage and each co-anchor, and what each may say besides', async () => {
    const [bo, cy] = [await letIn('Bo'), await letIn('Cy')]
    const [hers, his] = [await enter(bo, 'co-anchor'), await enter(cy, 'co-anchor')]
    expect(await hers.hear('stage')).toMatchObject({ present: false })
    // Nobody to hear it: it is not kept.
    hers.say({ type: 'signal', to: null, call: 'early', signal: OFFER })
    hers.say({ type: 'checks', checks: CHECKS })
    await his.hear('seat')
    const stage = await enter(anchor, 'stage')
    expect((await stage.hear('seats')).table.entries.map(({ nick }) => nick)).toEqual(['Bo', 'Cy'])
    expect(await stage.hear('line', ({ userId }) => userId === bo.userId)).toMatchObject({ open: true })
    await hers.hear('stage', ({ present }) => present)
    expect(await stage.hear('checks')).toEqual({ type: 'checks', from: bo.userId, checks: CHECKS })
    hers.say({ type: 'signal', to: null, call: 'one', signal: OFFER })
    expect(await stage.hear('signal')).toEqual({ type: 'signal', from: bo.userId, call: 'one', signal: OFFER })
    stage.say({ type: 'signal', to: bo.userId, call: 'one', signal: ANSWER })
    stage.say({ type: 'wish', to: bo.userId, wish: { maxHeight: 360, maxFps: 15 } })
    stage.say({ type: 'talk', to: bo.userId, on: true })
    expect(await hers.hear('signal')).toEqual({ type: 'signal', from: null, call: 'one', signal: ANSWER })
    expect(await hers.hear('wish')).toMatchObject({ wish: { maxHeight: 360 } })
    expect(await hers.hear('talk')).toMatchObject({ on: true })
    // As it does when it comes to a full room: an answer and its candidates for each.
    for (let at = 0; at < 400; at += 1) stage.say({ type: 'signal', to: cy.userId, call: `${at}`, signal: { candidate: null } })
    await his.hear('signal', ({ call }) => call === '399')
    // Nobody of that name: said to nobody, and the line goes on.
    stage.say({ type: 'talk', to: 'nobody', on: true })
    stage.say({ type: 'signal', to: cy.userId, call: 'two', signal: { candidate: null } })
    expect(await his.hear('signal')).toMatchObject({ from: null, call: 'two' })
    expect(his.news.filter(({ type }) => ['wish', 'talk'].includes(type))).toEqual([])
  })

  it('and what another room’s stage has a use for', async () => {
    const stage = await enterStage()
    const bo = await letIn('Bo')
    const other = await enter(bo, 'room')
    await other.hear('seat')
    other.say({ type: 'wish', to: null, wish: { maxHeight: 270, maxFps: 20 } })
    expect(await stage.hear('wish')).toEqual({ type: 'wish', from: bo.userId, wish: { maxHeight: 270, maxFps: 20 } })
    other.say({ type: 'wish', to: bo.userId, wish: { maxHeight: 270, maxFps: 20 } })
    expect(await other.ended()).toBe('malformed')
  })

  it('nothing from one co-anchor to another, and nothing in another’s name', async () => {
    const stage = await enterStage()
    const [bo, cy] = [await letIn('Bo'), await letIn('Cy')]
    const his = await enter(cy, 'co-anchor')
    await his.hear('seat')
    const forbidden: readonly LineRequest[] = [
      { type: 'signal', to: cy.userId, call: 'c', signal: OFFER },
      { type: 'wish', to: cy.userId, wish: { maxHeight: 90, maxFps: 5 } },
      { type: 'wish', to: null, wish: { maxHeight: 90, maxFps: 5 } },
      { type: 'talk', to: cy.userId, on: true },
      { type: 'hello', token: '', as: 'stage' },
    ]
    for (const request of forbidden) {
      const hers = await enter(bo, 'co-anchor')
      await hers.hear('seat')
      hers.say(request)
      expect(await hers.ended()).toBe('malformed')
    }
    const hers = await enter(bo, 'co-anchor')
    hers.socket.send(JSON.stringify({ type: 'signal', from: cy.userId, to: null, call: 'forged', signal: OFFER }))
    expect(await hers.ended()).toBe('malformed')
    his.say({ type: 'signal', to: null, call: 'last', signal: OFFER })
    expect(await stage.hear('signal')).toMatchObject({ from: cy.userId, call: 'last' })
    expect(his.news.filter(({ type }) => !['welcome', 'stage', 'way', 'seat'].includes(type))).toEqual([])
    for (const request of [
      { type: 'signal', to: null, call: 'c', signal: ANSWER },
      { type: 'checks', checks: CHECKS },
    ] as const) {
      const next = await enterStage()
      next.say(request)
      expect(await next.ended()).toBe('malformed')
    }
  })

  it('each change of the seats, to the stage all of them and to the co-anchor the own', async () => {
    const stage = await enterStage()
    const bo = await letIn('Bo')
    await stage.hear('seats', ({ table: { entries } }) => entries.length === 1)
    expect(await stage.hear('line')).toEqual({ type: 'line', userId: bo.userId, open: false, sinceMs: time.nowMs(), room: false })
    const hers = await enter(bo, 'co-anchor')
    await stage.hear('line', ({ open }) => open)
    await letIn('Cy')
    await bo.ok('PUT', `${SEATS}/me`, { ready: true })
    await hers.hear('seat', ({ entry }) => entry.ready)
    await anchor.ok('PATCH', `${SEATS}/${bo.userId}`, { onAir: true, muted: true })
    await hers.hear('seat', ({ entry }) => entry.seat === 1 && entry.muted)
    await stage.hear('seats', ({ table: { entries } }) => entries[0]?.seat === 1)
    await anchor.ok('PUT', `/api/rooms/${ROOM}/layout`, { layout: 'grid' })
    await stage.hear('seats', ({ table: { layout } }) => layout === 'grid')
    // What concerns others alone is not told.
    expect(hers.news.filter(({ type }) => type === 'seat')).toHaveLength(3)
  })

  it('the newer line takes the place of the older one', async () => {
    const stage = await enterStage()
    const bo = await letIn('Bo')
    const first = await enter(bo, 'co-anchor')
    await stage.hear('line', ({ open }) => open)
    time.pass(1)
    const second = await enter(bo, 'co-anchor')
    expect(await first.ended()).toBe('replaced')
    expect(await stage.hear('line')).toMatchObject({ userId: bo.userId, open: true, sinceMs: time.nowMs() })
    await second.hear('stage', ({ present }) => present)
    const next = await enterStage()
    expect(await stage.ended()).toBe('replaced')
    // A call to the earlier stage is void.
    await second.hear('stage', ({ present }) => !present)
    await second.hear('stage', ({ present }) => present)
    next.close()
    await second.hear('stage', ({ present }) => !present)
    expect(await table()).toEqual(['0 Bo'])
  })
})

describe('a place is kept for a while', () => {
  it('20 s after the line broke it is free, on the air as well; who is back before keeps it', async () => {
    const stage = await enterStage()
    const [bo, cy] = [await letIn('Bo'), await letIn('Cy')]
    const hers = await enter(bo, 'co-anchor')
    await (await enter(cy, 'co-anchor')).hear('seat')
    await bo.ok('PUT', `${SEATS}/me`, { ready: true })
    await anchor.ok('PATCH', `${SEATS}/${bo.userId}`, { onAir: true, volume: 0.5 })
    await stage.hear('line', ({ userId, open }) => userId === bo.userId && open)
    hers.close()
    const { sinceMs } = await stage.hear('line', ({ userId, open }) => userId === bo.userId && !open)
    expect(sinceMs).toBe(time.nowMs())
    await within(SEAT_KEPT_MS - 1)
    expect(await table()).toEqual(['1 Bo', '0 Cy'])
    const again = await enter(bo, 'co-anchor')
    expect(await again.hear('seat')).toMatchObject({ entry: { seat: 1, ready: true, volume: 0.5 } })
    await within(SEAT_KEPT_MS)
    expect(await table()).toEqual(['1 Bo', '0 Cy'])
    again.close()
    await stage.hear('line', ({ userId, open }) => userId === bo.userId && !open)
    await within(SEAT_KEPT_MS)
    await becomes(['0 Cy'])
    await stage.hear('seats', ({ table: { entries } }) => entries.length === 1)
    expect(await (await enter(bo, 'co-anchor')).ended()).toBe('not-admitted')
  })

  it('who was just let in has a minute to come, and so has everybody after a restart', async () => {
    const bo = await letIn('Bo')
    await within(LINE_TERMS.comeMs - 1)
    expect(await table()).toEqual(['0 Bo'])
    await house.shut()
    expect(time.waiting).toBe(0)
    await house.open()
    anchor = await house.anchor()
    const again = new ApiClient(house.base, bo.session)
    await within(LINE_TERMS.comeMs - 1)
    expect(await table()).toEqual(['0 Bo'])
    await within(1)
    await becomes([])
    expect(await again.refused('PUT', `${SEATS}/me`, { ready: true })).toBe('seat.not-admitted')
  })

  it('a page that does not answer is taken for gone', async () => {
    const stage = await enterStage()
    const bo = await letIn('Bo')
    const hers = await enter(bo, 'co-anchor')
    await stage.hear('line', ({ open }) => open)
    hers.socket.pause()
    await within(LINE_TERMS.pingMs * 3)
    await stage.hear('line', ({ userId, open }) => userId === bo.userId && !open)
    expect(await table()).toEqual(['0 Bo'])
  })

  it('a socket that says nothing is closed', async () => {
    const line = await LineClient.open(house.wire)
    lines.push(line)
    time.pass(LINE_TERMS.helloMs)
    expect(await line.ended()).toBeNull()
  })

  /** Time passes, and whoever reads has answered each ping meanwhile. */
  async function within(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= LINE_TERMS.pingMs) {
      const readers = lines.filter(({ socket }) => socket.readyState === socket.OPEN && !socket.isPaused)
      time.pass(Math.min(left, LINE_TERMS.pingMs))
      // A round trip behind the pong: the server has read it when it answers.
      await Promise.all(readers.map(roundTrip))
    }
  }
})

describe('abuse', () => {
  it('a flood, a frame that is too large, one that is none', async () => {
    const stage = await enterStage()
    const bo = await letIn('Bo')
    const flood = await enter(bo, 'co-anchor')
    await flood.hear('seat')
    for (let at = 0; at < 101; at += 1) flood.say({ type: 'signal', to: null, call: `${at}`, signal: { candidate: null } })
    expect(await flood.ended()).toBe('too-fast')
    const heavy = await enter(bo, 'co-anchor')
    await heavy.hear('seat')
    for (let at = 0; at < 6; at += 1)
      heavy.say({ type: 'signal', to: null, call: `${at}`, signal: { description: { type: 'offer', sdp: 'x'.repeat(55_000) } } })
    expect(await heavy.ended()).toBe('too-fast')
    const large = await enter(bo, 'co-anchor')
    await large.hear('seat')
    large.socket.send(`"${'x'.repeat(LINE_MESSAGE_MAX_BYTES)}"`)
    expect(await large.ended()).toBeNull()
    const binary = await enter(bo, 'co-anchor')
    await binary.hear('seat')
    binary.socket.send(Buffer.from(JSON.stringify({ type: 'checks', checks: CHECKS })), { binary: true })
    expect(await binary.ended()).toBe('malformed')
    // The stage has heard all of it and is still there.
    const last = await enter(bo, 'co-anchor')
    last.say({ type: 'signal', to: null, call: 'still', signal: OFFER })
    await stage.hear('signal', ({ call }) => call === 'still')
  })

  it(
    `${COUNT} malformed frames, by strangers and by someone who has a place: nothing changes, and the server works`,
    async () => {
      const chance = new Chance(SEED)
      const bo = await letIn('Bo')
      const cy = await letIn('Cy')
      const stage = await enterStage()
      const his = await enter(cy, 'co-anchor')
      await his.hear('seat')
      const before = await anchor.ok('GET', SEATS)
      const requests: readonly LineRequest[] = [
        { type: 'hello', token: 'x', as: 'stage' },
        { type: 'signal', to: null, call: 'c', signal: OFFER },
        { type: 'signal', to: cy.userId, call: 'c', signal: { candidate: { candidate: 'c', sdpMid: '0', sdpMLineIndex: 0, usernameFragment: null } } },
        { type: 'checks', checks: CHECKS },
        { type: 'wish', to: cy.userId, wish: { maxHeight: 360, maxFps: 15 } },
        { type: 'talk', to: cy.userId, on: true },
      ]
      const isOpen = ({ socket }: LineClient): boolean => socket.readyState === socket.OPEN
      let stranger = await LineClient.open(house.wire)
      let insider = await enter(bo, 'co-anchor')
      for (let at = 0; at < COUNT; at += 1) {
        if (!isOpen(stranger)) stranger = await LineClient.open(house.wire)
        if (!isOpen(insider)) {
          insider = await enter(bo, 'co-anchor')
          lines.splice(lines.indexOf(insider), 1)
        }
        const request = chance.of(requests)
        const frame = chance.below(2) === 0 ? garbled(chance, request) : Buffer.from(JSON.stringify(mutated(chance, request)) ?? '')
        const target = chance.below(2) === 0 ? stranger : insider
        target.socket.send(frame, { binary: chance.below(4) === 0 })
        // Most of it ends the line; what does not was well-formed by accident.
        if (chance.below(4) > 0) await roundTrip(target)
        time.pass(20)
      }
      for (const line of [stranger, insider]) line.close()
      expect(await anchor.ok('GET', SEATS)).toEqual(before)
      expect(his.news.filter(({ type }) => !['welcome', 'alive', 'stage', 'way', 'seat'].includes(type))).toEqual([])
      his.say({ type: 'signal', to: null, call: 'still', signal: OFFER })
      await stage.hear('signal', ({ from, call }) => from === cy.userId && call === 'still')
    },
    60_000 + COUNT * 30,
  )
})

describe('the way of the media', () => {
  it('is told to the co-anchors before the stage, and whom to hear where it is TRTC', async () => {
    const bo = await letIn('Bo')
    const line = await enter(bo, 'co-anchor')
    await line.hear('stage', ({ present }) => !present)
    expect(line.news.some(({ type }) => type === 'way')).toBe(false)
    const stage = await enter(anchor, 'stage', { way: 'trtc' })
    await line.hear('stage', ({ present }) => present)
    expect(line.news.map(({ type }) => type).filter((type) => type === 'way' || type === 'company' || type === 'stage')).toEqual([
      'stage',
      'way',
      'company',
      'stage',
    ])
    expect(line.news.find(({ type }) => type === 'company')).toEqual({ type: 'company', anchor: anchor.userId, heard: [] })

    const cy = await letIn('Cy')
    await cy.ok('PUT', `${SEATS}/me`, { ready: true })
    await anchor.ok('PATCH', `${SEATS}/${cy.userId}`, { onAir: true })
    await line.hear('company', ({ heard }) => heard.join() === cy.userId)
    await anchor.ok('PATCH', `${SEATS}/${cy.userId}`, { muted: true })
    await line.hear('company', ({ heard }) => heard.length === 0)
    // Somebody who comes later knows it at once, and oneself is in nobody's list of one's own.
    const own = await enter(cy, 'co-anchor')
    expect((await own.hear('way')).way).toBe('trtc')
    await anchor.ok('PATCH', `${SEATS}/${cy.userId}`, { muted: false })
    await line.hear('company', ({ heard }) => heard.length === 1)
    expect(own.news.filter(({ type }) => type === 'company')).toEqual([{ type: 'company', anchor: anchor.userId, heard: [] }])

    // In the middle of a show, and back by the next.
    stage.say({ type: 'way', way: 'stage' })
    expect((await line.hear('way')).way).toBe('stage')
    stage.say({ type: 'way', way: 'trtc' })
    expect((await line.hear('way')).way).toBe('trtc')
    await line.hear('company', ({ heard }) => heard.length === 1)
  })

  it('outlives a stage that goes, and is what the next one says', async () => {
    const bo = await letIn('Bo')
    const first = await enter(anchor, 'stage', { way: 'trtc' })
    const line = await enter(bo, 'co-anchor')
    expect((await line.hear('way')).way).toBe('trtc')
    first.close()
    await line.hear('stage', ({ present }) => !present)
    expect(line.news.filter(({ type }) => type === 'way')).toHaveLength(1)
    await enter(anchor, 'stage')
    expect((await line.hear('way')).way).toBe('stage')
  })

  it('is the stage’s to say, and no business of another room’s stage', async () => {
    const bo = await letIn('Bo')
    const cy = await letIn('Cy')
    await enter(anchor, 'stage', { way: 'trtc' })
    const room = await enter(cy, 'room')
    await room.hear('stage')
    const line = await enter(bo, 'co-anchor')
    line.say({ type: 'way', way: 'stage' })
    expect(await line.ended()).toBe('malformed')
    expect(room.news.some(({ type }) => type === 'way' || type === 'company')).toBe(false)
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../../support/until'
import type { ApiClient } from './support/api-client'
import { CloudBackend, ROOM } from './support/cloud-backend'

const DEADLINE_MS = 5_000
let house: CloudBackend
let anchor: ApiClient
beforeAll(async () => {
  house = await CloudBackend.start()
  anchor = await house.anchor()
})
afterAll(() => house.close())

/** The room was told this. */
const told = (kind: string, fields: object): Promise<Record<string, unknown>> =>
  until(
    () =>
      house.cloud
        .told(ROOM)
        .filter((message) => message['kind'] === kind)
        .find((message) => Object.entries(fields).every(([name, value]) => JSON.stringify(message[name]) === JSON.stringify(value))) ?? null,
    DEADLINE_MS,
    kind,
  )

describe('rooms', () => {
  it('makes the room of the program at the first start', async () => {
    expect(house.cloud.group(ROOM).profile).toMatchObject({ Type: 'AVChatRoom', Name: 'Friday night', Owner_Account: 'anchor' })
    expect((await house.nobody().ask('GET', '/api/rooms')).body).toMatchObject({
      program: ROOM,
      rooms: [{ roomId: ROOM, status: 'upcoming', title: 'Friday night' }],
    })
  })

  it('describes itself', async () => {
    const { body } = await house.nobody().ask<{ openapi: string; paths: Record<string, unknown> }>('GET', '/openapi.json')
    expect(body.openapi).toBe('3.1.0')
    expect(Object.keys(body.paths)).toContain('/api/rooms/{room}/gifts')
    const page = await fetch(`${house.base}/docs`)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(await page.text()).toContain('/api/rooms/:room/gifts')
  })

  it('moves through its statuses, tells those inside and writes the board for newcomers', async () => {
    expect(await anchor.ok('PUT', `/api/rooms/${ROOM}/status`, { status: 'live' })).toMatchObject({ status: 'live', show: 1 })
    await told('status', { v: 1, kind: 'status', status: 'live', previous: 'upcoming', show: 1 })
    expect(house.cloud.messages.find((one) => one.groupId === ROOM && one.body[0]?.MsgContent['Desc'] === 'status')?.priority).toBe('High')
    await until(() => (house.cloud.group(ROOM).attributes.get('status')?.includes('"live"') === true ? true : null), DEADLINE_MS, 'the board')
    await until(
      () => ((JSON.stringify(house.cloud.group(ROOM).profile['AppDefinedData']) ?? '').includes('live_status') ? true : null),
      DEADLINE_MS,
      'the custom field',
    )
    expect((await house.nobody().ask('GET', `/api/rooms/${ROOM}/status`)).body).toMatchObject({ status: 'live' })
  })

  it('refuses what may not follow, and says what may', async () => {
    const refused = await anchor.ask('PUT', `/api/rooms/${ROOM}/status`, { status: 'playback' })
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'room.illegal-transition', context: { from: 'live', to: 'playback', allowed: 'paused, ended' } },
    })
    const chinese = await anchor.ask('PUT', `/api/rooms/${ROOM}/status`, { status: 'playback' }, { 'accept-language': 'zh-CN' })
    expect(chinese.body['message']).toMatch(/直播间/)
  })

  it('follows the program stream, and leaves a pause of the crew alone', async () => {
    await house.backend.program(false)
    expect((await house.nobody().ask('GET', `/api/rooms/${ROOM}/status`)).body).toMatchObject({ status: 'paused' })
    await house.backend.program(true)
    expect((await house.nobody().ask('GET', `/api/rooms/${ROOM}/status`)).body).toMatchObject({ status: 'live', show: 1 })
    await anchor.ok('PUT', `/api/rooms/${ROOM}/status`, { status: 'paused' })
    await house.backend.program(true)
    expect((await house.nobody().ask('GET', `/api/rooms/${ROOM}/status`)).body).toMatchObject({ status: 'paused' })
    await anchor.ok('PUT', `/api/rooms/${ROOM}/status`, { status: 'live' })
  })

  it('changes title, cover and start', async () => {
    const cover = 'https://example.com/cover.png'
    expect(await anchor.ok('PATCH', `/api/rooms/${ROOM}`, { title: '周五之夜 with a longer title', cover, startsAt: 1_800_000_000 })).toMatchObject({
      cover,
      startsAt: 1_800_000_000,
    })
    await told('profile', { title: '周五之夜 with a longer title' })
    await until(() => (house.cloud.group(ROOM).profile['Name'] === '周五之夜 with a longer tit' ? true : null), DEADLINE_MS, 'the group name, cut to 30 bytes')
    expect(await anchor.refused('PATCH', `/api/rooms/${ROOM}`, { cover: 'http://example.com/cover.png' })).toBe('request.invalid')
  })

  it('makes another room, once', async () => {
    expect(await anchor.ok('POST', '/api/rooms', { roomId: 'second', title: 'Second' })).toMatchObject({ roomId: 'second', status: 'upcoming' })
    expect(await anchor.refused('POST', '/api/rooms', { roomId: 'second', title: 'Second' })).toBe('room.exists')
  })
})

describe('notice and introduction', () => {
  it('tells a plain notice at once and keeps it for newcomers', async () => {
    const text = '<b>Hello</b> & welcome'
    await anchor.ok('PUT', `/api/rooms/${ROOM}/notice`, { text })
    await told('notice', { notice: { form: 'plain', text } })
    await until(() => (house.cloud.group(ROOM).profile['Notification'] === text ? true : null), DEADLINE_MS, 'the group notice')
    expect((await (await house.guest('Bo')).snapshot(ROOM)).notice).toEqual({ form: 'plain', text })
  })

  it('takes pictures by https alone', async () => {
    const images = ['https://example.com/a.png']
    await anchor.ok('PUT', `/api/rooms/${ROOM}/notice`, { text: 'Look', images })
    await told('notice', { notice: { form: 'rich', text: 'Look', images } })
    expect(await anchor.refused('PUT', `/api/rooms/${ROOM}/notice`, { text: 'Look', images: ['http://example.com/a.png'] })).toBe('text.image-not-https')
    expect(await anchor.refused('PUT', `/api/rooms/${ROOM}/notice`, { text: 'Look', images: ['javascript:alert(1)'] })).toBe('text.image-not-https')
  })

  it('counts bytes: 300 for the notice, 240 for the introduction', async () => {
    await anchor.ok('PUT', `/api/rooms/${ROOM}/notice`, { text: '文'.repeat(100) })
    expect(await anchor.refused('PUT', `/api/rooms/${ROOM}/notice`, { text: `${'文'.repeat(100)}a` })).toBe('text.too-long')
    await anchor.ok('PUT', `/api/rooms/${ROOM}/introduction`, { text: '文'.repeat(80) })
    expect(await anchor.refused('PUT', `/api/rooms/${ROOM}/introduction`, { text: `${'文'.repeat(80)}a` })).toBe('text.too-long')
  })

  it('remembers earlier ones and keeps quick ones', async () => {
    const { entries } = await anchor.ok<{ entries: { by: string; text: { text: string } }[] }>('GET', `/api/rooms/${ROOM}/notice/history`)
    expect(entries.map((entry) => entry.text.text)).toContain('Look')
    expect(entries[0]?.by).toBe('anchor')
    const { id } = await anchor.ok<{ id: number }>('POST', `/api/rooms/${ROOM}/quick-notices`, { text: 'Back in 5 minutes' })
    expect((await anchor.ok<{ notices: unknown[] }>('GET', `/api/rooms/${ROOM}/quick-notices`)).notices).toContainEqual({
      id,
      text: { form: 'plain', text: 'Back in 5 minutes' },
    })
    await anchor.ok('DELETE', `/api/rooms/${ROOM}/quick-notices/${id}`)
  })
})

describe('what is written and not told yet', () => {
  it('survives an IM that is away', async () => {
    const before = house.cloud.told(ROOM).length
    house.cloud.intercept = (call) => (call.command.endsWith('send_group_msg') ? 'hang-up' : null)
    await anchor.ok('PUT', `/api/rooms/${ROOM}/notice`, { text: 'Written while IM was away' })
    await house.shut()
    house.cloud.intercept = () => null
    await house.open()
    anchor = await house.anchor()
    await told('notice', { notice: { form: 'plain', text: 'Written while IM was away' } })
    expect(house.cloud.told(ROOM).length).toBe(before + 1)
  })

  it('converges when another writes the attributes at the same time (10056)', async () => {
    let conflicts = 0
    house.cloud.intercept = (call) => {
      if (!call.command.endsWith('modify_group_attr') || conflicts >= 3) return null
      conflicts += 1
      // The other writer was first, with a key of its own.
      house.cloud.group(ROOM).attributes.set('other', `${conflicts}`)
      return { ErrorCode: 10056 }
    }
    await anchor.ok('PUT', `/api/rooms/${ROOM}/notice`, { text: 'After the race' })
    await until(() => (house.cloud.group(ROOM).attributes.get('notice')?.includes('After the race') === true ? true : null), DEADLINE_MS, 'the board')
    expect(house.cloud.group(ROOM).attributes.get('other')).toBe('3')
    house.cloud.intercept = () => null
  })
})

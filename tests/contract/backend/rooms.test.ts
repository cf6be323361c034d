import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../../support/until'
import type { ApiClient } from './support/api-client'
import { ROOM } from './support/cloud-backend'
import { HOUSES_WITH_POSTGRES, toldIn, type House } from './support/house'
import { groupOf, type GroupView } from './support/im-view'

const DEADLINE_MS = 20_000
let house: House
let anchor: ApiClient

/** The room was told this. */
const told = (kind: string, fields: object): Promise<Record<string, unknown>> =>
  until(
    () =>
      toldIn(house)
        .filter((message) => message['kind'] === kind)
        .find((message) => Object.entries(fields).every(([name, value]) => JSON.stringify(message[name]) === JSON.stringify(value))) ?? null,
    DEADLINE_MS,
    kind,
  )
/** IM shows it to those who look from outside. */
const shown = (is: (group: GroupView) => boolean, what: string): Promise<true> =>
  until(async () => (is(await groupOf(house.rest(), ROOM)) ? true : null), DEADLINE_MS, what)
const status = async (): Promise<unknown> => (await house.nobody().ask('GET', `/api/rooms/${ROOM}/status`)).body

describe.each(HOUSES_WITH_POSTGRES)('with $name', ({ open }) => {
  beforeAll(async () => {
    house = await open()
    anchor = await house.anchor()
  })
  afterAll(() => house.close())

  describe('rooms', () => {
    it('makes the room of the program at the first start', async () => {
      expect((await groupOf(house.rest(), ROOM)).profile).toMatchObject({ Type: 'AVChatRoom', Name: 'Friday night', Owner_Account: 'anchor' })
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
      expect(house.heard().find(({ content }) => content['Desc'] === 'status')?.priority).toBe('High')
      await shown(({ attributes }) => attributes.get('status')?.includes('"live"') === true, 'the board')
      await shown(({ fields }) => fields.get('live_status')?.includes('"live"') === true, 'the custom field')
      expect(await status()).toMatchObject({ status: 'live' })
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
      const isSoon = (wanted: string): Promise<unknown> =>
        until(async () => (((await status()) as { status: string }).status === wanted ? true : null), DEADLINE_MS, wanted)
      // The room is live by the crew's word; from now on a stream is there.
      await house.stream(true)
      await house.stream(false)
      await isSoon('paused')
      await house.stream(true)
      await isSoon('live')
      expect(await status()).toMatchObject({ show: 1 })
      await anchor.ok('PUT', `/api/rooms/${ROOM}/status`, { status: 'paused' })
      await house.stream(false)
      await house.stream(true)
      // Moves keep their order: what is told now comes after whatever the stream did.
      await anchor.ok('PUT', `/api/rooms/${ROOM}/notice`, { text: 'after the stream' })
      await told('notice', { notice: { form: 'plain', text: 'after the stream' } })
      expect(await status()).toMatchObject({ status: 'paused' })
      await anchor.ok('PUT', `/api/rooms/${ROOM}/status`, { status: 'live' })
    })

    it('changes title, cover and start', async () => {
      const cover = 'https://example.com/cover.png'
      expect(await anchor.ok('PATCH', `/api/rooms/${ROOM}`, { title: '周五之夜 with a longer title', cover, startsAt: 1_800_000_000 })).toMatchObject({
        cover,
        startsAt: 1_800_000_000,
      })
      await told('profile', { title: '周五之夜 with a longer title' })
      await shown(({ profile }) => profile['Name'] === '周五之夜 with a longer tit' && profile['FaceUrl'] === cover, 'the group name, cut to 30 bytes')
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
      await shown(({ profile }) => profile['Notification'] === text, 'the group notice')
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
      await shown(({ profile }) => profile['Introduction'] === '文'.repeat(80), 'the group introduction')
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
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RoomSnapshot } from '../../../electron/shared/room-api'
import type { RichText } from '../../../electron/shared/room-message'
import { until } from '../../support/until'
import type { ApiClient } from './support/api-client'
import { ROOM } from './support/cloud-backend'
import { EmbeddedBackend } from './support/embedded-backend'

const DEADLINE_MS = 20_000
let house: EmbeddedBackend
let anchor: ApiClient
beforeAll(async () => {
  house = await EmbeddedBackend.start()
  anchor = await house.anchor()
})
afterAll(() => house.close())

const plain = (text: string): RichText => ({ form: 'plain', text })
const now = async (): Promise<RichText> => (await anchor.ok<RoomSnapshot>('GET', `/api/rooms/${ROOM}/snapshot`)).notice

describe('the notice of a status', () => {
  it('is said to the room in the anchor’s name, answers what was there, and puts that back with its pictures', async () => {
    const welcome = { form: 'rich', text: '欢迎', images: ['https://a.example/图.png'] } as const
    await anchor.ok('PUT', `/api/rooms/${ROOM}/notice`, { text: welcome.text, images: welcome.images })
    const before = await house.sayNotice(plain('Back soon'), null)
    expect(before).toEqual({ ...welcome, images: ['https://a.example/%E5%9B%BE.png'] })
    await until(() => (house.heard().some(({ content }) => String(content['Data']).includes('Back soon')) ? true : null), DEADLINE_MS, 'the notice')
    expect(await house.sayNotice(before ?? plain(''), 'Back soon')).toEqual(plain('Back soon'))
    expect(await now()).toEqual(before)
    const { entries } = await anchor.ok<{ entries: { text: RichText; by: string }[] }>('GET', `/api/rooms/${ROOM}/notice/history`)
    expect(entries.slice(0, 3).map(({ text, by }) => [text.text, by])).toEqual([
      ['欢迎', 'anchor'],
      ['Back soon', 'anchor'],
      ['欢迎', 'anchor'],
    ])
  })

  it('is left alone where somebody wrote another one meanwhile', async () => {
    await house.sayNotice(plain('Back soon'), null)
    await anchor.ok('PUT', `/api/rooms/${ROOM}/notice`, { text: 'By the producer' })
    expect(await house.sayNotice(plain('Welcome'), 'Back soon')).toEqual(plain('By the producer'))
    expect(await now()).toEqual(plain('By the producer'))
  })

  it('that is too long is refused whole', async () => {
    await expect(house.sayNotice(plain(`${'字'.repeat(100)}!`), null)).rejects.toMatchObject({ code: 'text.too-long' })
    expect(await now()).toEqual(plain('By the producer'))
  })

  it('outlives the process', async () => {
    await house.sayNotice(plain('Still here'), null)
    await house.shut()
    await house.open()
    anchor = await house.anchor()
    expect(await now()).toEqual(plain('Still here'))
  })
})

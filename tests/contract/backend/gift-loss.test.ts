import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readRoomMessage } from '../../../electron/shared/room-message'
import type { ChatHandlers, ChatLine, SentMessage } from '../../../renderer/room/chat-connection'
import { useGifts } from '../../../renderer/room/gift-store'
import { LiveRoom } from '../../../renderer/room/live-room'
import { HttpRoomApi } from '../../../renderer/room/room-api-client'
import { readSdkMessage } from '../../../renderer/room/room-messages'
import { GuestSession } from '../../../renderer/room/session'
import { until } from '../../support/until'
import { Chance, countFrom } from '../im/support/random'
import { newOrderId, type ApiClient } from './support/api-client'
import { ROOM } from './support/cloud-backend'
import { HOUSES, type House } from './support/house'

const DEADLINE_MS = 30_000
const GIFTS = countFrom('ANCHORDESK_GIFTS', 80)
const PAGES = 4
const LOSS = 0.3
const LISTEN_MS = 20

/** A page's line that takes what the room is told, and loses 30 % of the gift messages by chances of its own. */
class LossyLine implements ChatLine {
  readonly #house: House
  readonly #handlers: ChatHandlers
  readonly #admin: string
  readonly #chance: Chance
  #timer: NodeJS.Timeout | null = null
  #taken = 0
  /** Loses everything. */
  deaf = false
  lost = 0

  constructor(house: House, handlers: ChatHandlers, admin: string, seed: number) {
    this.#house = house
    this.#handlers = handlers
    this.#admin = admin
    this.#chance = new Chance(seed)
  }

  async open(): Promise<void> {
    this.#taken = this.#house.heard().length
    this.#timer = setInterval(() => this.#take(), LISTEN_MS)
    this.#handlers.onState('ready', '')
    this.#handlers.onJoined()
  }

  async say(): Promise<SentMessage> {
    throw new Error('this line only listens')
  }

  async like(): Promise<void> {
    throw new Error('this line only listens')
  }

  async ask(): Promise<string> {
    throw new Error('this line only listens')
  }

  async answer(): Promise<void> {
    throw new Error('this line only listens')
  }

  async takeBack(): Promise<void> {
    throw new Error('this line only listens')
  }

  async nickOf(): Promise<string> {
    throw new Error('this line only listens')
  }

  nudge(): void {
    return undefined
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }

  #take(): void {
    const all = this.#house.heard()
    for (const { from, type, content, msgSeq } of all.slice(this.#taken)) {
      const data = content['Data']
      const kind = readRoomMessage(typeof data === 'string' ? data : '')?.kind
      if ((kind === 'gift' || kind === 'refund') && (this.deaf || this.#chance.next() < LOSS)) {
        this.lost += 1
        continue
      }
      const heard = readSdkMessage({ ID: `${from}-${msgSeq}`, type, to: ROOM, from, sequence: msgSeq, payload: { data } }, ROOM, this.#admin)
      if (heard !== null) this.#handlers.onHeard(heard)
    }
    this.#taken = all.length
  }
}

interface RoomPage {
  readonly room: LiveRoom
  readonly line: LossyLine
  readonly gifts: ReturnType<typeof useGifts>
}

let house: House
let anchor: ApiClient
let pages: readonly RoomPage[]

/** As the watch page is put together, with stores of its own; only the SDK is another. */
function openPage(seed: number): RoomPage {
  const pinia = createPinia()
  setActivePinia(pinia)
  const kept = new Map<string, string>()
  const lines: LossyLine[] = []
  const api = new HttpRoomApi(house.base, ROOM)
  const session = new GuestSession({
    api,
    keeper: { read: () => kept.get('visit') ?? null, write: (text) => void kept.set('visit', text) },
    invite: null,
    guestName: () => `Guest ${seed}`,
  })
  const room = new LiveRoom({
    roomId: ROOM,
    api,
    session,
    line: (_roomId, handlers) => {
      const line = new LossyLine(house, handlers, anchor.session?.admin ?? '', seed)
      lines.push(line)
      return line
    },
  })
  const [line] = lines
  if (line === undefined) throw new Error('a room makes its line at once')
  return { room, line, gifts: useGifts(pinia) }
}

describe.each(HOUSES)('gifts under loss, with $name', ({ open }) => {
  beforeEach(async () => {
    house = await open()
    anchor = await house.anchor()
    await anchor.ok('PUT', `/api/rooms/${ROOM}/status`, { status: 'live' })
    pages = Array.from({ length: PAGES }, (_, index) => openPage(index + 1))
    for (const { room } of pages) {
      await room.enter()
      await room.connect()
    }
  })
  afterEach(async () => {
    await Promise.all(pages.map(({ room }) => room.close()))
    await house.close()
  })

  it('every page has the ledger of the house at the end', async () => {
    const chance = new Chance(30)
    const given = async (count: number): Promise<void> => {
      for (let gift = 0; gift < count; gift += 1) {
        const { room } = chance.of(pages)
        // Clicks of a series, and numbers that are chosen.
        const preset = chance.next() < 0.3
        expect(await room.give(chance.of(['rose', 'clap']), preset ? 1 + chance.below(5) : 1, preset)).toBeNull()
      }
    }
    const away = pages[PAGES - 1]
    if (away === undefined) throw new Error('no page')
    away.line.deaf = true
    await given(GIFTS / 2)
    away.line.deaf = false
    const giver = await house.guest('Gil')
    const order = await giver.ok<{ orderId: string }>('POST', `/api/rooms/${ROOM}/gifts`, { orderId: newOrderId(), giftId: 'cake', count: 2 })
    await giver.ok('POST', `/api/rooms/${ROOM}/gifts`, { orderId: newOrderId(), giftId: 'rose' })
    await anchor.ok('POST', `/api/rooms/${ROOM}/gifts/${order.orderId}/refund`, {})
    await given(GIFTS / 2)

    const ledger = async (): Promise<ReadonlyMap<string, number>> => {
      const { top } = await anchor.ok<{ top: { userId: string; coins: number }[] }>('GET', `/api/rooms/${ROOM}/gift-totals`)
      return new Map(top.map(({ userId, coins }) => [userId, coins]))
    }
    const wanted = await ledger()
    expect(wanted.size).toBe(PAGES + 1)
    const written = (map: ReadonlyMap<string, number>): string => JSON.stringify([...map].sort())
    await until(() => (pages.every(({ gifts }) => written(gifts.totals) === written(wanted)) ? true : null), DEADLINE_MS, 'equal ledgers')
    const giftSeq = await until(
      async () => {
        const snapshot = await anchor.snapshot(ROOM)
        return pages.every(({ gifts }) => gifts.seq === snapshot.giftSeq) ? snapshot.giftSeq : null
      },
      DEADLINE_MS,
      'the same number everywhere',
    )
    // It was a run with losses, and nobody has played with the wallet's numbers.
    expect(pages.every(({ line }) => line.lost >= (giftSeq * LOSS) / 3)).toBe(true)
    expect(new Set(pages.map(({ line }) => line.lost)).size).toBeGreaterThan(1)
    const spent = pages.map(({ gifts }) => 1_000 - gifts.coins)
    expect(spent.reduce((sum, coins) => sum + coins, 0) + 1).toBe([...wanted.values()].reduce((sum, coins) => sum + coins, 0))
  })
})

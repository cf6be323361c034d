import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RoomSession } from '../../../electron/shared/room-api'
import { until } from '../../support/until'
import { Chance, countFrom } from '../im/support/random'
import { RoomServerProcess } from '../im/support/room-server-process'
import { ApiClient, newOrderId } from './support/api-client'

/** 50 on the occasion of a release; a few always. */
const KILLS = countFrom('ANCHORDESK_KILLS', 8)
const ROOM = 'program'
const GIFTS = `/api/rooms/${ROOM}/gifts`
const DEADLINE_MS = 20_000
let server: RoomServerProcess
beforeAll(async () => {
  server = await RoomServerProcess.start()
})
afterAll(() => server.close())

describe('the ledger', () => {
  it('is the sum of the orders after the process was killed at any time', { timeout: 60_000 + KILLS * 10_000 }, async () => {
    const chance = new Chance(7)
    const anchor = new ApiClient(server.http, { token: server.anchorToken } as RoomSession)
    await anchor.ok('PUT', `/api/rooms/${ROOM}/status`, { status: 'live' })
    const viewers = await Promise.all(['Bo', 'Cy', 'Di'].map((nick) => new ApiClient(server.http).guest(ROOM, nick)))
    const orders = new Map<string, { readonly who: ApiClient; readonly body: object }>()
    for (let kill = 0; kill < KILLS; kill += 1) {
      const asked = Array.from({ length: 12 }, (_, index) => {
        const who = viewers[index % viewers.length]
        if (who === undefined) throw new Error('nobody')
        const body = { orderId: newOrderId(), giftId: 'rose', count: 1 + chance.below(3), combo: index % 2 === 0 }
        orders.set(body.orderId, { who, body })
        return who.ask('POST', GIFTS, body).catch(() => null)
      })
      // After any number of answers: the moment of the kill is anywhere in the work.
      const answersBefore = chance.below(asked.length)
      let answered = 0
      for (const one of asked) void one.then(() => (answered += 1))
      await until(() => (answered >= answersBefore ? true : null), DEADLINE_MS, `${answersBefore} answers`)
      await server.stop('SIGKILL')
      await Promise.all(asked)
      await server.startAgain()
    }
    // A page that got no answer sends its order again.
    const paid = []
    for (const { who, body } of orders.values()) paid.push(await who.ok<{ state: string; coins: number }>('POST', GIFTS, body))
    expect(paid.every(({ state }) => state === 'paid')).toBe(true)
    const sum = paid.reduce((coins, order) => coins + order.coins, 0)
    expect(await anchor.ok('GET', `/api/rooms/${ROOM}/gift-totals`)).toMatchObject({ coins: sum, gifts: sum })
    const balances = await Promise.all(viewers.map((viewer) => viewer.ok<{ coins: number }>('GET', '/api/wallet')))
    expect(balances.reduce((coins, wallet) => coins + wallet.coins, 0)).toBe(3_000 - sum)
    // And so is what the room was told, without a gap.
    await until(
      async () => {
        const told: { seq: number; coins: number }[] = []
        for (let after = 0; ; after = told.at(-1)?.seq ?? 0) {
          const { status, body } = await anchor.ask<{ events: { seq: number; coins: number }[] }>('GET', `${GIFTS}?after=${after}`)
          if (status !== 200) return null
          if (body.events.length === 0) break
          told.push(...body.events)
        }
        expect(told.map(({ seq }) => seq)).toEqual(told.map((_, index) => index + 1))
        return told.reduce((coins, event) => coins + event.coins, 0) === sum ? true : null
      },
      DEADLINE_MS,
      'all to be told',
    )
  })
})

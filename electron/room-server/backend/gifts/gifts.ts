import type { Kysely } from 'kysely'
import type { Person, RoomMessageOf } from '../../../shared/room-message'
import type { RoomDatabase } from '../../store/schema'
import { ApiError } from '../api/api-error'
import type { Activity } from '../audience/activity'
import type { Counters } from '../audience/counters'
import type { Standings } from '../audience/standing'
import type { Change, Outbox } from '../chat/outbox'
import { nowSec, type Clock } from '../clock'
import type { BackendConfig } from '../config'
import type { Rooms } from '../rooms/rooms'
import { onAir } from '../rooms/show'
import { findGift } from './catalogue'
import { GiftCombos, type ComboMessage } from './combo'
import { addTotal, GiftLedger, type OrderRow } from './ledger'
import type { Payment, PaymentHook } from './payment'

export interface OrderInput {
  readonly orderId: string
  readonly giftId: string
  readonly count: number
  /** More clicks may follow: told in runs. False = the number was chosen, and is told at once. */
  readonly combo: boolean
}

/** Stands in `failure` of a refunded order until its coins are back. */
const REFUND_DUE = 'refund-due'

export interface OrderResult {
  readonly orderId: string
  readonly state: OrderRow['state']
  readonly giftId: string
  readonly count: number
  readonly coins: number
  readonly balance: number
}

interface GiftsParts {
  readonly db: Kysely<RoomDatabase>
  readonly outbox: Outbox
  readonly rooms: Rooms
  readonly standings: Standings
  readonly activity: Activity
  readonly counters: Counters
  readonly payment: PaymentHook
  readonly config: BackendConfig
  readonly clock: Clock
  /** Is told each state that an order comes to. */
  ordered(state: OrderRow['state']): void
}

/**
 * Gift orders. An order is written, paid, entered into the ledger and told, in this order; each step can be taken again after a failure, and
 * taken twice it is one. The ledger (`gift_order`, `gift_total`) is the truth; messages can be lost, and are repaired by their numbers.
 */
export class Gifts {
  readonly #parts: GiftsParts
  readonly ledger: GiftLedger
  readonly #combos = new Map<string, GiftCombos>()
  /** Orders that are being worked on: the same order asked for twice waits for the first. */
  readonly #working = new Map<string, Promise<OrderResult>>()
  readonly #telling = new Map<string, Promise<void>>()
  #timer: NodeJS.Timeout | null = null
  #closed = false

  constructor(parts: GiftsParts) {
    this.#parts = parts
    this.ledger = new GiftLedger(parts.db)
    parts.rooms.onStatus(async ({ room }, write) => {
      if (room.status === 'ended') write.committed(() => this.#tellAll(room.room_id, this.#combosOf(room.room_id).flush()))
    })
  }

  /** Pays and tells what an earlier process left half-done. */
  async resume(): Promise<void> {
    const { db, config } = this.#parts
    for (const row of await db.selectFrom('gift_order').selectAll().where('state', '=', 'pending').execute())
      await this.#settle(row).catch((error: unknown) => config.log('warn', `order ${row.order_id} is still unpaid: ${reasonOf(error)}`))
    for (const row of await db.selectFrom('gift_order').selectAll().where('state', '=', 'refunded').where('failure', '=', REFUND_DUE).execute())
      await this.#giveBack(row).catch((error: unknown) => config.log('warn', `order ${row.order_id} is still not paid back: ${reasonOf(error)}`))
    const untold = await db.selectFrom('gift_order').selectAll().where('state', '=', 'paid').where('told_seq', '=', 0).orderBy('at_ms').execute()
    for (const row of untold) this.#announceLater(row)
  }

  async close(): Promise<void> {
    this.#closed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    // What waits is on disk as untold: the next process tells it.
    await Promise.allSettled([...this.#working.values(), ...this.#telling.values()])
  }

  /** @throws ApiError gift.unknown | gift.not-now | gift.order-conflict | wallet.too-poor | wallet.failed */
  async order(roomId: string, userId: string, input: OrderInput): Promise<OrderResult> {
    const working = this.#working.get(input.orderId)
    if (working !== undefined) await working.catch(() => undefined)
    const work = this.#order(roomId, userId, input).finally(() => this.#working.delete(input.orderId))
    this.#working.set(input.orderId, work)
    return work
  }

  /** @throws ApiError gift.order-unknown | gift.not-refundable | wallet.failed */
  async refund(roomId: string, orderId: string): Promise<OrderResult> {
    const { db, payment } = this.#parts
    const row = await db.selectFrom('gift_order').selectAll().where('order_id', '=', orderId).where('room_id', '=', roomId).executeTakeFirst()
    if (row === undefined) throw new ApiError('gift.order-unknown')
    if (row.state === 'refunded') return this.#result(row, row.failure === REFUND_DUE ? await this.#giveBack(row) : await payment.balance(row.user_id))
    if (row.state !== 'paid') throw new ApiError('gift.not-refundable', { state: row.state })
    await this.#telling.get(roomId)
    await this.#enterRefund(row)
    this.#combosOf(roomId).refund({ orderId, senderId: row.user_id, giftId: row.gift_id })
    return this.#result({ ...row, state: 'refunded' }, await this.#giveBack(row))
  }

  async #order(roomId: string, userId: string, input: OrderInput): Promise<OrderResult> {
    const { db, rooms, clock } = this.#parts
    const room = rooms.get(roomId)
    const known = await db.selectFrom('gift_order').selectAll().where('order_id', '=', input.orderId).executeTakeFirst()
    if (known !== undefined) {
      const same = known.room_id === roomId && known.user_id === userId && known.gift_id === input.giftId && known.count === input.count
      if (!same) throw new ApiError('gift.order-conflict')
      return known.state === 'pending' || known.state === 'failed' ? this.#settle(known) : this.#result(known, await this.#parts.payment.balance(userId))
    }
    const gift = findGift(input.giftId)
    if (gift === null) throw new ApiError('gift.unknown')
    if (!onAir(room.status)) throw new ApiError('gift.not-now')
    const row: OrderRow = {
      order_id: input.orderId,
      room_id: roomId,
      show: room.show,
      user_id: userId,
      gift_id: gift.giftId,
      count: input.count,
      coins: gift.coins * input.count,
      combo: input.combo ? 'combo' : '',
      state: 'pending',
      failure: '',
      told_seq: 0,
      at_ms: clock.nowMs(),
      thanked_sec: 0,
    }
    await db.insertInto('gift_order').values(row).execute()
    this.#parts.ordered('pending')
    return this.#settle(row)
  }

  /** Pays, enters into the ledger, and has it told. */
  async #settle(row: OrderRow): Promise<OrderResult> {
    const { payment } = this.#parts
    const paid = await this.#pay(() => payment.charge({ orderId: row.order_id, userId: row.user_id, coins: row.coins }))
    if (!paid.ok) {
      await this.#parts.db.updateTable('gift_order').set({ state: 'failed', failure: paid.reason }).where('order_id', '=', row.order_id).execute()
      this.#parts.ordered('failed')
      throw new ApiError('wallet.too-poor', { coins: row.coins, balance: paid.balance })
    }
    const entered = await this.#enter(row)
    if (entered) this.#announceLater({ ...row, state: 'paid' })
    return this.#result({ ...row, state: 'paid' }, paid.balance)
  }

  /** False: it was in the ledger already. */
  async #enter(row: OrderRow): Promise<boolean> {
    const { outbox, activity } = this.#parts
    return outbox.change(async (write) => {
      const { numUpdatedRows } = await write.db
        .updateTable('gift_order')
        .set({ state: 'paid', failure: '' })
        .where('order_id', '=', row.order_id)
        .where('state', 'in', ['pending', 'failed'])
        .executeTakeFirst()
      if (numUpdatedRows === 0n) return false
      await addTotal(write.db, row, 1)
      const event = await activity.write(write.db, { roomId: row.room_id, show: row.show, userId: row.user_id, kind: 'gift', amount: row.coins })
      write.committed(() => {
        activity.count(event)
        this.#parts.ordered('paid')
      })
      return true
    })
  }

  async #enterRefund(row: OrderRow): Promise<void> {
    const { outbox, activity, clock } = this.#parts
    await outbox.change(async (write) => {
      const { numUpdatedRows } = await write.db
        .updateTable('gift_order')
        .set({ state: 'refunded', failure: REFUND_DUE })
        .where('order_id', '=', row.order_id)
        .where('state', '=', 'paid')
        .executeTakeFirst()
      if (numUpdatedRows === 0n) return
      await addTotal(write.db, row, -1)
      const event = await activity.write(write.db, { roomId: row.room_id, show: row.show, userId: row.user_id, kind: 'gift', amount: -row.coins })
      write.committed(() => {
        activity.count(event)
        this.#parts.ordered('refunded')
      })
      const { told_seq: told } = await write.db.selectFrom('gift_order').select('told_seq').where('order_id', '=', row.order_id).executeTakeFirstOrThrow()
      // Nobody has heard of it: there is nothing to take back.
      if (told === 0) return
      await this.#tellEvent(write, row.room_id, (seq) => ({
        v: 1,
        kind: 'refund',
        seq,
        show: row.show,
        userId: row.user_id,
        giftId: row.gift_id,
        count: row.count,
        coins: row.coins,
        at: nowSec(clock),
      }))
    })
  }

  /** The ledger has it already; the coins follow. @returns the balance */
  async #giveBack(row: OrderRow): Promise<number> {
    const { db, payment } = this.#parts
    const paid = await this.#pay(() => payment.refund({ orderId: row.order_id, userId: row.user_id, coins: row.coins }))
    await db.updateTable('gift_order').set({ failure: '' }).where('order_id', '=', row.order_id).execute()
    return paid.balance
  }

  #announceLater(row: OrderRow): void {
    if (this.#closed) return
    const order = { orderId: row.order_id, senderId: row.user_id, giftId: row.gift_id, count: row.count, preset: row.combo === '' }
    this.#tellAll(row.room_id, this.#combosOf(row.room_id).add(order, this.#parts.clock.nowMs()))
    this.#schedule()
  }

  #schedule(): void {
    if (this.#timer !== null || this.#closed) return
    const due = [...this.#combos.values()].map((combos) => combos.nextDueMs()).filter((dueMs) => dueMs !== null)
    if (due.length === 0) return
    this.#timer = setTimeout(
      () => {
        this.#timer = null
        const now = this.#parts.clock.nowMs()
        for (const [roomId, combos] of this.#combos) this.#tellAll(roomId, combos.due(now))
        this.#schedule()
      },
      Math.max(10, Math.min(...due) - this.#parts.clock.nowMs()),
    )
  }

  #tellAll(roomId: string, messages: readonly ComboMessage[]): void {
    if (messages.length === 0 || this.#closed) return
    const before = this.#telling.get(roomId) ?? Promise.resolve()
    const telling = before
      .then(async () => {
        for (const message of messages) await this.#tell(roomId, message)
      })
      .catch((error: unknown) => this.#parts.config.log('warn', `gifts were not told yet: ${reasonOf(error)}`))
    this.#telling.set(roomId, telling)
  }

  async #tell(roomId: string, combo: ComboMessage): Promise<void> {
    const { outbox, standings, counters, clock } = this.#parts
    const from: Person = await standings.person(roomId, combo.senderId)
    await outbox.change(async (write) => {
      const rows = await write.db
        .selectFrom('gift_order')
        .selectAll()
        .where('order_id', 'in', [...combo.orderIds])
        .where('state', '=', 'paid')
        .where('told_seq', '=', 0)
        .execute()
      const [first] = rows
      // Refunded, or told by an earlier process, meanwhile.
      if (first === undefined) return
      const count = rows.reduce((sum, row) => sum + row.count, 0)
      const coins = rows.reduce((sum, row) => sum + row.coins, 0)
      const seq = await this.#tellEvent(write, roomId, (number) => ({
        v: 1,
        kind: 'gift',
        seq: number,
        show: first.show,
        from,
        giftId: combo.giftId,
        count,
        coins,
        combo: combo.seriesId,
        total: Math.max(count, combo.total),
        at: nowSec(clock),
      }))
      await write.db
        .updateTable('gift_order')
        .set({ told_seq: seq })
        .where(
          'order_id',
          'in',
          rows.map((row) => row.order_id),
        )
        .execute()
    })
    counters.changed(roomId)
  }

  /** Gives a message of gifts the next number of its room, keeps it, and says it. */
  async #tellEvent(write: Change, roomId: string, make: (seq: number) => RoomMessageOf<'gift'> | RoomMessageOf<'refund'>): Promise<number> {
    const { clock, rooms } = this.#parts
    const { gift_seq: seq } = await write.db
      .updateTable('live_room')
      .set((room) => ({ gift_seq: room('gift_seq', '+', 1) }))
      .where('room_id', '=', roomId)
      .returning('gift_seq')
      .executeTakeFirstOrThrow()
    const message = make(seq)
    await write.db
      .insertInto('gift_event')
      .values({ room_id: roomId, seq, message: JSON.stringify(message), at_ms: clock.nowMs() })
      .execute()
    await write.say(roomId, message)
    write.committed(() => rooms.touch(roomId, { gift_seq: seq }))
    return seq
  }

  async #pay(ask: () => Promise<Payment>): Promise<Payment> {
    try {
      return await ask()
    } catch (error) {
      throw new ApiError('wallet.failed', {}, error)
    }
  }

  #combosOf(roomId: string): GiftCombos {
    const combos = this.#combos.get(roomId) ?? new GiftCombos()
    this.#combos.set(roomId, combos)
    return combos
  }

  #result(row: OrderRow, balance: number): OrderResult {
    return { orderId: row.order_id, state: row.state, giftId: row.gift_id, count: row.count, coins: row.coins, balance }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

import type { GiftEntries, GiftEntry, GiftsThanked, GiftTotals } from '../../../../../../electron/shared/crew-api'
import type { RoomApiError } from '../../../../../../renderer/room/api-request'

/** A rose of Bo's, told alone, unless said otherwise. */
export function entry(orderId: string, change: Partial<GiftEntry> = {}): GiftEntry {
  return {
    orderId,
    userId: 'bo',
    nick: 'Bo',
    avatar: '',
    giftId: 'rose',
    count: 1,
    coins: 1,
    state: 'paid',
    seq: 1,
    combo: orderId,
    thankedAt: 0,
    atMs: 1,
    ...change,
  }
}

export function totalsOf(coins: number, gifts: number): GiftTotals {
  return { show: 1, coins, gifts, givers: 1, top: coins === 0 ? [] : [{ userId: 'bo', nick: 'Bo', avatar: '', coins, gifts }] }
}

/** The crew's API of gifts, over a ledger in memory. What stands in `fail` is thrown by the next calls. */
export class FakeCrew {
  /** Newest first. */
  ledger: GiftEntry[]
  show = 1
  pageSize = 200
  /** The sum is wrong by so many coins. */
  off = 0
  readonly fail: RoomApiError[] = []
  readonly asked: string[] = []

  constructor(ledger: GiftEntry[] = []) {
    this.ledger = ledger
  }

  async giftTotals(): Promise<GiftTotals> {
    this.#say('totals')
    const paid = this.ledger.filter(({ state }) => state === 'paid')
    const sum = (of: (one: GiftEntry) => number): number => paid.reduce((total, one) => total + of(one), 0)
    return {
      ...totalsOf(
        sum(({ coins }) => coins) + this.off,
        sum(({ count }) => count),
      ),
      show: this.show,
    }
  }

  async giftOrders(before = ''): Promise<GiftEntries> {
    this.#say(`orders ${before}`.trim())
    const from = before === '' ? 0 : this.ledger.findIndex(({ orderId }) => orderId === before) + 1
    const orders = this.ledger.slice(from, from + this.pageSize)
    return { show: this.show, orders, more: from + orders.length < this.ledger.length }
  }

  async thankGifts(orderIds: readonly string[], thanked: boolean): Promise<GiftsThanked> {
    this.#say(`${thanked ? 'thank' : 'unthank'} ${orderIds.join(',')}`)
    const thankedAt = thanked ? 9 : 0
    this.ledger = this.ledger.map((one) => (orderIds.includes(one.orderId) ? { ...one, thankedAt } : one))
    return { orderIds: [...orderIds], thankedAt }
  }

  async refund(orderId: string): Promise<void> {
    this.#say(`refund ${orderId}`)
    this.ledger = this.ledger.map((one) => (one.orderId === orderId ? { ...one, state: 'refunded' } : one))
  }

  #say(what: string): void {
    this.asked.push(what)
    const error = this.fail.shift()
    if (error !== undefined) throw error
  }
}

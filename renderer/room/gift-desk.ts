import type { useGifts } from './gift-store'
import { refusalOf, type Refusal } from './refusal'
import { RoomApiError } from './api-request'
import type { GiftEvent, RoomApi } from './room-api-client'

/** Pauses before the same order is sent again, milliseconds. After the last one it is given up. */
const AGAIN_MS = [500, 1_000, 2_000, 4_000] as const
const REPAIR_AGAIN_MS = 2_000

export interface GiftDeskOptions {
  readonly api: RoomApi
  readonly store: ReturnType<typeof useGifts>
  token(): string
  /** Who this page is in the room; null = nobody yet. */
  me(): { readonly userId: string; readonly nick: string } | null
  /** Whether an order counts is not known: the wallet has to be read again. */
  onDoubt(): void
}

/** Orders gifts, and asks for gift messages that were missed. Owns its timers. */
export class GiftDesk {
  readonly #options: GiftDeskOptions
  readonly #timers = new Set<ReturnType<typeof setTimeout>>()
  /** Balances of the answers of a burst: they may come in another order than their orders. */
  #balances: number[] = []
  #ordering = 0
  #repairing = false
  #wanted = 0
  /** Numbers that the chat brought before those in front of them. */
  readonly #ahead = new Set<number>()
  #closed = false

  constructor(options: GiftDeskOptions) {
    this.#options = options
  }

  get ordering(): boolean {
    return this.#ordering > 0
  }

  /**
   * Orders a gift and shows it at once. Whatever doubt there is, the same id is sent again: it is one order.
   * @param preset the number was chosen: told in one message
   * @returns null: it was given
   */
  async give(giftId: string, count: number, preset: boolean): Promise<Refusal | 'too-poor' | null> {
    const { store, onDoubt, me } = this.#options
    const who = me()
    const order = { orderId: newOrderId(), giftId, count, combo: !preset }
    const price = who === null ? null : store.give(order, who, Date.now())
    if (who === null || price === null) return 'too-poor'
    this.#ordering += 1
    let doubt = false
    try {
      this.#balances.push(await this.#send(order))
      return null
    } catch (error) {
      store.takeBack(order, who.userId, price)
      doubt = error instanceof RoomApiError && error.passing
      return refusalOf(error)
    } finally {
      this.#ordering -= 1
      if (this.#ordering === 0) {
        if (this.#balances.length > 0) store.coins = Math.min(...this.#balances)
        this.#balances = []
        if (doubt) onDoubt()
      }
    }
  }

  hear(event: GiftEvent): void {
    const { store, me } = this.#options
    if (store.hear(event, me()?.userId ?? '', Date.now())) return
    this.#ahead.add(event.seq)
    this.repair(event.seq)
  }

  /** @param latest number of a gift message that exists: those up to it are asked for */
  repair(latest: number): void {
    this.#wanted = Math.max(this.#wanted, latest)
    const { store } = this.#options
    if (this.#repairing || this.#closed || store.seq === null || this.#wanted <= store.seq) return
    this.#repairing = true
    void this.#fetch().then((done) => {
      this.#repairing = false
      if (done) this.repair(0)
      else this.#later(REPAIR_AGAIN_MS, () => this.repair(0))
    })
  }

  close(): void {
    this.#closed = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
  }

  /** @returns false: it has to be tried again later */
  async #fetch(): Promise<boolean> {
    const { api, store, token, me } = this.#options
    try {
      const after = store.seq ?? 0
      const page = await api.giftsAfter(token(), after)
      for (const event of page.events) store.hear(event, me()?.userId ?? '', Date.now(), !this.#ahead.delete(event.seq))
      this.#wanted = Math.max(this.#wanted, page.latest)
      return (store.seq ?? 0) > after
    } catch (error) {
      if (!(error instanceof RoomApiError)) throw error
      return false
    }
  }

  /** @returns the balance. @throws RoomApiError */
  async #send(order: Parameters<RoomApi['order']>[1]): Promise<number> {
    const { api, token } = this.#options
    for (let attempt = 0; ; attempt += 1) {
      try {
        return (await api.order(token(), order)).balance
      } catch (error) {
        const pause = AGAIN_MS[attempt]
        if (!(error instanceof RoomApiError) || !error.passing || pause === undefined || this.#closed) throw error
        await new Promise<void>((resolve) => this.#later(pause, resolve))
      }
    }
  }

  #later(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      act()
    }, ms)
    this.#timers.add(timer)
  }
}

/** 32 hexadecimal digits. `randomUUID` is not there on a page without TLS, as in a home network. */
function newOrderId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { Gift, RoomSnapshot } from '../../electron/shared/room-api'
import type { GiftEvent } from './room-api-client'

/** Cards seen at once; the others wait. */
const LANE = 3
/** How long a card stays after its last gift, milliseconds. */
const LIFE_MS = { small: 3_000, medium: 4_000, large: 6_000 } as const
/** An older gift is counted and not shown: a page that was away does not replay an evening. */
export const GIFT_NEWS_SEC = 30

export interface GiftCard {
  /** One card for each giver and gift. */
  readonly key: string
  readonly userId: string
  readonly nick: string
  readonly gift: Gift
  readonly count: number
  /** The series that the count belongs to. */
  readonly combo: string
  readonly endsAtMs: number
}

/** A message of gifts that was counted, once and in order. `late`: the chat did not bring it; it was asked for afterwards. */
export interface CountedGift {
  readonly event: GiftEvent
  readonly late: boolean
}

/** The catalogue, the wallet, the lane of cards, and the ledger as far as this page was told. */
export const useGifts = defineStore('room-gifts', () => {
  const catalogue = shallowRef<readonly Gift[]>([])
  /** What may be spent: orders on their way are taken off already. */
  const coins = shallowRef(0)
  /** Number of the last gift message that was counted; null before the first snapshot. */
  const seq = shallowRef<number | null>(null)
  /** Coins by giver, of all messages counted here. */
  const totals = shallowRef<ReadonlyMap<string, number>>(new Map())
  const cards = shallowRef<readonly GiftCard[]>([])
  const lane = computed(() => cards.value.slice(0, LANE))
  const waiting = computed(() => Math.max(0, cards.value.length - LANE))
  let timer: ReturnType<typeof setTimeout> | null = null
  const listeners = new Set<(counted: CountedGift) => void>()

  /** @param keepCoins orders are on their way: what the snapshot says of the wallet is old */
  function load(snapshot: RoomSnapshot, keepCoins: boolean): void {
    catalogue.value = snapshot.gifts
    if (!keepCoins) coins.value = snapshot.me.coins
    seq.value ??= snapshot.giftSeq
  }

  /** @returns ends the listening */
  function onCounted(listener: (counted: CountedGift) => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  /**
   * Counts the next message of gifts.
   * @param late it was asked for, because the chat did not bring it
   * @returns false: one before it is missing; the message was not counted
   */
  function hear(event: GiftEvent, ownUserId: string, nowMs: number, late = false): boolean {
    if (seq.value === null || event.seq > seq.value + 1) return false
    if (event.seq <= seq.value) return true
    seq.value = event.seq
    const userId = event.kind === 'gift' ? event.from.userId : event.userId
    const sign = event.kind === 'gift' ? 1 : -1
    totals.value = new Map(totals.value).set(userId, (totals.value.get(userId) ?? 0) + sign * event.coins)
    for (const listener of listeners) listener({ event, late })
    if (event.kind === 'refund') {
      if (userId === ownUserId) coins.value += event.coins
      return true
    }
    const { combo, total: count, giftId, from } = event
    const card = cards.value.find(({ key }) => key === keyOf(userId, giftId))
    if (nowMs / 1_000 - event.at > GIFT_NEWS_SEC) return true
    if (card === undefined) show(userId, from.nick, giftId, count, combo, nowMs)
    // One's own clicks were counted when they were made.
    else if (userId !== ownUserId) put(card, card.combo === combo ? Math.max(card.count, count) : count, combo, nowMs)
    else if (card.combo === combo && count > card.count) put(card, count, combo, nowMs)
    return true
  }

  /** One's own gift, before anybody answered. @returns its price; null = no such gift, or too few coins */
  function give(
    order: { readonly orderId: string; readonly giftId: string; readonly count: number },
    me: { userId: string; nick: string },
    nowMs: number,
  ): number | null {
    const gift = find(order.giftId)
    if (gift === null || gift.coins * order.count > coins.value) return null
    coins.value -= gift.coins * order.count
    const card = cards.value.find(({ key }) => key === keyOf(me.userId, order.giftId))
    if (card === undefined) show(me.userId, me.nick, order.giftId, order.count, order.orderId, nowMs)
    else put(card, card.count + order.count, card.combo, nowMs)
    return gift.coins * order.count
  }

  /** It was refused: the coins come back, the card counts down. */
  function takeBack(order: { readonly giftId: string; readonly count: number }, userId: string, price: number): void {
    coins.value += price
    const card = cards.value.find(({ key }) => key === keyOf(userId, order.giftId))
    if (card === undefined) return
    if (card.count > order.count) cards.value = cards.value.map((one) => (one === card ? { ...card, count: card.count - order.count } : one))
    else cards.value = cards.value.filter((one) => one !== card)
  }

  function find(giftId: string): Gift | null {
    return catalogue.value.find((gift) => gift.giftId === giftId) ?? null
  }

  function show(userId: string, nick: string, giftId: string, count: number, combo: string, nowMs: number): void {
    const gift = find(giftId)
    if (gift === null) return
    cards.value = [...cards.value, { key: keyOf(userId, giftId), userId, nick, gift, count, combo, endsAtMs: nowMs + LIFE_MS[gift.effect] }]
    schedule(nowMs)
  }

  function put(card: GiftCard, count: number, combo: string, nowMs: number): void {
    cards.value = cards.value.map((one) => (one === card ? { ...card, count, combo, endsAtMs: nowMs + LIFE_MS[card.gift.effect] } : one))
    schedule(nowMs)
  }

  /** Cards whose time is over go; those that waited get theirs from now. */
  function expire(nowMs: number): void {
    const stay = cards.value.filter((card, at) => at >= LANE || card.endsAtMs > nowMs)
    const before = new Set(lane.value)
    cards.value = stay.map((card, at) => (at < LANE && !before.has(card) ? { ...card, endsAtMs: nowMs + LIFE_MS[card.gift.effect] } : card))
    schedule(nowMs)
  }

  function schedule(nowMs: number): void {
    if (timer !== null) clearTimeout(timer)
    timer = null
    if (lane.value.length === 0) return
    const nextMs = Math.min(...lane.value.map(({ endsAtMs }) => endsAtMs))
    timer = setTimeout(() => expire(Date.now()), Math.max(20, nextMs - nowMs))
  }

  function clear(): void {
    if (timer !== null) clearTimeout(timer)
    timer = null
    cards.value = []
    // Another room counts from its own beginning.
    seq.value = null
    totals.value = new Map()
  }

  return { catalogue, coins, seq, totals, cards, lane, waiting, load, find, hear, onCounted, give, takeBack, expire, clear }
})

function keyOf(userId: string, giftId: string): string {
  return `${userId} ${giftId}`
}

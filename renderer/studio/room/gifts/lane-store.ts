import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { GIFT_NEWS_SEC, useGifts, type CountedGift } from '../../../room/gift-store'
import { add, advance, EMPTY_LANE, grown, hold, nextLeaveMs, replay, skip, takeOff, type Lane, type LaneCard } from './lane'

/** The lane of gifts in the studio: `lane.ts` with a clock. Opened and closed by who shows it; owns its timer and its listening. */
export const useGiftLane = defineStore('gift-lane', () => {
  const gifts = useGifts()
  const lane = shallowRef<Lane>(EMPTY_LANE)
  /** A gift came since the window opened: from then on the lane keeps its place, so that nothing under it moves. */
  const used = shallowRef(false)
  /** Held by the pointer on it, and by the button. */
  const pointed = shallowRef(false)
  const pressed = shallowRef(false)
  const held = computed(() => lane.value.held)
  const listeners = new Set<(card: LaneCard) => void>()
  let timer: ReturnType<typeof setTimeout> | null = null
  let stop: (() => void) | null = null

  function open(): void {
    stop ??= gifts.onCounted(hear)
  }

  function close(): void {
    stop?.()
    stop = null
    if (timer !== null) clearTimeout(timer)
    timer = null
    lane.value = EMPTY_LANE
    pointed.value = pressed.value = false
  }

  /**
   * Tells of each card that begins to be shown, that grew into a higher tier, and of replays: chime and stage make something of it.
   * @returns ends the listening
   */
  function onShown(listener: (card: LaneCard) => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  function hear({ event }: CountedGift): void {
    const nowMs = Date.now()
    if (event.kind === 'refund') {
      become(takeOff(lane.value, event, nowMs))
      return
    }
    const gift = gifts.find(event.giftId)
    // What is older is in the ledger, and told there: a lane does not replay an evening.
    if (gift === null || nowMs / 1_000 - event.at > GIFT_NEWS_SEC) return
    const { from, combo: series, total } = event
    used.value = true
    become(add(lane.value, { userId: from.userId, nick: from.nick, gift, series, total }, nowMs))
  }

  function point(on: boolean): void {
    pointed.value = on
    become(hold(lane.value, pointed.value || pressed.value, Date.now()))
  }

  function press(): void {
    pressed.value = !pressed.value
    become(hold(lane.value, pointed.value || pressed.value, Date.now()))
  }

  function become(next: Lane): void {
    const news = grown(lane.value, next)
    lane.value = next
    if (timer !== null) clearTimeout(timer)
    const leaveMs = nextLeaveMs(next)
    timer = leaveMs === null ? null : setTimeout(() => become(advance(lane.value, Date.now())), Math.max(20, leaveMs))
    for (const card of news) for (const listener of listeners) listener(card)
  }

  return {
    lane,
    used,
    held,
    pressed,
    open,
    close,
    onShown,
    point,
    press,
    skip: () => become(skip(lane.value, Date.now())),
    replay: () => become(replay(lane.value, Date.now())),
  }
})

import type { Clock } from '../clock'
import type { People } from '../identity/people'
import { levelOf, points, type Standing } from '../levels/level'
import { Popularity, POPULARITY_DECAY, type HeatEvent } from '../levels/popularity'
import type { Person } from '../../../shared/room-message'
import type { Activity, ActivityEvent, ActivityTotals } from './activity'
import type { Presence } from './presence'

/** Levels of people and popularity of rooms, from the same raw events. */
export class Standings {
  readonly #activity: Activity
  readonly #presence: Presence
  readonly #people: People
  readonly #clock: Clock
  readonly #popularity = new Map<string, Popularity>()

  constructor(activity: Activity, presence: Presence, people: People, clock: Clock) {
    this.#activity = activity
    this.#presence = presence
    this.#people = people
    this.#clock = clock
    activity.onEvent((event) => {
      const heat = heatOf(event)
      if (heat !== null) this.#of(event.roomId).add(heat)
    })
  }

  async load(roomIds: readonly string[]): Promise<void> {
    for (const roomId of roomIds) this.#popularity.set(roomId, await this.recomputedPopularity(roomId))
  }

  async standing(roomId: string, userId: string): Promise<Standing> {
    const { member } = await this.#people.shown(userId)
    return standingOf(await this.#activity.totals(roomId, userId), member, this.#presence.uncountedSinceMs(roomId, userId))
  }

  async level(roomId: string, userId: string): Promise<number> {
    return levelOf(points(await this.standing(roomId, userId), this.#clock.nowMs()))
  }

  async person(roomId: string, userId: string): Promise<Person> {
    const { nick, avatar } = await this.#people.shown(userId)
    return { userId, nick, avatar, level: await this.level(roomId, userId), role: this.#people.role(roomId, userId) }
  }

  popularity(roomId: string): number {
    return this.popularityAt(roomId, this.#clock.nowMs())
  }

  popularityAt(roomId: string, nowMs: number): number {
    return this.#of(roomId).at(nowMs, this.#presence.count(roomId) ?? 0)
  }

  /** The popularity from the raw events alone. */
  async recomputedPopularity(roomId: string): Promise<Popularity> {
    const events = await this.#activity.since(roomId, this.#clock.nowMs() - POPULARITY_DECAY.slots * POPULARITY_DECAY.slotMs)
    return Popularity.recompute(events.map(heatOf).filter((heat) => heat !== null))
  }

  #of(roomId: string): Popularity {
    const known = this.#popularity.get(roomId) ?? new Popularity()
    this.#popularity.set(roomId, known)
    return known
  }
}

function standingOf(totals: ActivityTotals, member: boolean, onlineSinceMs: number | null): Standing {
  return { onlineMs: totals.online, onlineSinceMs, messages: totals.message, likes: totals.like, giftCoins: totals.gift, member }
}

function heatOf({ kind, amount, atMs }: ActivityEvent): HeatEvent | null {
  switch (kind) {
    case 'message':
      return { kind: 'message', count: amount, atMs }
    case 'like':
      return { kind: 'like', count: amount, atMs }
    case 'gift':
      return { kind: 'giftCoin', count: amount, atMs }
    case 'join':
      return { kind: 'join', count: amount, atMs }
    case 'online':
      return null
  }
}

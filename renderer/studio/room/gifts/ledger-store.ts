import { defineStore } from 'pinia'
import { computed, shallowRef, watch, type WatchStopHandle } from 'vue'
import { MAX_THANKED, type GiftEntry, type GiftTotals } from '../../../../electron/shared/crew-api'
import { RoomApiError } from '../../../room/api-request'
import type { CrewApi } from '../../../room/crew-api'
import { useGifts, type CountedGift } from '../../../room/gift-store'
import { useRoom } from '../../../room/room-store'
import { useVisit } from '../../../room/visit-store'
import { useDesk } from '../../stores/desk'
import { useStudioRoom } from '../../stores/studio-room'
import { agreement, merged, runsOf, type Agreement } from './ledger'
import { MissedGifts } from './missed-gifts'

/** Orders that are read by themselves; older ones when somebody scrolls there. */
const READ_AHEAD = 1_000
/** News are gathered for so long before the ledger is read again, milliseconds. */
const GATHER_MS = 300
const AGAIN_MS = 3_000
const GIVERS = 10

/**
 * The backend's ledger of the present or last show: nothing here is counted from messages, they only say when to look. Opened and closed by
 * who shows the gifts; owns its timer, its watching, and what it has in flight.
 */
export const useGiftLedger = defineStore('gift-ledger', () => {
  const gifts = useGifts()
  const room = useRoom()
  const visit = useVisit()
  const studioRoom = useStudioRoom()
  const desk = useDesk()

  const show = shallowRef<number | null>(null)
  const entries = shallowRef<readonly GiftEntry[]>([])
  /** The entries go back to the show's first gift. */
  const complete = shallowRef(false)
  const totals = shallowRef<GiftTotals | null>(null)
  const agrees = shallowRef<Agreement>({ state: 'unknown' })
  /** Why the ledger could not be read the last time; what is shown is from before. */
  const trouble = shallowRef<RoomApiError | null>(null)
  const reading = shallowRef(false)
  const unnoticed = new MissedGifts(localStorage)
  const { late, away } = unnoticed
  const runs = computed(() => runsOf(entries.value))
  const missed = computed(() => entries.value.filter(({ seq, state }) => state === 'paid' && late.value.has(seq)).reduce((sum, { count }) => sum + count, 0))

  let stops: (() => void)[] = []
  let timer: ReturnType<typeof setTimeout> | null = null
  let wanted: 'no' | 'news' | 'all' = 'no'
  let doubted = false

  function open(): void {
    if (stops.length > 0) return
    unnoticed.open()
    const here: WatchStopHandle = watch(
      () => [visit.phase === 'inside', studioRoom.connected, room.status] as const,
      ([inside, connected], before) => {
        if (before?.[1] === true && !connected) away.value = true
        if (inside) ask('all', 0)
      },
      { immediate: true },
    )
    const focused = (): void => ask('news', 0)
    window.addEventListener('focus', focused)
    stops = [here, gifts.onCounted(hear), () => window.removeEventListener('focus', focused)]
  }

  function close(): void {
    for (const stop of stops) stop()
    stops = []
    if (timer !== null) clearTimeout(timer)
    timer = null
    wanted = 'no'
    forget()
    show.value = null
  }

  function hear(counted: CountedGift): void {
    if (!desk.rehearsing) unnoticed.hear(counted)
    // A gift that was taken back may stand on any page.
    ask(counted.event.kind === 'refund' ? 'all' : 'news', GATHER_MS)
  }

  /** @param how far: `news` = the newest page and what is missing behind it; `all` = everything that has been read */
  function ask(what: 'news' | 'all', inMs: number): void {
    if (wanted !== 'all') wanted = what
    if (reading.value) return
    timer ??= setTimeout(() => {
      timer = null
      void read()
    }, inMs)
  }

  async function read(): Promise<void> {
    const { crew } = studioRoom
    if (crew === null || wanted === 'no' || stops.length === 0) return
    const what = wanted
    wanted = 'no'
    reading.value = true
    let again = GATHER_MS
    try {
      await readWith(crew, what)
      trouble.value = null
    } catch (error) {
      if (!(error instanceof RoomApiError)) throw error
      trouble.value = error
      if (error.passing) {
        wanted = what
        again = AGAIN_MS
      }
    } finally {
      reading.value = false
      if (wanted !== 'no' && stops.length > 0) ask(wanted, again)
    }
  }

  async function readWith(crew: CrewApi, what: 'news' | 'all'): Promise<void> {
    const before = await crew.giftTotals(GIVERS)
    await readPages(crew, what)
    const after = await crew.giftTotals(GIVERS)
    if (stops.length === 0) return
    totals.value = after
    // Before the room is entered nobody knows how far its gifts are; entering it reads the ledger again.
    if (!desk.rehearsing && gifts.seq !== null) unnoticed.judge(entries.value, gifts.seq)
    const found = after.show === show.value ? agreement(entries.value, complete.value, before, after) : ({ state: 'unknown' } as const)
    // A gift may have come between list and sum: a difference is told when it is found twice.
    if (found.state === 'differs' && !doubted) {
      doubted = true
      wanted = 'all'
      return
    }
    doubted = false
    agrees.value = found
  }

  async function readPages(crew: CrewApi, what: 'news' | 'all'): Promise<void> {
    const known = new Set(entries.value.map(({ orderId }) => orderId))
    const wantedCount = Math.max(READ_AHEAD, known.size)
    let before = ''
    let count = 0
    for (;;) {
      const page = await crew.giftOrders(before)
      if (stops.length === 0) return
      if (page.show !== show.value) {
        forget()
        known.clear()
        show.value = page.show
      }
      entries.value = merged(entries.value, page.orders)
      count += page.orders.length
      const oldest = page.orders.at(-1)
      if (!page.more || oldest === undefined) {
        complete.value = true
        return
      }
      const joined = known.size === 0 || known.has(oldest.orderId)
      if (joined && ((what === 'news' && known.size > 0) || count >= wantedCount)) return
      before = oldest.orderId
    }
  }

  /** The next page of older gifts. */
  async function readOlder(): Promise<void> {
    const { crew } = studioRoom
    const oldest = entries.value.at(-1)
    if (crew === null || reading.value || complete.value || oldest === undefined) return
    reading.value = true
    try {
      const page = await crew.giftOrders(oldest.orderId)
      entries.value = merged(entries.value, page.orders)
      complete.value = !page.more
      if (complete.value) wanted = 'news'
    } catch (error) {
      if (!(error instanceof RoomApiError)) throw error
      trouble.value = error
    } finally {
      reading.value = false
      if (wanted !== 'no') ask(wanted, 0)
    }
  }

  /** @returns null: it is ticked, or the tick is off. It is shown at once, and taken back when the backend refuses. */
  async function thank(orderIds: readonly string[], thanked: boolean): Promise<RoomApiError | null> {
    const { crew } = studioRoom
    const ids = new Set(orderIds)
    const before = new Map(entries.value.filter(({ orderId }) => ids.has(orderId)).map((entry) => [entry.orderId, entry.thankedAt]))
    if (crew === null) return new RoomApiError('unreachable')
    const nowSec = Math.floor(Date.now() / 1_000)
    change(ids, (entry) => ({ ...entry, thankedAt: thanked ? entry.thankedAt || nowSec : 0 }))
    try {
      for (let at = 0; at < orderIds.length; at += MAX_THANKED) await crew.thankGifts(orderIds.slice(at, at + MAX_THANKED), thanked)
      // A page that was on its way may have been older than the tick.
      ask('news', GATHER_MS)
      return null
    } catch (error) {
      if (!(error instanceof RoomApiError)) throw error
      change(ids, (entry) => ({ ...entry, thankedAt: before.get(entry.orderId) ?? entry.thankedAt }))
      ask('all', 0)
      return error
    }
  }

  /** @returns null: the coins are back */
  async function refund(orderId: string): Promise<RoomApiError | null> {
    const { crew } = studioRoom
    if (crew === null) return new RoomApiError('unreachable')
    try {
      await crew.refund(orderId)
      change(new Set([orderId]), (entry) => ({ ...entry, state: 'refunded' }))
      ask('news', GATHER_MS)
      return null
    } catch (error) {
      if (!(error instanceof RoomApiError)) throw error
      return error
    }
  }

  function change(ids: ReadonlySet<string>, edit: (entry: GiftEntry) => GiftEntry): void {
    entries.value = entries.value.map((entry) => (ids.has(entry.orderId) ? edit(entry) : entry))
  }

  function forget(): void {
    entries.value = []
    complete.value = false
    totals.value = null
    agrees.value = { state: 'unknown' }
    doubted = false
  }

  return {
    show,
    entries,
    runs,
    complete,
    totals,
    agrees,
    trouble,
    reading,
    late,
    missed,
    away,
    open,
    close,
    refresh: () => ask('all', 0),
    readOlder,
    thank,
    refund,
    acknowledge: () => unnoticed.acknowledge(),
  }
})

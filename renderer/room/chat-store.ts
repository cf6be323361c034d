import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { RoomMessageOf } from '../../electron/shared/room-message'
import type { Said } from './room-messages'

/** Rows that are kept. */
export const CHAT_KEPT = 1_000
/** How often arrivals become rows, milliseconds; less often while nobody sees the page. */
const FLUSH_MS = 100
const FLUSH_HIDDEN_MS = 250
/** People who are remembered as heard before. */
const PEOPLE_KEPT = 20_000

export type SaidRow = Said & {
  readonly kind: 'said'
  readonly own: boolean
  readonly sending: boolean
  /** The first that this page hears of this person. */
  readonly first?: boolean
  /** It was taken back: nothing of it is shown any more. */
  readonly takenBack?: boolean
}
export type HouseRow = {
  readonly kind: 'house'
  readonly id: string
  readonly msgSeq: number
  readonly message: RoomMessageOf<'broadcast' | 'draw-open' | 'draw-result' | 'draw-cancelled'>
}
export type ChatRow = SaidRow | HouseRow
/** @property no grows with each row that comes, without gaps at the end: who remembers one knows how much came since */
export type RingRow = ChatRow & { readonly no: number }

/** What was said, newest last. Arrivals are collected and shown together. */
export const useChat = defineStore('room-chat', () => {
  /** Everything, also what was taken back: for who looks after the room. */
  const ring = shallowRef<readonly RingRow[]>([])
  /** What viewers see. */
  const rows = computed<readonly ChatRow[]>(() => ring.value.filter((row) => !isTakenBack(row)))
  /** Rows that ever came, own ones not: a page tells from it what is new. */
  const arrived = shallowRef(0)
  let queue: ChatRow[] = []
  let timer: ReturnType<typeof setTimeout> | null = null
  let lastNo = 0
  let byId = new Map<string, RingRow>()
  let numbers = new Set<number>()
  let people = new Set<string>()
  /** Deleted, also before they came. */
  let retracted = new Set<number>()
  /** Own ones that were refused. */
  let dropped = new Set<string>()

  function hear(...said: readonly ChatRow[]): void {
    queue.push(...said)
    // Timers of a hidden page may be late by much: what waits never grows beyond the ring.
    if (queue.length >= CHAT_KEPT) flush()
    else timer ??= setTimeout(flush, typeof document !== 'undefined' && document.hidden ? FLUSH_HIDDEN_MS : FLUSH_MS)
  }

  function flush(): void {
    if (timer !== null) clearTimeout(timer)
    timer = null
    const fresh: RingRow[] = []
    let news = 0
    for (const row of queue) {
      if (byId.has(row.id) || (row.msgSeq > 0 && (numbers.has(row.msgSeq) || retracted.has(row.msgSeq)))) continue
      fresh.push(number(row))
      if (row.kind === 'house' || !row.own) news += 1
    }
    queue = []
    if (fresh.length === 0) return
    become([...ring.value, ...fresh])
    arrived.value += news
  }

  /** Numbers a row, and sees whether its person is new here. */
  function number(row: ChatRow): RingRow {
    lastNo += 1
    const numbered: RingRow = { ...row, no: lastNo, ...(row.kind === 'said' && isFirst(row) ? { first: true } : {}) }
    byId.set(row.id, numbered)
    if (row.msgSeq > 0) numbers.add(row.msgSeq)
    return numbered
  }

  function isFirst(row: SaidRow): boolean {
    if (row.own || people.has(row.userId)) return false
    people.add(row.userId)
    if (people.size > PEOPLE_KEPT) people = new Set([...people].slice(-PEOPLE_KEPT / 2))
    // Who is let in with history was heard before this page came.
    return !row.id.startsWith('history-')
  }

  function become(next: readonly RingRow[]): void {
    const gone = next.slice(0, Math.max(0, next.length - CHAT_KEPT))
    for (const row of gone) {
      byId.delete(row.id)
      numbers.delete(row.msgSeq)
    }
    ring.value = gone.length === 0 ? next : next.slice(gone.length)
  }

  /** One's own, at once. */
  function put(row: ChatRow): void {
    flush()
    become([...ring.value, number(row)])
  }

  /** It was taken, under this number. An echo that was faster gives way. */
  function sent(id: string, msgSeq: number): void {
    flush()
    const echo = msgSeq === 0 ? undefined : ring.value.find((row) => row.id !== id && row.msgSeq === msgSeq)
    if (echo !== undefined) drop(echo.id)
    if (msgSeq > 0) numbers.add(msgSeq)
    replace((row) => (row.id === id && row.kind === 'said' ? { ...row, msgSeq, sending: false } : row))
  }

  function drop(id: string): void {
    const row = byId.get(id)
    if (row === undefined) return
    byId.delete(id)
    numbers.delete(row.msgSeq)
    dropped = new Set([...dropped, id].slice(-CHAT_KEPT))
    ring.value = ring.value.filter((one) => one !== row)
  }

  function retract(msgSeq: number): void {
    flush()
    if (msgSeq === 0) return
    retracted = new Set([...retracted, msgSeq].slice(-CHAT_KEPT))
    replace((row) => (row.msgSeq === msgSeq ? takenBack(row) : row))
  }

  function replace(change: (row: RingRow) => RingRow): void {
    ring.value = ring.value.map((row) => {
      const next = change(row)
      if (next !== row) byId.set(row.id, next)
      return next
    })
  }

  /** A row that somebody holds, as it stands now: sent, refused or taken back meanwhile. */
  function current(row: RingRow): RingRow {
    void ring.value
    return byId.get(row.id) ?? (dropped.has(row.id) || (row.msgSeq > 0 && retracted.has(row.msgSeq)) ? takenBack(row) : row)
  }

  /** Somebody as last heard here, from what the backend says of them; null = not heard of late. */
  function person(userId: string): { readonly nick: string; readonly level: number; readonly isCrew: boolean } | null {
    const said = [...ring.value, ...queue].filter((row): row is RingRow & SaidRow => row.kind === 'said' && row.userId === userId).at(-1)
    return said === undefined ? null : { nick: said.nick, level: said.level, isCrew: said.role === 'anchor' || said.role === 'producer' }
  }

  function clear(): void {
    if (timer !== null) clearTimeout(timer)
    timer = null
    queue = []
    ring.value = []
    arrived.value = 0
    byId = new Map()
    numbers = new Set()
    people = new Set()
    retracted = new Set()
    dropped = new Set()
  }

  return { ring, rows, arrived, hear, flush, put, sent, drop, retract, current, person, clear }
})

function takenBack(row: RingRow): RingRow {
  return row.kind === 'said' ? { ...row, text: '', takenBack: true } : row
}

function isTakenBack(row: ChatRow): boolean {
  return row.kind === 'said' && row.takenBack === true
}

import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { RoomMessageOf } from '../../electron/shared/room-message'
import type { Said } from './room-messages'

/** Rows that are kept, and how often arrivals become rows. */
const KEPT = 500
const FLUSH_MS = 100

export type ChatRow =
  | (Said & { readonly kind: 'said'; readonly own: boolean; readonly sending: boolean })
  | {
      readonly kind: 'house'
      readonly id: string
      readonly msgSeq: number
      readonly message: RoomMessageOf<'broadcast' | 'draw-open' | 'draw-result' | 'draw-cancelled'>
    }

/** What was said, newest last. Arrivals are collected and shown together, ten times a second at most. */
export const useChat = defineStore('room-chat', () => {
  const rows = shallowRef<readonly ChatRow[]>([])
  /** Rows that ever came, own ones not: a page tells from it what is new. */
  const arrived = shallowRef(0)
  let queue: ChatRow[] = []
  let timer: ReturnType<typeof setTimeout> | null = null
  /** Deleted before they came. */
  let retracted = new Set<number>()

  function hear(...said: readonly ChatRow[]): void {
    queue.push(...said)
    timer ??= setTimeout(flush, FLUSH_MS)
  }

  function flush(): void {
    if (timer !== null) clearTimeout(timer)
    timer = null
    const known = new Set(rows.value.flatMap((row) => [row.id, ...(row.msgSeq > 0 ? [row.msgSeq] : [])]))
    const fresh: ChatRow[] = []
    for (const row of queue) {
      if (known.has(row.id) || (row.msgSeq > 0 && (known.has(row.msgSeq) || retracted.has(row.msgSeq)))) continue
      known.add(row.id)
      if (row.msgSeq > 0) known.add(row.msgSeq)
      fresh.push(row)
    }
    queue = []
    if (fresh.length === 0) return
    rows.value = [...rows.value, ...fresh].slice(-KEPT)
    arrived.value += fresh.filter((row) => row.kind === 'house' || !row.own).length
  }

  /** One's own, at once. */
  function put(row: ChatRow): void {
    flush()
    rows.value = [...rows.value, row].slice(-KEPT)
  }

  /** It was taken, under this number. An echo that was faster gives way. */
  function sent(id: string, msgSeq: number): void {
    flush()
    rows.value = rows.value
      .filter((row) => row.id === id || msgSeq === 0 || row.msgSeq !== msgSeq)
      .map((row) => (row.id === id && row.kind === 'said' ? { ...row, msgSeq, sending: false } : row))
  }

  function drop(id: string): void {
    rows.value = rows.value.filter((row) => row.id !== id)
  }

  function retract(msgSeq: number): void {
    flush()
    if (msgSeq === 0) return
    retracted = new Set([...retracted, msgSeq].slice(-KEPT))
    rows.value = rows.value.filter((row) => row.msgSeq !== msgSeq)
  }

  function clear(): void {
    if (timer !== null) clearTimeout(timer)
    timer = null
    queue = []
    rows.value = []
    arrived.value = 0
    retracted = new Set()
  }

  return { rows, arrived, hear, flush, put, sent, drop, retract, clear }
})

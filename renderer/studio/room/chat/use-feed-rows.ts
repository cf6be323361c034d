import { defaultRangeExtractor, useVirtualizer } from '@tanstack/vue-virtual'
import { useElementSize } from '@vueuse/core'
import { storeToRefs } from 'pinia'
import { computed, nextTick, shallowRef, watch, type ComponentPublicInstance, type Ref } from 'vue'
import { useChat, type RingRow } from '../../../room/chat-store'
import { isShown, newsSince, type FeedFilter } from './facts'
import { FOLLOWING, follow, type Follow, type FollowEvent } from './follow'

/** Height of a row of one line, in rem: one line of text and its padding. */
const ROW_REM = 1.5
const FEWEST_ROWS = 30
const BEYOND_ROWS = 4
const OVERSCAN = 8

export interface FeedWindow {
  readonly rows: readonly RingRow[]
  /** Place of the first of them among all that are shown. */
  readonly from: number
  /** Pixels above and below that rows out of sight would take. */
  readonly above: number
  readonly below: number
}

/**
 * The rows of the feed that stand in the document. While it follows, these are the last ones, and the list ends with the newest. While it stands
 * still, all rows of that moment can be scrolled through, and a window of them is drawn.
 */
export function useFeedRows(scroller: Readonly<Ref<HTMLElement | null>>, filter: Readonly<Ref<FeedFilter>>, search: Readonly<Ref<string>>) {
  const chat = useChat()
  const { ring } = storeToRefs(chat)
  const state = shallowRef<Follow>(FOLLOWING)
  /** Where the list stood when it was last put to its end. */
  let endTop = 0
  const still = shallowRef<readonly RingRow[]>([])
  const following = computed(() => state.value.since === null)
  const shown = computed(() => {
    const rows = following.value ? ring.value : still.value
    return filter.value === 'all' && search.value.trim() === '' ? rows : rows.filter((row) => isShown(row, filter.value, search.value))
  })
  const news = computed(() =>
    state.value.since === null ? { messages: 0, questions: 0, more: false } : newsSince(ring.value, state.value.since, filter.value, search.value),
  )

  const { height } = useElementSize(scroller)
  const rowPx = computed(() => {
    void height.value
    return ROW_REM * Number.parseFloat(getComputedStyle(document.documentElement).fontSize || '16')
  })
  const tail = computed(() => Math.max(FEWEST_ROWS, Math.ceil(height.value / rowPx.value) + BEYOND_ROWS))

  const virtualizer = useVirtualizer<HTMLElement, HTMLElement>(
    computed(() => {
      const rows = following.value ? [] : shown.value
      const estimate = rowPx.value
      return {
        count: rows.length,
        getScrollElement: () => scroller.value,
        estimateSize: () => estimate,
        getItemKey: (index: number) => rows[index]?.id ?? index,
        overscan: OVERSCAN,
        rangeExtractor: defaultRangeExtractor,
      }
    }),
  )

  const view = computed<FeedWindow>(() => {
    const all = shown.value
    const items = following.value ? [] : virtualizer.value.getVirtualItems()
    const [first, last] = [items[0], items.at(-1)]
    if (first === undefined || last === undefined) {
      const from = Math.max(0, all.length - tail.value)
      return { rows: all.slice(from), from, above: from * rowPx.value, below: 0 }
    }
    return {
      rows: all.slice(first.index, last.index + 1),
      from: first.index,
      above: first.start,
      below: Math.max(0, virtualizer.value.getTotalSize() - last.end),
    }
  })

  function send(event: FollowEvent): void {
    const next = follow(state.value, event, ring.value.at(-1)?.no ?? 0)
    if (next === state.value) return
    if (state.value.since === null) stop()
    else if (next.since === null) virtualizer.value.itemSizeCache.clear()
    state.value = next
  }

  /** The rows that are drawn keep their places: their true heights are known before anything is drawn anew. */
  function stop(): void {
    still.value = ring.value
    const { rows } = view.value
    const drawn = scroller.value?.querySelectorAll<HTMLElement>('[data-row]') ?? []
    drawn.forEach((element, at) => {
      const row = rows[at]
      if (row !== undefined) virtualizer.value.itemSizeCache.set(row.id, element.offsetHeight)
    })
    if (scroller.value !== null) virtualizer.value.scrollOffset = scroller.value.scrollTop
  }

  function toEnd(): void {
    if (scroller.value === null) return
    scroller.value.scrollTop = scroller.value.scrollHeight
    endTop = scroller.value.scrollTop
  }

  /** Somebody moved the list up. A list that only became lower, or whose rows did, was not moved. */
  function isScrolledUp(): boolean {
    const box = scroller.value
    if (box === null) return false
    return box.scrollHeight - box.scrollTop - box.clientHeight > rowPx.value && box.scrollTop < endTop - rowPx.value / 2
  }

  watch(
    [view, height],
    () => {
      if (following.value) toEnd()
    },
    { flush: 'post' },
  )
  // Another choice of rows begins at its newest.
  watch([filter, search], () => void nextTick(toEnd))

  /** @param index among all that are shown */
  function scrollToRow(index: number): void {
    virtualizer.value.scrollToIndex(index, { align: 'auto' })
  }

  /** @param row a row's component; null = one is gone */
  function measure(row: Element | ComponentPublicInstance | null): void {
    const element: unknown = row !== null && '$el' in row ? row.$el : row
    if (element === null || element instanceof HTMLElement) virtualizer.value.measureElement(element)
  }

  return { following, shown, view, news, isScrolledUp, send, scrollToRow, measure, current: chat.current }
}

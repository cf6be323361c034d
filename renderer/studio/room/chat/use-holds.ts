import { useEventListener } from '@vueuse/core'
import { ref, type Ref } from 'vue'
import type { FollowEvent, Hold } from './follow'

/** Pixels from the end within which the list counts as at its end. */
const AT_END_PX = 4

/** Watches what makes the list stand still: the wheel and the scrollbar, a selection in it, held Alt. */
export function useHolds(
  scroller: Readonly<Ref<HTMLElement | null>>,
  following: Readonly<Ref<boolean>>,
  isScrolledUp: () => boolean,
  send: (event: FollowEvent) => void,
) {
  const set = (hold: Hold, on: boolean): void => send({ type: on ? 'hold' : 'release', hold })
  const scrolls = ref(0)
  let before = 0

  function onScroll(): void {
    const box = scroller.value
    if (box === null) return
    const fromEnd = box.scrollHeight - box.scrollTop - box.clientHeight
    if (following.value) set('scroll', isScrolledUp())
    else if (fromEnd <= AT_END_PX && box.scrollTop > before) set('scroll', false)
    before = box.scrollTop
    scrolls.value += 1
  }

  /** Upwards: before the list moves, so that nothing pulls against the hand. */
  function onWheel(event: WheelEvent): void {
    if (event.deltaY < 0 && (scroller.value?.scrollTop ?? 0) > 0) set('scroll', true)
  }

  useEventListener(scroller, 'scroll', onScroll, { passive: true })
  useEventListener(scroller, 'wheel', onWheel, { passive: true })
  // The list may stand in a window of its own.
  const page = (): Document | null => scroller.value?.ownerDocument ?? null
  const view = (): Window | null => page()?.defaultView ?? null
  useEventListener(page, 'selectionchange', () => {
    const selection = page()?.getSelection() ?? null
    set('selection', selection !== null && !selection.isCollapsed && scroller.value?.contains(selection.anchorNode) === true)
  })
  useEventListener(view, 'keydown', (event: KeyboardEvent) => {
    if (event.key === 'Alt') set('alt', true)
  })
  useEventListener(view, 'keyup', (event: KeyboardEvent) => {
    if (event.key === 'Alt') set('alt', false)
  })
  useEventListener(view, 'blur', () => set('alt', false))

  return { set, scrolls }
}

import { nextTick } from 'vue'

const TILE = '[data-testid="co-anchor-tile"]'

/** Does something that may move a person's tile or take it away: the focus that was in it goes with the person, or to the strip. */
export async function keepFocus(userId: string, work: Promise<unknown>): Promise<void> {
  const before = document.activeElement
  const wasIn = before instanceof HTMLElement && before.closest<HTMLElement>(TILE)?.dataset['user'] === userId
  await work
  await nextTick()
  const now = document.activeElement
  if (!wasIn || (now !== document.body && now?.matches(':disabled') !== true && now?.isConnected === true)) return
  const tile = [...document.querySelectorAll<HTMLElement>(TILE)].find((one) => one.dataset['user'] === userId)
  if (tile?.contains(before) === true && !before.matches(':disabled')) before.focus()
  else (tile ?? document.querySelector<HTMLElement>('[data-testid="co-anchors-toggle"]'))?.focus()
}

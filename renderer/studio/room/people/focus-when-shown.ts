import type { ObjectDirective } from 'vue'

/** The element takes the focus when it comes: what had it is gone. */
export const vFocusWhenShown: ObjectDirective<HTMLElement> = { mounted: (element) => element.focus() }

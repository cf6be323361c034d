import { bindingSchema, bindingsOf, SHORTCUT_NAMES, type Binding, type Bindings, type ShortcutName } from '../../electron/shared/shortcuts'
import type { Snapshot } from '../../electron/shared/snapshot'

export interface KeyPress {
  readonly key: string
  /** The key itself: with Option held, a Mac's `key` is another character. */
  readonly code: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly shiftKey: boolean
  readonly altKey: boolean
}

/** Keys that do the same everywhere and cannot be given to anything else. */
export type FixedKey = 'undo' | 'redo' | 'sheet'
export const FIXED_KEYS: readonly { readonly name: 'move' | 'size' | 'undo' | 'redo'; readonly mac: string; readonly other: string }[] = [
  { name: 'move', mac: '← ↑ → ↓', other: '← ↑ → ↓' },
  { name: 'size', mac: '⇧← ⇧→', other: 'Shift+← Shift+→' },
  { name: 'undo', mac: '⌘Z', other: 'Ctrl+Z' },
  { name: 'redo', mac: '⌘⇧Z', other: 'Ctrl+Y' },
]

/** With the focus on a co-anchor's tile. */
export const CO_ANCHOR_KEYS = [
  { name: 'putOnAir', mac: 'Space', other: 'Space' },
  { name: 'talk', mac: '⇧T', other: 'Shift+T' },
  { name: 'changeSeat', mac: '⇧← ⇧→', other: 'Shift+← Shift+→' },
] as const

/** What was pressed, as it is kept in the settings; null = no key that can stand there, a modifier alone for one. Pure. */
export function bindingOf(press: KeyPress, mac: boolean): Binding | null {
  if (mac ? press.ctrlKey : press.metaKey) return null
  const mod = mac ? press.metaKey : press.ctrlKey
  const key = plainKey(press)
  if (key === null) return null
  const shift = press.shiftKey && /^([A-Z0-9]|F\d+)$/.test(key)
  const binding = `${mod ? 'Mod+' : ''}${press.altKey ? 'Alt+' : ''}${shift ? 'Shift+' : ''}${key}`
  return bindingSchema.safeParse(binding).success ? binding : null
}

function plainKey({ key, code, altKey }: KeyPress): string | null {
  const ofCode = /^(?:Key|Digit)([A-Z0-9])$/.exec(code)?.[1]
  // With Alt or Option the character is another one; without it the layout's own letter counts.
  if (altKey && ofCode !== undefined) return ofCode
  if (/^[a-z0-9]$/i.test(key)) return key.toUpperCase()
  if (/^F([1-9]|1[0-2])$/.test(key)) return key
  return /^[!-/:-@[-`{-~]$/.test(key) ? key : null
}

/**
 * Which shortcut a key press is; null for none. Pure.
 * @param typing the focus is in a text field: single characters and undo belong to it
 */
export function shortcutOf(press: KeyPress, bindings: Bindings, mac: boolean, typing: boolean): ShortcutName | FixedKey | null {
  const binding = bindingOf(press, mac)
  if (binding === null) return null
  const name = SHORTCUT_NAMES.find((one) => bindings[one] === binding)
  if (name !== undefined) return typing && binding.length === 1 ? null : name
  if (binding === 'Mod+/') return 'sheet'
  if (typing) return null
  if (binding === 'Mod+Z') return 'undo'
  return binding === 'Mod+Shift+Z' || (!mac && binding === 'Mod+Y') ? 'redo' : null
}

/** Keys as a person reads them: ⌘⇧L or Ctrl+Shift+L. */
export function bindingText(binding: Binding | '', mac: boolean): string {
  if (!mac) return binding.replace('Mod', 'Ctrl')
  return binding.replace('Mod+', '⌘').replace('Alt+', '⌥').replace('Shift+', '⇧')
}

/** The keys of a shortcut as they are now, for a person of this machine; '' = it has none. */
export function keysOf(name: ShortcutName, { app, settings }: Pick<Snapshot, 'app' | 'settings'>): string {
  const mac = app.platform === 'darwin'
  return bindingText(bindingsOf(settings.shortcuts, mac)[name], mac)
}

export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.matches('input:not([type=checkbox], [type=range], [type=color]), textarea, select') || target.isContentEditable)
  )
}

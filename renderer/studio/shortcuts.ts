/** Window-local shortcuts (ux table); only what works now. Names are message keys. */
export type ShortcutName =
  'goLive' | 'end' | 'mute' | 'cover' | 'reconnect' | 'health' | 'undo' | 'redo' | 'regions' | 'focusRoom' | 'focusStage' | 'move' | 'size' | 'sheet'

export const SHORTCUTS: readonly { readonly name: ShortcutName; readonly mac: string; readonly other: string }[] = [
  { name: 'goLive', mac: '⌘⇧L', other: 'Ctrl+Shift+L' },
  { name: 'end', mac: '⌘⇧E', other: 'Ctrl+Shift+E' },
  { name: 'mute', mac: '⌘⇧M', other: 'Ctrl+Shift+M' },
  { name: 'cover', mac: '⌘⇧B', other: 'Ctrl+Shift+B' },
  { name: 'reconnect', mac: '⌘⇧R', other: 'Ctrl+Shift+R' },
  { name: 'health', mac: '⌘⇧H', other: 'Ctrl+H' },
  { name: 'regions', mac: 'F6', other: 'F6' },
  { name: 'focusRoom', mac: '⌥1', other: 'Alt+1' },
  { name: 'focusStage', mac: '⌥2', other: 'Alt+2' },
  { name: 'move', mac: '← ↑ → ↓', other: '← ↑ → ↓' },
  { name: 'size', mac: '⇧← ⇧→', other: 'Shift+← Shift+→' },
  { name: 'undo', mac: '⌘Z', other: 'Ctrl+Z' },
  { name: 'redo', mac: '⌘⇧Z', other: 'Ctrl+Y' },
  { name: 'sheet', mac: '? ⌘/', other: '? Ctrl+/' },
]

export interface KeyPress {
  readonly key: string
  /** The key itself: with Option held, a Mac's `key` is another character. */
  readonly code: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly shiftKey: boolean
  readonly altKey: boolean
}

/**
 * Which shortcut a key press is; null for none. Pure.
 * @param typing the focus is in a text field: single letters and undo belong to it
 */
export function shortcutOf(press: KeyPress, mac: boolean, typing: boolean): ShortcutName | null {
  if (press.altKey) {
    if (press.ctrlKey || press.metaKey || press.shiftKey) return null
    return press.code === 'Digit1' ? 'focusRoom' : press.code === 'Digit2' ? 'focusStage' : null
  }
  const command = mac ? press.metaKey && !press.ctrlKey : press.ctrlKey && !press.metaKey
  const key = press.key.toLowerCase()
  if (press.key === 'F6') return 'regions'
  if (!command) return press.key === '?' && !typing ? 'sheet' : null
  if (press.shiftKey) {
    if (key === 'l') return 'goLive'
    if (key === 'e') return 'end'
    if (key === 'm') return 'mute'
    if (key === 'b') return 'cover'
    if (key === 'r') return 'reconnect'
    if (key === 'h' && mac) return 'health'
    if (key === 'z' && !typing) return 'redo'
    return null
  }
  if (key === 'h' && !mac) return 'health'
  if (key === '/') return 'sheet'
  if (typing) return null
  if (key === 'z') return 'undo'
  return key === 'y' && !mac ? 'redo' : null
}

export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.matches('input:not([type=checkbox], [type=range], [type=color]), textarea, select') || target.isContentEditable)
  )
}

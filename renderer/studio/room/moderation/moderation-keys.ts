/** What a key asks for while a row has the focus (ux table). */
export type RowCommand = 'mute-1' | 'mute-10' | 'mute-60' | 'mute-show' | 'delete' | 'arm-removal' | 'remove' | 'person' | 'pin' | 'undo' | 'leave'

export interface RowKey {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly shiftKey: boolean
  readonly altKey: boolean
}

const PLAIN: Readonly<Record<string, RowCommand>> = {
  '1': 'mute-1',
  '2': 'mute-10',
  '3': 'mute-60',
  '4': 'mute-show',
  Delete: 'delete',
  Enter: 'person',
  u: 'person',
  U: 'person',
  p: 'pin',
  P: 'pin',
  Escape: 'leave',
}

/**
 * Which command a key is; null = none of these. Pure.
 * @param armed Shift+K was the key before, on this very row: Enter removes, anything else does not
 */
export function rowCommandOf(press: RowKey, armed: boolean): RowCommand | null {
  const { key, ctrlKey, metaKey, shiftKey, altKey } = press
  if ((ctrlKey || metaKey) && !shiftKey && !altKey && key.toLowerCase() === 'z') return 'undo'
  if (ctrlKey || metaKey || altKey) return null
  if (shiftKey) return key.toLowerCase() === 'k' ? 'arm-removal' : null
  if (key === 'Enter' && armed) return 'remove'
  return PLAIN[key] ?? null
}

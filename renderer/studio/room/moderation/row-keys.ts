import { useSheets } from '../../stores/sheets'
import { rowCommandOf, type RowCommand } from './moderation-keys'
import { useModeration } from './moderation-store'
import type { ModerationTarget } from './target'

export interface RowKeys {
  /**
   * Does what a key asks for about the row that has the focus; a key that does something is marked as handled.
   * @param target null: nobody said this row
   */
  press(event: KeyboardEvent, target: ModerationTarget | null): void
  /**
   * As `press`, for the keys that must be seen before the list sees them: undo, and those after Shift+K. Any other key leaves nobody armed.
   * @param onArmed the key is pressed on the row of Shift+K
   */
  first(event: KeyboardEvent, onArmed: boolean): void
  disarm(): void
  openPerson(target: ModerationTarget): void
}

/** A modifier on its way to a key changes nothing. */
const MODIFIERS: ReadonlySet<string> = new Set(['Shift', 'Control', 'Meta', 'Alt'])

/** The keys of moderation for a list of rows. @param pin where the list has no pin of its own */
export function useRowKeys(pin?: (target: ModerationTarget) => void): RowKeys {
  const moderation = useModeration()
  const sheets = useSheets()

  function openPerson(target: ModerationTarget): void {
    sheets.open({ name: 'person', target })
  }

  function disarm(): void {
    moderation.armed = null
  }

  function press(event: KeyboardEvent, target: ModerationTarget | null): void {
    if (MODIFIERS.has(event.key)) return
    const { armed } = moderation
    const command = rowCommandOf(event, armed !== null && armed.rowId === target?.rowId)
    disarm()
    // Escape is the list's too: without anybody armed it follows again.
    if (command === null || (command === 'leave' && armed === null)) return
    if (command !== 'undo' && command !== 'leave' && target === null) return
    event.preventDefault()
    event.stopPropagation()
    if (event.repeat) return
    if (command === 'undo') void moderation.undo()
    else if (target !== null && command !== 'leave') about(command, command === 'remove' && armed !== null ? armed : target)
  }

  function about(command: Exclude<RowCommand, 'undo' | 'leave'>, target: ModerationTarget): void {
    if (command === 'arm-removal') moderation.armed = target
    else if (command === 'person') openPerson(target)
    else if (command === 'pin') pin?.(target)
    else void moderation.act(command, target)
  }

  function first(event: KeyboardEvent, onArmed: boolean): void {
    const { armed } = moderation
    const command = rowCommandOf(event, onArmed && armed !== null)
    if (command === 'undo' || (armed !== null && (command === 'leave' || command === 'remove'))) press(event, armed)
    else if (!MODIFIERS.has(event.key)) disarm()
  }

  return { press, first, disarm, openPerson }
}

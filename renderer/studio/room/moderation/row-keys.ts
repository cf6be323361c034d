import { useSheets } from '../../stores/sheets'
import { rowCommandOf } from './moderation-keys'
import { useModeration } from './moderation-store'
import type { ModerationTarget } from './target'

export interface RowKeys {
  /**
   * Does what a key asks for about the row that has the focus.
   * @param target null: nobody said this row
   * @returns whether the key was one of these; it is marked as handled then
   */
  press(event: KeyboardEvent, target: ModerationTarget | null): boolean
  openPerson(target: ModerationTarget): void
}

/** The keys of moderation for a list of rows. */
export function useRowKeys(pin: (target: ModerationTarget) => void): RowKeys {
  const moderation = useModeration()
  const sheets = useSheets()

  function openPerson(target: ModerationTarget): void {
    sheets.open({ name: 'person', target })
  }

  function press(event: KeyboardEvent, target: ModerationTarget | null): boolean {
    // A modifier on its way to a key changes nothing.
    if (['Shift', 'Control', 'Meta', 'Alt'].includes(event.key)) return false
    const { armed } = moderation
    const command = rowCommandOf(event, armed !== null && armed.rowId === target?.rowId)
    moderation.armed = null
    // Esc is the list's too: it follows again.
    if (command === null || (command === 'leave' && armed === null)) return false
    if (command !== 'undo' && command !== 'leave' && target === null) return false
    event.preventDefault()
    event.stopPropagation()
    if (event.repeat) return true
    if (command === 'undo') void moderation.undo()
    else if (target !== null && command !== 'leave') about(command, armed !== null && command === 'remove' ? armed : target)
    return true
  }

  function about(command: Exclude<ReturnType<typeof rowCommandOf>, null | 'undo' | 'leave'>, target: ModerationTarget): void {
    if (command === 'arm-removal') moderation.armed = target
    else if (command === 'person') openPerson(target)
    else if (command === 'pin') pin(target)
    else void moderation.act(command, target)
  }

  return { press, openPerson }
}

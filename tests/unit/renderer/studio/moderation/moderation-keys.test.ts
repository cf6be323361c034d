import { describe, expect, it } from 'vitest'
import { rowCommandOf, type RowKey } from '../../../../../renderer/studio/room/moderation/moderation-keys'

const press = (key: string, more: Partial<RowKey> = {}): RowKey => ({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...more })

describe('keys of a row', () => {
  it.each([
    ['1', 'mute-1'],
    ['2', 'mute-10'],
    ['3', 'mute-60'],
    ['4', 'mute-show'],
    ['Delete', 'delete'],
    ['u', 'person'],
    ['Enter', 'person'],
    ['p', 'pin'],
    ['Escape', 'leave'],
    ['5', null],
    ['k', null],
    ['j', null],
  ])('%s → %s', (key, command) => {
    expect(rowCommandOf(press(key), false)).toBe(command)
  })

  it('Shift+K and then Enter removes, Enter alone does not', () => {
    expect(rowCommandOf(press('K', { shiftKey: true }), false)).toBe('arm-removal')
    expect(rowCommandOf(press('Enter'), true)).toBe('remove')
    expect(rowCommandOf(press('1'), true)).toBe('mute-1')
    expect(rowCommandOf(press('Enter', { shiftKey: true }), true)).toBeNull()
  })

  it('Ctrl and ⌘ with Z undo; with anything else they are not ours', () => {
    expect(rowCommandOf(press('z', { ctrlKey: true }), false)).toBe('undo')
    expect(rowCommandOf(press('z', { metaKey: true }), false)).toBe('undo')
    expect(rowCommandOf(press('z'), false)).toBeNull()
    for (const modifier of ['ctrlKey', 'metaKey', 'altKey'] as const) expect(rowCommandOf(press('1', { [modifier]: true }), false)).toBeNull()
  })
})

import { describe, expect, it } from 'vitest'
import { shortcutOf, SHORTCUTS, type KeyPress } from '../../../../renderer/studio/shortcuts'

const NONE = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false }
const press = (key: string, change: Partial<KeyPress> = {}): KeyPress => ({ key, code: '', ...NONE, ...change })

describe('shortcuts', () => {
  it.each([
    ['Ctrl+Shift+B', press('B', { ctrlKey: true, shiftKey: true }), false, 'cover'],
    ['⌘⇧B', press('b', { metaKey: true, shiftKey: true }), true, 'cover'],
    ['Ctrl+H', press('h', { ctrlKey: true }), false, 'health'],
    ['⌘H hides the app', press('h', { metaKey: true }), true, null],
    ['Alt+1', press('1', { altKey: true, code: 'Digit1' }), false, 'focusRoom'],
    ['⌥2, which types ™', press('™', { altKey: true, code: 'Digit2' }), true, 'focusStage'],
    ['Ctrl+Alt+1', press('1', { altKey: true, ctrlKey: true, code: 'Digit1' }), false, null],
    ['F6', press('F6'), false, 'regions'],
  ] as const)('%s', (_name, key, mac, name) => {
    expect(shortcutOf(key, mac, false)).toBe(name)
  })

  it('leaves letters and undo to whoever is typing', () => {
    expect(shortcutOf(press('?', { shiftKey: true }), false, false)).toBe('sheet')
    expect(shortcutOf(press('?', { shiftKey: true }), false, true)).toBeNull()
    expect(shortcutOf(press('z', { ctrlKey: true }), false, true)).toBeNull()
  })

  it('no single letter acts on its own', () => {
    for (const key of 'abcdefghijklmnopqrstuvwxyz') expect(shortcutOf(press(key), false, false)).toBeNull()
  })

  it('lists none twice', () => {
    expect(new Set(SHORTCUTS.map(({ other }) => other)).size).toBe(SHORTCUTS.length)
  })
})

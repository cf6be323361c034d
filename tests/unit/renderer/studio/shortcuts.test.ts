import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bindingProblem, bindingsOf, SHORTCUT_NAMES } from '../../../../electron/shared/shortcuts'
import { bindingOf, bindingText, shortcutOf, type KeyPress } from '../../../../renderer/studio/shortcuts'

const NONE = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false }
const press = (key: string, change: Partial<KeyPress> = {}): KeyPress => ({ key, code: '', ...NONE, ...change })
const OTHER = bindingsOf({}, false)
const MAC = bindingsOf({}, true)
const named = (key: KeyPress, mac = false, typing = false): string | null => shortcutOf(key, mac ? MAC : OTHER, mac, typing)

describe('shortcuts', () => {
  it.each([
    ['Ctrl+Shift+B', press('B', { ctrlKey: true, shiftKey: true }), false, 'cover'],
    ['⌘⇧B', press('b', { metaKey: true, shiftKey: true }), true, 'cover'],
    ['Ctrl+H', press('h', { ctrlKey: true }), false, 'health'],
    ['⌘H hides the app', press('h', { metaKey: true }), true, null],
    ['⌘⇧H', press('H', { metaKey: true, shiftKey: true }), true, 'health'],
    ['Alt+1', press('1', { altKey: true, code: 'Digit1' }), false, 'focusRoom'],
    ['⌥2, which types ™', press('™', { altKey: true, code: 'Digit2' }), true, 'focusStage'],
    ['Ctrl+Alt+1', press('1', { altKey: true, ctrlKey: true, code: 'Digit1' }), false, null],
    ['F6', press('F6'), false, 'regions'],
    ['Ctrl+/', press('/', { ctrlKey: true }), false, 'sheet'],
    ['Ctrl+Y', press('y', { ctrlKey: true }), false, 'redo'],
  ] as const)('%s', (_name, key, mac, name) => {
    expect(named(key, mac)).toBe(name)
  })

  it('leaves letters and undo to whoever is typing', () => {
    expect(named(press('?', { shiftKey: true }))).toBe('sheet')
    expect(named(press('?', { shiftKey: true }), false, true)).toBeNull()
    expect(named(press('z', { ctrlKey: true }), false, true)).toBeNull()
  })

  it('no single letter acts on its own', () => {
    for (const key of 'abcdefghijklmnopqrstuvwxyz') expect(named(press(key))).toBeNull()
  })

  it('gives no keys to two', () => {
    for (const bindings of [OTHER, MAC]) expect(new Set(Object.values(bindings)).size).toBe(SHORTCUT_NAMES.length)
    for (const mac of [false, true])
      for (const name of SHORTCUT_NAMES) expect(bindingProblem(bindingsOf({}, mac)[name], name, bindingsOf({}, mac), mac)).toBeNull()
  })

  it('obeys the user’s own keys, and no longer the ones they replace', () => {
    const own = bindingsOf({ mute: 'Mod+Alt+U', cover: '' }, false)
    expect(shortcutOf(press('u', { ctrlKey: true, altKey: true, code: 'KeyU' }), own, false, false)).toBe('mute')
    expect(shortcutOf(press('M', { ctrlKey: true, shiftKey: true }), own, false, false)).toBeNull()
    expect(shortcutOf(press('B', { ctrlKey: true, shiftKey: true }), own, false, false)).toBeNull()
  })

  it.each([
    ['G', { kind: 'bare' }],
    ['Shift+G', { kind: 'bare' }],
    ['Mod+C', { kind: 'reserved' }],
    ['Mod+Shift+L', { kind: 'taken', by: 'goLive' }],
    ['Mod+Tab', { kind: 'unusable' }],
    ['Mod+Shift+G', null],
    ['F9', null],
  ] as const)('%s as keys for mute: %j', (binding, problem) => {
    expect(bindingProblem(binding, 'mute', OTHER, false)).toEqual(problem)
  })

  it('reads back what it wrote, whatever is pressed', () => {
    const modifiers = fc.record({ ctrlKey: fc.boolean(), metaKey: fc.boolean(), shiftKey: fc.boolean(), altKey: fc.boolean() })
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 3 }), fc.string({ maxLength: 8 }), modifiers, fc.boolean(), (key, code, held, mac) => {
        const binding = bindingOf({ key, code, ...held }, mac)
        if (binding === null) return
        expect(bindingText(binding, false)).not.toContain('Mod')
        expect(shortcutOf({ key, code, ...held }, { ...OTHER, mute: binding }, mac, false)).not.toBeNull()
      }),
    )
  })
})

import { z } from 'zod'

/** What a key can do in the studio's window (ux table), and by which keys. Names are message keys. */
export const SHORTCUT_NAMES = [
  'goLive',
  'end',
  'mute',
  'cover',
  'panic',
  'reconnect',
  'notice',
  'marker',
  'health',
  'regions',
  'focusRoom',
  'focusStage',
  'focusSources',
  'focusGifts',
  'focusCoAnchors',
  'popOut',
  'sheet',
] as const
export type ShortcutName = (typeof SHORTCUT_NAMES)[number]

/**
 * Keys as they are kept: modifiers in the order Mod, Alt, Shift, then the key, joined by "+". `Mod` is ⌘ on a Mac and Ctrl elsewhere. Letters are
 * capitals; what a keyboard types with Shift by itself ("?") stands without it.
 */
export const bindingSchema = z.string().regex(/^(Mod\+)?(Alt\+)?(Shift\+)?([A-Z0-9]|F([1-9]|1[0-2])|[!-/:-@[-`{-~])$/)
export type Binding = z.infer<typeof bindingSchema>

/** A name's own keys; '' = none. What is not named has its default. */
export const shortcutSettingsSchema = z.partialRecord(z.enum(SHORTCUT_NAMES), z.union([bindingSchema, z.literal('')]))
export type ShortcutSettings = z.infer<typeof shortcutSettingsSchema>
export type Bindings = Readonly<Record<ShortcutName, Binding | ''>>

const DEFAULTS: Bindings = {
  goLive: 'Mod+Shift+L',
  end: 'Mod+Shift+E',
  mute: 'Mod+Shift+M',
  cover: 'Mod+Shift+B',
  panic: 'Mod+Shift+P',
  reconnect: 'Mod+Shift+R',
  notice: 'Mod+N',
  marker: 'Mod+K',
  health: 'Mod+H',
  regions: 'F6',
  focusRoom: 'Alt+1',
  focusStage: 'Alt+2',
  focusSources: 'Alt+3',
  focusGifts: 'Alt+4',
  focusCoAnchors: 'Alt+5',
  popOut: 'Mod+Shift+O',
  sheet: '?',
}
/** ⌘H is the system's: it hides the app. */
const MAC_DEFAULTS: Bindings = { ...DEFAULTS, health: 'Mod+Shift+H' }

/** These belong to text, to the scene or to the system on every platform. */
const RESERVED: ReadonlySet<string> = new Set([
  ...['A', 'C', 'F', 'V', 'X', 'Y', 'Z', 'Q', 'W', 'M'].map((key) => `Mod+${key}`),
  'Mod+Shift+Z',
  'Alt+F4',
  'Mod+/',
])
const MAC_RESERVED: ReadonlySet<string> = new Set(['Mod+H', 'Mod+,'])

export function bindingsOf(own: ShortcutSettings, mac: boolean): Bindings {
  return { ...(mac ? MAC_DEFAULTS : DEFAULTS), ...own }
}

/** Why keys cannot be given to a shortcut; null = they can. Pure. */
export function bindingProblem(
  binding: string,
  name: ShortcutName,
  bindings: Bindings,
  mac: boolean,
): { readonly kind: 'unusable' | 'bare' | 'reserved' } | { readonly kind: 'taken'; readonly by: ShortcutName } | null {
  if (!bindingSchema.safeParse(binding).success) return { kind: 'unusable' }
  // A letter alone, or with Shift, is somebody typing.
  if (!/^(Mod|Alt)\+|^F\d/.test(binding) && binding !== '?') return { kind: 'bare' }
  if (RESERVED.has(binding) || (mac && MAC_RESERVED.has(binding))) return { kind: 'reserved' }
  const by = SHORTCUT_NAMES.find((other) => other !== name && bindings[other] === binding)
  return by === undefined ? null : { kind: 'taken', by }
}

/** Backgrounds that a row may have, from styles/tokens.css: bg, surface, raised. */
const ROWS = { dark: ['#0f1317', '#171c22', '#20272f'], light: ['#f5f7f9', '#ffffff', '#edf1f5'] } as const
/** WCAG AA for text. */
const WANTED = 4.5
const SATURATION = 0.65
const START = { dark: 0.68, light: 0.4 } as const
const STEP = 0.01

export type Theme = keyof typeof ROWS
export interface NameColour {
  readonly dark: string
  readonly light: string
}

const byHue = new Map<number, NameColour>()

/** The colour of a name, the same for the same person, and legible on a row of either theme. */
export function nameColour(userId: string): NameColour {
  const hue = hueOf(userId)
  const known = byHue.get(hue)
  if (known !== undefined) return known
  const colour = { dark: legible(hue, 'dark'), light: legible(hue, 'light') }
  byHue.set(hue, colour)
  return colour
}

/** Degrees, 0 … 359. */
export function hueOf(userId: string): number {
  let hash = 0
  for (const char of userId) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 65_521
  return hash % 360
}

/** Lighter or darker until it can be read. */
function legible(hue: number, theme: Theme): string {
  let lightness: number = START[theme]
  while (lightness > 0 && lightness < 1) {
    const colour = hslToHex(hue, SATURATION, lightness)
    if (ROWS[theme].every((row) => contrast(colour, row) >= WANTED)) return colour
    lightness += theme === 'dark' ? STEP : -STEP
  }
  return theme === 'dark' ? '#ffffff' : '#000000'
}

/** WCAG contrast of two #rrggbb, 1 … 21. */
export function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function hslToHex(hue: number, saturation: number, lightness: number): string {
  const part = (n: number): string => {
    const k = (n + hue / 30) % 12
    const value = lightness - saturation * Math.min(lightness, 1 - lightness) * Math.max(-1, Math.min(k - 3, 9 - k, 1))
    return Math.round(value * 255)
      .toString(16)
      .padStart(2, '0')
  }
  return `#${part(0)}${part(8)}${part(4)}`
}

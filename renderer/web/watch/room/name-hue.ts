/** A hue for a name, the same for the same person everywhere: degrees, 0 … 359. How light it is, the theme decides, so that it can be read. */
export function hueOf(userId: string): number {
  let hash = 0
  for (const char of userId) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 65_521
  return hash % 360
}

/** Where a line may be broken: at spaces, and around each Chinese, Japanese or Korean character. */
const CJK = /[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\u{20000}-\u{3ffff}]/u
/** Closing marks stay with the character before them. */
const CLOSING = /^[、。，．！？：；）」』】〉》”’%,.!?:;)\]}]/u

function graphemes(text: string): string[] {
  return [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)].map(({ segment }) => segment)
}

/** Pieces that stay together. Spaces belong to the piece before them. */
function pieces(line: string): string[] {
  const result: string[] = []
  for (const grapheme of graphemes(line)) {
    const last = result[result.length - 1]
    const joins = last !== undefined && (CLOSING.test(grapheme) || grapheme === ' ' || !(CJK.test(grapheme) || CJK.test(last) || last.endsWith(' ')))
    if (joins) result[result.length - 1] = last + grapheme
    else result.push(grapheme)
  }
  return result
}

/**
 * Breaks text into lines no wider than `maxWidth` as `measure` gives it. Line feeds are kept; a piece that is too wide by
 * itself is broken anywhere.
 */
export function wrapText(text: string, maxWidth: number, measure: (line: string) => number): string[] {
  const fits = (line: string): boolean => measure(line.trimEnd()) <= maxWidth
  const lines: string[] = []
  for (const paragraph of text.split(/\r?\n/)) {
    let line = ''
    for (const piece of pieces(paragraph)) {
      if (fits(line + piece)) {
        line += piece
        continue
      }
      if (line !== '') lines.push(line.trimEnd())
      line = ''
      for (const part of fits(piece) ? [piece] : graphemes(piece)) {
        if (line !== '' && !fits(line + part)) {
          lines.push(line.trimEnd())
          line = ''
        }
        line += part
      }
    }
    lines.push(line.trimEnd())
  }
  return lines
}

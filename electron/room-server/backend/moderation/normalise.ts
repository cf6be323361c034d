import { disguised, lookAlike } from './look-alikes'

/**
 * A text as the word filter reads it: one entry for each letter or digit that counts, without case, width, accents, zero-width
 * characters and separators, each with the place in the ORIGINAL text that it came from (UTF-16 offsets, end exclusive).
 */
export interface Symbols {
  /** What is compared. */
  readonly codes: readonly number[]
  /** Before signs were read as letters; equals `codes` where none was. */
  readonly raw: readonly number[]
  readonly starts: readonly number[]
  readonly ends: readonly number[]
  /** What stands between the entry and the one before it. */
  readonly gapBefore: readonly Gap[]
  /** Some digits or signs may stand for letters: reading with `disguises` may find more. */
  readonly hasDisguises: boolean
}

/** Nothing; a single apostrophe, as in “it's”; or something else that does not count: spaces, punctuation, signs. */
export type Gap = 'none' | 'apostrophe' | 'other'

export interface Reading {
  /** Read digits and signs as the letters that they may stand for. */
  readonly disguises: boolean
  /** Signs (emoji, for example) that count here, because a word of the list holds them. */
  readonly kept: ReadonlySet<number>
}

const IGNORED = /^[\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}]$/u
const COUNTS = /^[\p{L}\p{N}]$/u
const PICTURE = /^\p{Extended_Pictographic}$/u
const APOSTROPHES = new Set([0x27, 0x2019])
const MARKS = /\p{M}+/gu

/** What a code point becomes: nothing at all, a gap, or symbols. */
type Fold = 'ignored' | 'gap' | readonly number[]

/** Of the Basic Multilingual Plane only, so that hostile texts cannot make it grow without bound. */
const foldCache = new Array<Fold | undefined>(0x10000).fill(undefined)

export function readSymbols(text: string, reading: Reading): Symbols {
  const codes: number[] = []
  const raw: number[] = reading.disguises ? [] : codes
  const starts: number[] = []
  const ends: number[] = []
  const gapBefore: Gap[] = []
  let gap: Gap = 'none'
  let hasDisguises = false
  for (let at = 0; at < text.length;) {
    const code = text.codePointAt(at) ?? 0
    const end = code > 0xffff ? at + 2 : at + 1
    let fold = foldOf(code)
    if (fold === 'gap') {
      const isSign = disguised(code) !== 0
      if (isSign) hasDisguises = true
      if ((isSign && reading.disguises) || reading.kept.has(code)) fold = [code]
    }
    if (fold === 'gap') gap = gap === 'none' && APOSTROPHES.has(code) ? 'apostrophe' : 'other'
    else if (fold !== 'ignored') {
      for (const symbol of fold) {
        const letter = disguised(symbol)
        if (letter !== 0 && isDigit(symbol)) hasDisguises = true
        codes.push(reading.disguises && letter !== 0 ? letter : symbol)
        if (reading.disguises) raw.push(symbol)
        starts.push(at)
        ends.push(end)
        gapBefore.push(gap)
        gap = 'none'
      }
    }
    at = end
  }
  return { codes, raw, starts, ends, gapBefore, hasDisguises }
}

/** Emoji and the like in a word, which then count in every text. */
export function picturesIn(word: string): number[] {
  return Array.from(word, (character) => character.codePointAt(0) ?? 0).filter(
    (code) => code > 0x7f && foldOf(code) === 'gap' && PICTURE.test(String.fromCodePoint(code)),
  )
}

/** Nothing to see: zero-width characters, joiners, marks without a base. */
export function isInvisible(text: string): boolean {
  for (const character of text) if (!IGNORED.test(character)) return false
  return true
}

/** A letter of a script that sets spaces between words, so that a word of it has a beginning and an end that can be seen. */
export function isSpacedLetter(code: number): boolean {
  if (code < 0x80) return code >= 0x61 && code <= 0x7a
  // Thai to Burmese and Khmer set none; from U+2E80 on it is Chinese, Japanese, Korean and rarer ones.
  if (code >= 0x2e80 || (code >= 0x0e00 && code < 0x10a0) || (code >= 0x1780 && code < 0x1800)) return false
  return COUNTS.test(String.fromCodePoint(code)) && !isDigit(code)
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

function foldOf(code: number): Fold {
  if (code > 0xffff) return fold(code)
  return (foldCache[code] ??= fold(code))
}

function fold(code: number): Fold {
  const alike = lookAlike(code)
  if (alike !== undefined) return alike
  const character = String.fromCodePoint(code)
  if (IGNORED.test(character)) return 'ignored'
  // Decomposed for width, style and accents; composed again so that a Hangul syllable stays one symbol.
  const plain = character.normalize('NFKD').replace(MARKS, '').toLowerCase().normalize('NFKD').replace(MARKS, '').normalize('NFC')
  const symbols: number[] = []
  for (const one of plain) {
    const symbol = one.codePointAt(0) ?? 0
    const letters = lookAlike(symbol)
    if (letters !== undefined) symbols.push(...letters)
    else if (COUNTS.test(one)) symbols.push(symbol)
  }
  return symbols.length === 0 ? 'gap' : symbols
}

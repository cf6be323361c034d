import { disguised, lookAlike } from './look-alikes'

/**
 * A text as the word filter reads it: one entry for each letter or digit that counts, without case, width, accents, zero-width
 * characters and separators, each with the place in the ORIGINAL text that it came from (UTF-16 offsets, end exclusive).
 */
export interface Symbols {
  /** How many there are; what the arrays hold beyond is nothing. */
  readonly length: number
  /** What is compared. */
  readonly codes: Int32Array
  /** Before signs were read as letters; equals `codes` where none was. */
  readonly raw: Int32Array
  readonly starts: Int32Array
  readonly ends: Int32Array
  /** What stands between the entry and the one before it: a `GAP`. */
  readonly gapBefore: Uint8Array
  /** Some digits may stand for letters. */
  readonly hasDigits: boolean
  /** Some signs that count for nothing here may stand for letters. */
  readonly hasSigns: boolean
}

/** Nothing; a single apostrophe, as in “it’s”; or something else that does not count: spaces, punctuation, signs. */
export const GAP = { none: 0, apostrophe: 1, other: 2 } as const

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

/**
 * By code point: its only symbol, or one of these. Of the Basic Multilingual Plane alone, so that hostile texts cannot make it grow without
 * bound. Flat, because a long message asks it thousands of times.
 */
const ONE_SYMBOL = new Int32Array(0x10000)
const NOT_KNOWN = 0
const IGNORED_HERE = -1
const GAP_HERE = -2
const MANY = -3
/** The few that become several symbols. */
const SEVERAL = new Map<number, readonly number[]>()

export function readSymbols(text: string, reading: Reading): Symbols {
  const { disguises, kept } = reading
  const out = new SymbolWriter(text.length, disguises)
  let gap: number = GAP.none
  let [hasDigits, hasSigns] = [false, false]
  for (let at = 0; at < text.length;) {
    const code = text.codePointAt(at) ?? 0
    const end = code > 0xffff ? at + 2 : at + 1
    let symbol = oneSymbol(code)
    if (symbol === GAP_HERE) {
      const isSign = disguised(code) !== 0
      if (isSign) hasSigns = true
      if ((isSign && disguises) || kept.has(code)) symbol = code
    }
    if (symbol === GAP_HERE) gap = gap === GAP.none && APOSTROPHES.has(code) ? GAP.apostrophe : GAP.other
    else if (symbol > 0) {
      if (isDigit(symbol) && disguised(symbol) !== 0) hasDigits = true
      out.write(symbol, at, end, gap)
      gap = GAP.none
    } else if (symbol === MANY)
      for (const one of severalSymbols(code)) {
        if (isDigit(one) && disguised(one) !== 0) hasDigits = true
        out.write(one, at, end, gap)
        gap = GAP.none
      }
    at = end
  }
  return out.done(hasDigits, hasSigns)
}

/** What was read without disguises, as it reads with them; null = the text has to be read again, for its signs. */
export function disguisedSymbols(plain: Symbols): Symbols | null {
  if (plain.hasSigns) return null
  const codes = new Int32Array(plain.length)
  for (let at = 0; at < plain.length; at += 1) {
    const code = plain.codes[at] ?? 0
    codes[at] = disguised(code) || code
  }
  return { ...plain, codes, raw: plain.codes }
}

class SymbolWriter {
  readonly #disguises: boolean
  #length = 0
  #codes: Int32Array
  #raw: Int32Array
  #starts: Int32Array
  #ends: Int32Array
  #gapBefore: Uint8Array

  constructor(capacity: number, disguises: boolean) {
    this.#disguises = disguises
    this.#codes = new Int32Array(capacity)
    this.#raw = disguises ? new Int32Array(capacity) : this.#codes
    this.#starts = new Int32Array(capacity)
    this.#ends = new Int32Array(capacity)
    this.#gapBefore = new Uint8Array(capacity)
  }

  write(symbol: number, start: number, end: number, gap: number): void {
    const at = this.#length
    if (at === this.#codes.length) this.#grow()
    this.#codes[at] = this.#disguises ? disguised(symbol) || symbol : symbol
    if (this.#disguises) this.#raw[at] = symbol
    this.#starts[at] = start
    this.#ends[at] = end
    this.#gapBefore[at] = gap
    this.#length = at + 1
  }

  done(hasDigits: boolean, hasSigns: boolean): Symbols {
    return {
      length: this.#length,
      codes: this.#codes,
      raw: this.#raw,
      starts: this.#starts,
      ends: this.#ends,
      gapBefore: this.#gapBefore,
      hasDigits,
      hasSigns,
    }
  }

  /** Ligatures may become more symbols than the text has characters. */
  #grow(): void {
    const capacity = this.#codes.length * 2 + 16
    this.#codes = longer(this.#codes, capacity)
    this.#raw = this.#disguises ? longer(this.#raw, capacity) : this.#codes
    this.#starts = longer(this.#starts, capacity)
    this.#ends = longer(this.#ends, capacity)
    const gaps = new Uint8Array(capacity)
    gaps.set(this.#gapBefore)
    this.#gapBefore = gaps
  }
}

function longer(array: Int32Array, capacity: number): Int32Array {
  const next = new Int32Array(capacity)
  next.set(array)
  return next
}

/** Emoji and the like in a word, which then count in every text. */
export function picturesIn(word: string): number[] {
  return Array.from(word, (character) => character.codePointAt(0) ?? 0).filter(
    (code) => code > 0x7f && oneSymbol(code) === GAP_HERE && PICTURE.test(String.fromCodePoint(code)),
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

function oneSymbol(code: number): number {
  if (code > 0xffff) return encoded(fold(code))
  const known = ONE_SYMBOL[code] ?? NOT_KNOWN
  if (known !== NOT_KNOWN) return known
  const folded = fold(code)
  const symbol = encoded(folded)
  if (symbol === MANY && typeof folded !== 'string') SEVERAL.set(code, folded)
  ONE_SYMBOL[code] = symbol
  return symbol
}

function encoded(folded: Fold): number {
  if (folded === 'ignored') return IGNORED_HERE
  if (folded === 'gap') return GAP_HERE
  return folded.length === 1 ? (folded[0] ?? MANY) : MANY
}

function severalSymbols(code: number): readonly number[] {
  const known = SEVERAL.get(code) ?? fold(code)
  return typeof known === 'string' ? [] : known
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

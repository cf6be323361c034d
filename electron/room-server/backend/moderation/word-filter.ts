import { AhoCorasick } from './aho-corasick'
import { disguisedSymbols, GAP, isDigit, isInvisible, isSpacedLetter, picturesIn, readSymbols, type Symbols } from './normalise'

/** What becomes of a message with the word: refused and told, shown with stars, or dropped while the sender believes it sent. */
export type WordAction = 'refuse' | 'mask' | 'drop'

export interface WordRule {
  readonly word: string
  readonly action: WordAction
  /**
   * The word must stand alone, so that “ass” is not found in “class” (the Scunthorpe problem). Default: true for words that begin and
   * end with a letter of a script with spaces or a digit; without effect on Chinese, which sets none.
   */
  readonly wholeWord?: boolean
}

/** A word found, in UTF-16 offsets of the original text, end exclusive. */
export interface WordHit {
  readonly start: number
  readonly end: number
  /** As it stands in the list. */
  readonly word: string
  readonly action: WordAction
}

interface Entry {
  readonly rule: WordRule
  readonly wholeWord: boolean
  readonly hasLetter: boolean
}

/**
 * Words and ends of words that ordinary English sets beside each other. A word of the list that only appears by joining them
 * (“as s-class”, “he'll”) is not meant.
 */
const ORDINARY_PIECES = new Set(
  (
    'am an and are as at be but by can did do for get go got had has he her him his how if in is it its just let ll me my no not of off oh ok on or our out ' +
    're she so the to too up us ve was we who why yes you'
  ).split(' '),
)

/** If several words disagree. A word to be dropped in silence must not be given away by a refusal. */
const STRICTNESS: readonly WordAction[] = ['mask', 'refuse', 'drop']

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })

/**
 * Finds the words of a list in messages, also when they are split by spaces or signs, in other case, width or style, with accents,
 * zero-width characters or look-alikes of other scripts, or with digits for letters (“sh1t”). It does not find words with other letters
 * put between or repeated, nor traditional characters for a simplified word: those are for the list.
 */
export class WordFilter {
  /** Words of the list without a letter, digit or emoji; they can never be found. */
  readonly unusable: readonly string[]
  readonly #entries: readonly Entry[]
  readonly #plain: AhoCorasick
  readonly #disguised: AhoCorasick
  readonly #kept: ReadonlySet<number>

  /** @param rules of words that read the same, the strictest action counts (drop > refuse > mask) */
  constructor(rules: Iterable<WordRule>) {
    const list = [...rules]
    const kept = new Set(list.flatMap((rule) => picturesIn(rule.word)))
    const byReading = new Map<string, { entry: Entry; plain: readonly number[]; disguised: readonly number[] }>()
    const unusable: string[] = []
    for (const rule of list) {
      const plain = codesOf(rule.word, false, kept)
      const first = plain[0]
      const last = plain.at(-1)
      if (first === undefined || last === undefined) {
        unusable.push(rule.word)
        continue
      }
      const key = plain.join()
      const before = byReading.get(key)
      if (before !== undefined && STRICTNESS.indexOf(before.entry.rule.action) >= STRICTNESS.indexOf(rule.action)) continue
      const wholeWord = rule.wholeWord ?? (isBounded(first) && isBounded(last))
      const entry = { rule, wholeWord, hasLetter: plain.some((code) => isLatin(code)) }
      byReading.set(key, { entry, plain, disguised: entry.hasLetter ? codesOf(rule.word, true, kept) : [] })
    }
    // The strictest last, because of two words with one disguise the later one stands.
    const patterns = [...byReading.values()].sort((a, b) => STRICTNESS.indexOf(a.entry.rule.action) - STRICTNESS.indexOf(b.entry.rule.action))
    this.unusable = unusable
    this.#entries = patterns.map((pattern) => pattern.entry)
    this.#plain = new AhoCorasick(patterns.map((pattern) => pattern.plain))
    this.#disguised = new AhoCorasick(patterns.map((pattern) => pattern.disguised))
    this.#kept = kept
  }

  /** @returns all words found, by place; of those at one place the longest first */
  find(text: string): WordHit[] {
    const hits = new Map<string, WordHit>()
    const plain = readSymbols(text, { disguises: false, kept: this.#kept })
    this.#scan(this.#plain, plain, () => true, hits)
    if (plain.hasDigits || plain.hasSigns) {
      const read = disguisedSymbols(plain) ?? readSymbols(text, { disguises: true, kept: this.#kept })
      this.#scan(this.#disguised, read, (from, to) => isDisguise(read, from, to), hits)
    }
    return [...hits.values()].sort((a, b) => a.start - b.start || b.end - a.end)
  }

  #scan(automaton: AhoCorasick, symbols: Symbols, accept: (from: number, to: number) => boolean, hits: Map<string, WordHit>): void {
    automaton.scan(
      symbols.codes,
      (index, from, to) => {
        const entry = this.#entries[index]
        const start = symbols.starts[from]
        const end = symbols.ends[to - 1]
        if (entry === undefined || start === undefined || end === undefined) return
        if (!accept(from, to)) return
        if (entry.wholeWord && !(isEdge(symbols, from, from - 1, from) && isEdge(symbols, to - 1, to, to))) return
        if (entry.hasLetter && isOrdinary(symbols, from, to)) return
        const key = `${start}:${end}:${entry.rule.word}`
        if (!hits.has(key)) hits.set(key, { start, end, word: entry.rule.word, action: entry.rule.action })
      },
      symbols.length,
    )
  }
}

/** @returns what becomes of the whole message: the strictest action of its hits (drop > refuse > mask); null without hits */
export function verdict(hits: readonly WordHit[]): WordAction | null {
  return hits.reduce<WordAction | null>(
    (worst, hit) => (worst === null || STRICTNESS.indexOf(hit.action) > STRICTNESS.indexOf(worst) ? hit.action : worst),
    null,
  )
}

/** The text with a `*` for each visible grapheme that a hit touches, spaces within it too; the rest stays as it was. */
export function mask(text: string, hits: readonly Pick<WordHit, 'start' | 'end'>[]): string {
  if (hits.length === 0) return text
  const segments = graphemes.segment(text)
  let masked = ''
  let done = 0
  for (const hit of [...hits].sort((a, b) => a.start - b.start)) {
    let at = Math.max(hit.start, done)
    while (at < hit.end) {
      const segment = segments.containing(at)
      if (segment === undefined) break
      masked += text.slice(done, segment.index) + (isInvisible(segment.segment) ? '' : '*')
      at = segment.index + segment.segment.length
      done = at
    }
  }
  return masked + text.slice(done)
}

function codesOf(word: string, disguises: boolean, kept: ReadonlySet<number>): readonly number[] {
  const { codes, length } = readSymbols(word, { disguises, kept })
  return [...codes.subarray(0, length)]
}

function isBounded(code: number): boolean {
  return isSpacedLetter(code) || isDigit(code)
}

function isLatin(code: number): boolean {
  return code >= 0x61 && code <= 0x7a
}

/** Whether a word may begin or end between the symbol `inner` and its neighbour; `gapAt` is the later one of the two. */
function isEdge(symbols: Symbols, inner: number, neighbour: number, gapAt: number): boolean {
  if (neighbour < 0 || neighbour >= symbols.length) return true
  const own = symbols.raw[inner] ?? 0
  const other = symbols.raw[neighbour] ?? 0
  // No word begins with the s of “it's”, but one may end before it.
  if (symbols.gapBefore[gapAt] === GAP.other || (symbols.gapBefore[gapAt] === GAP.apostrophe && neighbour > inner)) return true
  // A flag or a styled letter beside plain ones is decoration, not a part of the word.
  if (isAstral(symbols, inner) !== isAstral(symbols, neighbour)) return true
  // “fuck666” is the word with a number behind it; “x64” is not the number 64.
  return !isSpacedLetter(other) && !(isDigit(own) && isDigit(other))
}

function isAstral(symbols: Symbols, at: number): boolean {
  return (symbols.ends[at] ?? 0) - (symbols.starts[at] ?? 0) > 1
}

/** At least one sign stands for a letter, and no more than half of them are digits: “A55” is a telephone. */
function isDisguise(symbols: Symbols, from: number, to: number): boolean {
  let letters = 0
  let digits = 0
  for (let at = from; at < to; at += 1) {
    const code = symbols.raw[at] ?? 0
    if (isDigit(code)) digits += 1
    else if (isSpacedLetter(code)) letters += 1
  }
  return letters < to - from && digits * 2 <= to - from
}

/** Split by gaps, and all its pieces of more than one letter are ordinary words. */
function isOrdinary(symbols: Symbols, from: number, to: number): boolean {
  const pieces: string[] = []
  let piece = ''
  for (let at = from; at < to; at += 1) {
    if (at > from && symbols.gapBefore[at] !== GAP.none) {
      pieces.push(piece)
      piece = ''
    }
    piece += String.fromCodePoint(symbols.codes[at] ?? 0)
  }
  if (pieces.length === 0) return false
  const long = [...pieces, piece].filter((one) => one.length > 1)
  return long.length > 0 && long.every((one) => ORDINARY_PIECES.has(one))
}

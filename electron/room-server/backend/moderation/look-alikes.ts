/**
 * Characters that people put in a letter's place to get past a word list. Data only; a selection of Unicode's confusables
 * (UTS #39) that look alike at the size of a chat line. Full-width, styled and circled letters need no entry: NFKD resolves them.
 */
const LETTERS: Readonly<Record<string, string>> = {
  a: 'аαɑᴀ',
  ae: 'æ',
  b: 'вβʙь',
  c: 'сϲᴄ',
  d: 'ԁđᴅð',
  e: 'еεᴇəє',
  f: 'ƒꜰ',
  g: 'ɡɢ',
  h: 'һнħʜ',
  i: 'іιıɪ',
  j: 'јᴊ',
  k: 'кκᴋ',
  l: 'ӏłʟ',
  m: 'мᴍ',
  n: 'ηɴп',
  o: 'оοøσᴏ',
  oe: 'œ',
  p: 'рρᴘ',
  q: 'ԛ',
  r: 'гʀ',
  s: 'ѕꜱ',
  ss: 'ß',
  t: 'тτŧᴛ',
  u: 'υᴜ',
  v: 'νѵᴠ',
  w: 'ԝωᴡ',
  x: 'хχ',
  y: 'уγʏ',
  z: 'ᴢ',
}

const FOLDED = new Map<number, readonly number[]>()
for (const [letter, alike] of Object.entries(LETTERS)) for (const one of alike) FOLDED.set(codeOf(one), Array.from(letter, codeOf))

/** Digits and signs read as letters (“sh1t”, “@ss”), and `l` with `i`, because `1`, `!` and `|` stand for both. By ASCII code; 0 = none. */
const DISGUISES = new Uint8Array(0x80)
for (const [sign, letter] of ['0o', '1i', '3e', '4a', '5s', '7t', '8b', '9g', '@a', '$s', '!i', '|i', '+t', 'li'].map((pair) => Array.from(pair, codeOf))) {
  DISGUISES[sign ?? 0] = letter ?? 0
}

/** Blocks of letters in boxes and flags that have no decomposition: first code point of each run of 26. */
const BOXED_ALPHABETS = [0x1f150, 0x1f170, 0x1f1e6]

/** @returns the letters that a (lower-case, decomposed) code point is taken for; undefined = itself */
export function lookAlike(code: number): readonly number[] | undefined {
  if (code > 0x1f000) {
    const first = BOXED_ALPHABETS.find((start) => code >= start && code < start + 26)
    return first === undefined ? undefined : [0x61 + code - first]
  }
  return FOLDED.get(code)
}

/** @returns the letter that a digit, a sign or `l` may stand for; 0 = none */
export function disguised(code: number): number {
  return code < 0x80 ? (DISGUISES[code] ?? 0) : 0
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0
}

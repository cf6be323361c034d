import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AhoCorasick } from '../../../../../electron/room-server/backend/moderation/aho-corasick'
import { mask, verdict, WordFilter, type WordRule } from '../../../../../electron/room-server/backend/moderation/word-filter'

const refuse = (...words: string[]): WordRule[] => words.map((word) => ({ word, action: 'refuse' }))
const filter = new WordFilter(refuse('fuck', 'ass', 'shell', '赌博', '法轮功', 'c++', '89', '🖕', 'Straße', 'ガチ', '한국', 'av女优'))
const found = (text: string): string[] => filter.find(text).map((hit) => hit.word)
const pieces = (text: string): string[] => filter.find(text).map((hit) => text.slice(hit.start, hit.end))

describe('words are caught', () => {
  it.each([
    ['plain', 'oh fuck it', 'fuck'],
    ['mixed case', 'FuCk', 'FuCk'],
    ['full-width', 'say ｆｕＣＫ！', 'ｆｕＣＫ'],
    ['every letter apart', 'f u c k', 'f u c k'],
    ['in two pieces', 'fu ck you', 'fu ck'],
    ['punctuation', 'f.u-c_k', 'f.u-c_k'],
    ['line breaks', 'f\nu\r\nck', 'f\nu\r\nck'],
    ['zero-width', 'f\u200bu\u200dc\u2060k', 'f\u200bu\u200dc\u2060k'],
    ['soft hyphen and direction marks', 'fu\u00adc\u202ek', 'fu\u00adc\u202ek'],
    ['combining marks', 'f\u0336u\u0336c\u0336k', 'f\u0336u\u0336c\u0336k'],
    ['accents', 'fùçk', 'fùçk'],
    ['Cyrillic look-alikes', 'fuсk', 'fuсk'],
    ['styled letters', '𝓯𝓾𝓬𝓴', '𝓯𝓾𝓬𝓴'],
    ['circled letters', 'ⓕⓤⓒⓚ', 'ⓕⓤⓒⓚ'],
    ['boxed letters', '🅵🆄🅲🅺', '🅵🆄🅲🅺'],
    ['flag letters', '🇫🇺🇨🇰', '🇫🇺🇨🇰'],
    ['signs for letters', 'what an @$s', '@$s'],
    ['with an s behind it', "for fuck's sake", 'fuck'],
    ['quoted', "a 'fuck'", 'fuck'],
    ['apostrophes', "f'u'c'k", "f'u'c'k"],
    ['a number behind it', 'fuck666', 'fuck'],
    ['between Chinese', '你fuck我', 'fuck'],
    ['a flag behind it', 'fuck🇺🇸', 'fuck'],
    ['Chinese', '来赌博吧', '赌博'],
    ['Chinese split', '赌 。 博', '赌 。 博'],
    ['Chinese with zero-width', '法\u200b轮\ufeff功', '法\u200b轮\ufeff功'],
    ['Kangxi radicals', '法轮⼯法轮功', '法轮功'],
    ['an emoji', 'you 🖕🏿', '🖕'],
    ['sharp s', 'STRASSE', 'STRASSE'],
    ['half-width kana', 'ｶﾞﾁ', 'ｶﾞﾁ'],
    ['Hangul', '한국어', '한국'],
    ['mixed scripts', '看AV女优', 'AV女优'],
  ])('%s', (_name, text, range) => {
    expect(pieces(text)).toContain(range)
  })

  it('reads digits as letters in words that are long enough', () => {
    const list = new WordFilter(refuse('shit', 'bitch', 'kill'))
    expect(list.find('5h1t b!tch k!11').map((hit) => hit.word)).toEqual(['shit', 'bitch', 'kill'])
  })

  it('gives ranges of the original text, also behind characters of two units', () => {
    expect(filter.find('😀😀 赌-博!')).toEqual([{ start: 5, end: 8, word: '赌博', action: 'refuse' }])
  })

  it('gives overlapping words, by place, the longest first', () => {
    const list = new WordFilter(refuse('赌', '赌博', '博彩'))
    expect(list.find('赌博彩').map((hit) => hit.word)).toEqual(['赌博', '赌', '博彩'])
  })
})

describe('and nothing else', () => {
  it.each(['class', 'assassin', 'pass it', 'as s-class', "he'll, she'll", 'bass', 'A55', '1989', '1895', 'Scunthorpe', '', ' .!', '博赌', '法国轮船'])(
    '%s',
    (text) => {
      expect(found(text)).toEqual([])
    },
  )

  it('does not begin a word with the s of “it’s”', () => {
    const list = new WordFilter(refuse('shit'))
    expect(["it's hit", 'Tom’s hit song'].flatMap((text) => list.find(text))).toEqual([])
  })

  it('finds parts of words where a rule asks for it', () => {
    expect(new WordFilter([{ word: 'ass', action: 'mask', wholeWord: false }]).find('class').length).toBe(1)
  })

  it('keeps a Chinese word whole only in the sense of its letters', () => {
    expect(new WordFilter([{ word: '赌博', action: 'mask', wholeWord: true }]).find('大赌博场').length).toBe(1)
  })
})

describe('the list', () => {
  it('names words that can never be found', () => {
    expect(new WordFilter(refuse('...', '', '\u200b', 'ok')).unusable).toEqual(['...', '', '\u200b'])
  })

  it('takes the strictest action of words that read the same', () => {
    const list = new WordFilter([
      { word: 'BAD', action: 'drop' },
      { word: 'bad', action: 'mask' },
    ])
    expect(verdict(list.find('bad'))).toBe('drop')
  })

  it('judges a message by its worst word', () => {
    const list = new WordFilter([
      { word: 'mild', action: 'mask' },
      { word: 'bad', action: 'refuse' },
      { word: 'worst', action: 'drop' },
    ])
    expect(['fine', 'mild', 'mild bad', 'mild bad worst'].map((text) => verdict(list.find(text)))).toEqual([null, 'mask', 'refuse', 'drop'])
  })

  it('finds any word of a list however it is split', () => {
    const word = fc.array(fc.constantFrom(...'赌博法轮功买卖枪支'), { minLength: 2, maxLength: 5 }).map((letters) => letters.join(''))
    const noise = fc.array(fc.constantFrom(' ', '.', '\u200b', '　', '-', '\u0301', '~', '\n'), { maxLength: 3 }).map((signs) => signs.join(''))
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), fc.array(noise, { minLength: 5, maxLength: 5 }), fc.nat(), (words, signs, pick) => {
        const wanted = words[pick % words.length] ?? ''
        const hidden = [...wanted].map((letter, at) => (at === 0 ? letter : (signs[at] ?? '') + letter)).join('')
        const text = `你好${hidden}再见`
        const hit = new WordFilter(refuse(...words)).find(text).find((one) => one.word === wanted && text.slice(one.start, one.end) === hidden)
        expect(hit).toBeDefined()
      }),
    )
  })

  it('survives any text, with ranges inside it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const hit of filter.find(text)) {
          expect(hit.start).toBeGreaterThanOrEqual(0)
          expect(hit.end).toBeLessThanOrEqual(text.length)
          expect(hit.end).toBeGreaterThan(hit.start)
        }
        expect(filter.find(mask(text, filter.find(text)))).toEqual([])
      }),
    )
  })
})

describe('mask', () => {
  const masked = (text: string): string => mask(text, filter.find(text))

  it.each([
    ['来赌博吧', '来**吧'],
    ['oh f u c k!', 'oh *******!'],
    ['f\u200bu\u200bck', '****'],
    ['f\u0336u\u0336ck', '****'],
    ['👨‍👩‍👧 🖕🏿 x', '👨‍👩‍👧 * x'],
    ['🅵🆄🅲🅺 ok', '**** ok'],
    ['nothing', 'nothing'],
  ])('%s', (text, expected) => {
    expect(masked(text)).toBe(expected)
  })

  it('merges ranges that overlap', () => {
    expect(
      mask('abcdef', [
        { start: 2, end: 5 },
        { start: 1, end: 3 },
      ]),
    ).toBe('a****f')
  })
})

it('Aho–Corasick finds what a plain search finds', () => {
  const letters = (max: number): fc.Arbitrary<number[]> => fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: max })
  fc.assert(
    fc.property(fc.uniqueArray(letters(4), { minLength: 1, maxLength: 12, selector: (one) => one.join() }), letters(30), (patterns, text) => {
      const expected = patterns.flatMap((pattern, index) =>
        text.flatMap((_, from) => (pattern.every((code, at) => text[from + at] === code) ? [`${index}:${from}:${from + pattern.length}`] : [])),
      )
      const got: string[] = []
      new AhoCorasick(patterns).scan(text, (index, from, to) => got.push(`${index}:${from}:${to}`))
      expect(got.sort()).toEqual(expected.sort())
    }),
  )
})

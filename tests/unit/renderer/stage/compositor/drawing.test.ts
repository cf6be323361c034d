import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { imageSize } from '../../../../../renderer/stage/compositor/image-size'
import { wrapText } from '../../../../../renderer/stage/compositor/wrap'

/** A font in which Chinese is two wide and the rest one. */
const measure = (line: string): number => [...line].reduce((sum, char) => sum + (/[\u3000-\u9fff]/u.test(char) ? 2 : 1), 0)
const wrap = (text: string, width: number): string[] => wrapText(text, width, measure)

describe('wrapText', () => {
  it('breaks at spaces and keeps line feeds', () => {
    expect(wrap('good evening and welcome', 12)).toEqual(['good evening', 'and welcome'])
    expect(wrap('a\n\nb', 12)).toEqual(['a', '', 'b'])
    expect(wrap('', 12)).toEqual([''])
  })

  it('breaks between Chinese characters, never before a closing mark', () => {
    expect(wrap('欢迎来到直播间', 8)).toEqual(['欢迎来到', '直播间'])
    expect(wrap('欢迎来到。直播', 8)).toEqual(['欢迎来', '到。直播'])
    expect(wrap('Hi 欢迎 all', 7)).toEqual(['Hi 欢迎', 'all'])
  })

  it('breaks a word that is too long anywhere, but never inside a character', () => {
    expect(wrap('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij'])
    expect(wrap('👩‍👩‍👧👩‍👩‍👧', 5)).toEqual(['👩‍👩‍👧', '👩‍👩‍👧'])
  })

  it('leaves no space at the end of a piece that had to be broken', () => {
    expect(wrap('直。 ,', 4)).toEqual(['直。', ','])
  })

  it('loses nothing but spaces at line ends, and no line is too wide', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'bc', ' ', '直', '。', ',', 'é'), maxLength: 60 })
    fc.assert(
      fc.property(text, fc.integer({ min: 4, max: 20 }), (value, width) => {
        const lines = wrap(value, width)
        expect(lines.join('').replaceAll(' ', '')).toBe(value.replaceAll(' ', ''))
        for (const line of lines) expect(measure(line)).toBeLessThanOrEqual(width)
      }),
      { numRuns: Number(process.env['ANCHORDESK_FUZZ'] ?? 100) },
    )
  })
})

describe('imageSize', () => {
  const bytes = (...parts: (string | number[])[]): Uint8Array => {
    const all = parts.flatMap((part) => (typeof part === 'string' ? [...part].map((char) => char.charCodeAt(0)) : part))
    return Uint8Array.from([...all, ...new Array<number>(40).fill(0)])
  }

  it.each([
    ['PNG', bytes('\x89PNG\r\n\x1a\n', [0, 0, 0, 13], 'IHDR', [0, 0, 1, 44, 0, 0, 0, 200])],
    ['GIF', bytes('GIF89a', [44, 1, 200, 0])],
    ['BMP from the top', bytes('BM', new Array<number>(16).fill(0), [44, 1, 0, 0, 0x38, 0xff, 0xff, 0xff])],
    ['JPEG with a table and fill bytes before the frame', bytes([0xff, 0xd8, 0xff, 0xdb, 0, 4, 9, 9, 0xff, 0xff, 0xc2, 0, 17, 8, 0, 200, 1, 44])],
    ['WebP, extended', bytes('RIFF', [0, 0, 0, 0], 'WEBPVP8X', [10, 0, 0, 0, 0, 0, 0, 0, 43, 1, 0, 199, 0, 0])],
    ['WebP, lossless', bytes('RIFF', [0, 0, 0, 0], 'WEBPVP8L', [0, 0, 0, 0, 0x2f, 0x2b, 0xc1, 0x31, 0x00])],
    ['WebP, lossy', bytes('RIFF', [0, 0, 0, 0], 'WEBPVP8 ', [0, 0, 0, 0, 0, 0, 0, 0x9d, 1, 0x2a, 44, 1, 200, 0])],
  ])('%s', (_, header) => {
    expect(imageSize(header)).toEqual({ width: 300, height: 200 })
  })

  it('is null or a size for any bytes, and never throws', () => {
    const start = fc.constantFrom(
      [],
      [0xff, 0xd8],
      [0xff, 0xd8, 0xff, 0xe0],
      [0x42, 0x4d],
      [0x47, 0x49, 0x46, 0x38],
      [...'RIFF0000WEBPVP8X'].map((char) => char.charCodeAt(0)),
    )
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 64 }), (head, rest) => {
        const size = imageSize(Uint8Array.from([...head, ...rest]))
        if (size) expect(Number.isInteger(size.width) && Number.isInteger(size.height)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })
})

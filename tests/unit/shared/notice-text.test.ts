import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanNotice, NOTICE_LIMIT_BYTES, readNotice, utf8Bytes, writeNotice } from '../../../electron/shared/notice-text'

const write = (text: string, images: string[] = []): ReturnType<typeof writeNotice> => writeNotice({ text, images }, 'notification')

describe('the limit', () => {
  it.each([
    ['300 letters', 'a'.repeat(300), true, 300],
    ['301 letters', 'a'.repeat(301), false, 301],
    ['100 Chinese characters', '字'.repeat(100), true, 300],
    ['101 Chinese characters', '字'.repeat(101), false, 303],
    ['75 emoji', '😀'.repeat(75), true, 300],
    ['76 emoji', '😀'.repeat(76), false, 304],
  ])('%s', (_name, text, ok, bytes) => {
    expect(write(text)).toMatchObject({ ok, bytes })
  })

  it('is lower for the introduction', () => {
    expect(writeNotice({ text: '字'.repeat(80), images: [] }, 'introduction').ok).toBe(true)
    expect(writeNotice({ text: '字'.repeat(81), images: [] }, 'introduction')).toEqual({ ok: false, reason: 'too-long', bytes: 243, limitBytes: 240 })
  })

  it('counts the JSON form with all its signs', () => {
    const result = write('x', ['https://a.example/1.png'])
    expect(result.ok && result.bytes).toBe('{"text":"x","images":["https://a.example/1.png"]}'.length)
  })
})

it('bytes are counted as Buffer counts them, half pairs too', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(utf8Bytes(text)).toBe(Buffer.byteLength(text, 'utf8'))
    }),
  )
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0xd7f0, max: 0xe010 })), (units) => {
      const text = String.fromCharCode(...units)
      expect(utf8Bytes(text)).toBe(Buffer.byteLength(text, 'utf8'))
    }),
  )
})

describe('images', () => {
  it.each([
    'http://a.example/1.png',
    'javascript:alert(1)',
    'data:image/png;base64,AA',
    '//a.example/1.png',
    '1.png',
    '',
    'https://',
    'https://user:pass@a.example/1.png',
  ])('not %s', (image) => {
    expect(write('x', [image])).toEqual({ ok: false, reason: 'image-not-https', image })
    expect(readNotice(JSON.stringify({ text: 'x', images: [image, 'https://a.example/1.png'] })).images).toEqual(['https://a.example/1.png'])
  })
})

describe('reading', () => {
  it.each([
    ['plain text', 'hello', 'hello'],
    ['HTML is text', '<b onclick="x()">hi</b><script>1</script>', '<b onclick="x()">hi</b><script>1</script>'],
    ['broken JSON', '{"text":', '{"text":'],
    ['JSON of another form', '{"title":"x"}', '{"title":"x"}'],
    ['a JSON list', '[1]', '[1]'],
    ['the form without images', '{"text":"hi"}', 'hi'],
    ['images of another type', '{"text":"hi","images":"https://a.example"}', 'hi'],
    ['marks that turn the direction', 'a\u202ecba\u2066', 'acba'],
    ['control characters', 'a\u0000b\u0007\tc\r\nd', 'ab\tc\nd'],
    ['half a pair', 'a\ud800b', 'a\ufffdb'],
  ])('%s', (_name, stored, text) => {
    expect(readNotice(stored)).toEqual({ text, images: [] })
  })

  it('gives back what was written, whatever it looks like', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.json({ maxDepth: 1 }).map((json) => json.slice(0, 100)),
      fc.string({ maxLength: 20 }).map((inner) => JSON.stringify({ text: inner, images: ['https://a.example/'] })),
    )
    const images = fc.array(fc.webUrl({ validSchemes: ['https'], size: 'xsmall' }), { maxLength: 2 })
    fc.assert(
      fc.property(text, images, (raw, addresses) => {
        const result = write(raw, addresses)
        if (!result.ok) {
          expect(result.reason).toBe('too-long')
          return
        }
        expect(utf8Bytes(result.stored)).toBe(result.bytes)
        expect(result.bytes).toBeLessThanOrEqual(NOTICE_LIMIT_BYTES.notification)
        expect(readNotice(result.stored)).toEqual({ text: cleanNotice(raw), images: addresses.map((address) => new URL(address).href) })
      }),
    )
  })

  it('survives any string', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (stored) => {
        const notice = readNotice(stored)
        expect(notice.images.every((image) => image.startsWith('https://'))).toBe(true)
      }),
    )
  })
})

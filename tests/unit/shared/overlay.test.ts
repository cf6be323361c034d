import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_OVERLAY, overlayCommentsSchema, overlayPinSchema, overlayStateSchema, plainLine } from '../../../electron/shared/overlay'
import { defaultSettings, settingsSchema } from '../../../electron/shared/settings'
import { stageCommandSchema } from '../../../electron/shared/stage'

const CHARACTERS = fc.constantFrom(
  'a',
  '<',
  ' ',
  '\n',
  '\t',
  '\u0000',
  '\u202e',
  '\u2067',
  '\u2028',
  '\ud83d\ude00',
  '\ud83d',
  '\ude00',
  '直',
  '\u0301',
  '\u200d',
)

describe('anybody’s words', () => {
  it.each([
    ['two\r\nlines\u2028three', 'two lines three'],
    ['\u0000\u0007bell\t\ttab', 'bell tab'],
    ['\u202Egnp.exe\u2066', 'gnp.exe'],
    ['  spaced   out ', 'spaced out'],
    ['half \ud83d of one', 'half of one'],
    ['<b>直播</b> 👩‍👩‍👧', '<b>直播</b> 👩‍👩‍👧'],
  ])('%j is one line', (words, line) => {
    expect(plainLine(words, 100)).toBe(line)
  })

  it('never longer than asked, never half a character, and as it is the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: CHARACTERS, maxLength: 60 }), fc.integer({ min: 0, max: 30 }), (words, most) => {
        const line = plainLine(words, most)
        expect(line.length).toBeLessThanOrEqual(most)
        expect(line).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]|[\ud800-\udbff]$/u)
        expect(plainLine(line, most).trim()).toBe(line.trim())
      }),
    )
  })
})

describe('the bounds', () => {
  const comment = { id: 'a', name: 'Bo', text: 'hi' }
  it('ten comments at once, 200 characters each, 60 for a name', () => {
    expect(overlayCommentsSchema.safeParse(new Array(10).fill(comment)).success).toBe(true)
    expect(overlayCommentsSchema.safeParse(new Array(11).fill(comment)).success).toBe(false)
    expect(overlayCommentsSchema.safeParse([{ ...comment, text: 'x'.repeat(201) }]).success).toBe(false)
    expect(overlayCommentsSchema.safeParse([{ ...comment, name: 'x'.repeat(61) }]).success).toBe(false)
    expect(overlayCommentsSchema.safeParse([{ ...comment, html: '<b>' }]).success).toBe(false)
    expect(overlayPinSchema.safeParse({ userId: 'u', msgSeq: -1, name: '', text: '' }).success).toBe(false)
  })

  it('are those of the stage’s commands', () => {
    const overlay = { ...DEFAULT_OVERLAY, pinned: null, pk: null }
    expect(overlayStateSchema.parse(overlay)).toEqual(overlay)
    for (const command of [
      { type: 'set-overlay', overlay },
      { type: 'overlay-say', comments: [comment] },
      { type: 'overlay-take', ids: ['a'] },
      { type: 'overlay-banner', banner: comment },
    ])
      expect(stageCommandSchema.safeParse(command).success, command.type).toBe(true)
    expect(stageCommandSchema.safeParse({ type: 'set-overlay', overlay: { ...overlay, comments: 'everywhere' } }).success).toBe(false)
    expect(stageCommandSchema.safeParse({ type: 'overlay-take', ids: new Array(101).fill('a') }).success).toBe(false)
  })

  it('settings from before there was an overlay are still read', () => {
    const before = Object.fromEntries(Object.entries(defaultSettings()).filter(([key]) => key !== 'overlay'))
    expect(settingsSchema.parse(before).overlay).toEqual(DEFAULT_OVERLAY)
  })
})

import { describe, expect, it } from 'vitest'
import type { PauseCardOptions } from '../../../../../renderer/stage/compositor'
import { Pause } from '../../../../../renderer/stage/program/pause'
import { FakeFrame } from './fakes'

function setUp() {
  const pictures: string[] = []
  const drawn: PauseCardOptions[] = []
  const pause = new Pause({ setPicture: (id) => pictures.push(`set ${id}`), removePicture: (id) => pictures.push(`remove ${id}`) }, (options) => {
    drawn.push(options)
    return new FakeFrame().asFrame()
  })
  return { pause, pictures, drawn }
}

const CARD: Omit<PauseCardOptions, 'card'> = { title: 'Show', language: 'zh-CN', width: 1_280, height: 720 }

describe('Pause', () => {
  it('one full-frame layer, drawn once however many frames it stands', () => {
    const { pause, drawn } = setUp()
    pause.set(true)
    for (let frame = 0; frame < 100; frame++) {
      expect(pause.layers({ ...CARD })).toMatchObject([{ transform: { x: 0, y: 0, width: 1, height: 1 } }])
    }
    expect(drawn).toEqual([{ ...CARD, card: { kind: 'pause', text: '' } }])
  })

  it('is drawn anew for another size, title or language', () => {
    const { pause, drawn } = setUp()
    pause.set(true)
    for (const card of [CARD, { ...CARD, width: 1_920, height: 1_080 }, { ...CARD, title: 'Other' }, { ...CARD, language: 'en' as const }]) pause.layers(card)
    expect(drawn).toHaveLength(4)
  })

  it('is drawn anew for another card, and is the plain one again after it', () => {
    const { pause, drawn } = setUp()
    pause.set(true, { kind: 'custom', text: 'Back at nine' })
    pause.layers(CARD)
    pause.set(true, { kind: 'custom', text: 'Back at ten' })
    pause.layers(CARD)
    pause.set(false)
    pause.set(true)
    pause.layers(CARD)
    expect(drawn.map(({ card }) => card.text)).toEqual(['Back at nine', 'Back at ten', ''])
  })

  it('no source can have its id, and it is let go at the end', () => {
    const { pause, pictures } = setUp()
    pause.set(true)
    expect(pause.layers(CARD)[0]?.id).toBe('')
    pause.set(false)
    expect(pictures).toEqual(['set ', 'remove '])
    expect(pause.paused).toBe(false)
  })
})

import { beforeEach, describe, expect, it } from 'vitest'
import { DEFAULT_OVERLAY, type OverlayState } from '../../../../../electron/shared/overlay'
import type { Layer, Still } from '../../../../../renderer/stage/compositor'
import { ProgramOverlay } from '../../../../../renderer/stage/program/program-overlay'

const SECOND = 1_000_000
const still = (width: number, height: number): Still => ({ kind: 'still', width, height, data: new Uint8ClampedArray(4 * width * height) })
const state: OverlayState = { ...DEFAULT_OVERLAY, comments: 'program', pinned: null, pk: null }
const comment = (id: string): { id: string; name: string; text: string } => ({ id, name: 'Bo', text: 'hi' })

let pictures: Map<string, unknown>
let drawn: string[]
let overlay: ProgramOverlay
let nowMs = 0
const at = (timestampUs: number): Record<string, Layer['transform']> =>
  Object.fromEntries(overlay.layers(timestampUs).map(({ id, transform }) => [id, transform]))

beforeEach(() => {
  pictures = new Map()
  drawn = []
  const art = (width: number, height: number) => (words: { readonly name: string; readonly text: string }) => {
    drawn.push(`${words.name} ${words.text}`)
    return still(width, height)
  }
  overlay = new ProgramOverlay({
    compositor: { setPicture: (id, picture) => void pictures.set(id, picture), removePicture: (id) => void pictures.delete(id) },
    width: 900,
    height: 500,
    art: {
      ...{ comment: art(90, 30), pin: art(400, 80), banner: art(300, 40) },
      pk: ({ own, other, secondsLeft, result }) => {
        drawn.push(`${own.coins}:${other.coins} ${secondsLeft ?? '-'} ${result ?? '-'}`)
        return still(600, 30)
      },
    },
    now: () => nowMs,
  })
})

describe('the overlay of the program', () => {
  it('draws each comment once, moves it by the clock, and forgets it when it is out', () => {
    overlay.set(state)
    overlay.layers(0)
    overlay.say([comment('1')])
    expect(at(0)['overlay line 1']?.x).toBe(1)
    expect(at(3 * SECOND)['overlay line 1']?.x).toBeCloseTo(2 / 3, 2)
    expect(drawn).toEqual(['Bo hi'])
    expect([...pictures.keys()]).toEqual(['overlay line 1'])
    expect(at(12 * SECOND)).toEqual({})
    expect(pictures.size).toBe(0)
  })

  it('keeps no comments that viewers may not see, nor any from before', () => {
    overlay.say([comment('1')])
    overlay.set({ ...state, comments: 'preview' })
    overlay.say([comment('2')])
    overlay.set(state)
    expect(at(SECOND)).toEqual({})
    overlay.say([comment('3')])
    overlay.layers(2 * SECOND)
    overlay.set({ ...state, comments: 'off' })
    expect(at(3 * SECOND)).toEqual({})
    expect(pictures.size).toBe(0)
  })

  it('takes a comment off with the next picture', () => {
    overlay.set(state)
    overlay.say([comment('1'), comment('2')])
    overlay.layers(0)
    overlay.take(['1', '2'])
    expect(at(SECOND)).toEqual({})
    expect(pictures.size).toBe(0)
  })

  it('leaves names out when they are not wanted', () => {
    overlay.set({ ...state, names: false })
    overlay.say([comment('1')])
    overlay.layers(0)
    expect(drawn).toEqual([' hi'])
  })

  it('draws the pin once, anew for other words and another size, and not when it is gone', () => {
    const pinned = { userId: 'u', msgSeq: 1, name: 'Bo', text: 'one' }
    overlay.set({ ...state, pinned })
    overlay.layers(0)
    overlay.set({ ...state, speed: 'fast', pinned: { ...pinned } })
    expect(at(SECOND)['overlay pin']).toMatchObject({ width: 400 / 900, height: 80 / 500, opacity: 1 })
    overlay.set({ ...state, pinned: { ...pinned, text: 'two' } })
    overlay.layers(2 * SECOND)
    overlay.setSize(1_800, 1_000)
    overlay.layers(3 * SECOND)
    expect(drawn).toEqual(['Bo one', 'Bo two', 'Bo two'])
    overlay.set(state)
    expect(at(4 * SECOND)).toEqual({})
    expect(pictures.size).toBe(0)
  })

  it('shows banners one after another; one that counts up stays, without coming in again', () => {
    overlay.layers(0)
    overlay.banner({ id: 'a', name: 'Bo', text: '×1' })
    overlay.banner({ id: 'b', name: 'Li', text: '×1' })
    expect(at(0)['overlay banner']?.opacity).toBe(0)
    expect(at(SECOND)['overlay banner']?.opacity).toBe(1)
    overlay.banner({ id: 'a', name: 'Bo', text: '×2' })
    expect(at(1.04 * SECOND)['overlay banner']?.opacity).toBe(1)
    expect(at(5.3 * SECOND)['overlay banner']?.opacity).toBe(1)
    overlay.layers(6 * SECOND)
    expect(drawn).toEqual(['Bo ×1', 'Bo ×2', 'Li ×1'])
    expect(at(12 * SECOND)).toEqual({})
    expect(pictures.size).toBe(0)
  })

  it('holds no more banners than it may, and none that are not for viewers', () => {
    for (let id = 0; id < 20; id++) overlay.banner({ id: String(id), name: '', text: String(id) })
    for (let second = 0; second < 60; second++) overlay.layers(second * SECOND)
    expect(drawn).toHaveLength(5)
    overlay.banner({ id: 'x', name: '', text: '' })
    overlay.set({ ...state, gifts: false })
    expect(at(61 * SECOND)).toEqual({})
  })

  it('the score of a PK stands at the top, with a clock that is drawn once a second, and goes with the PK', () => {
    const pk = { own: { name: 'Bo', coins: 5 }, other: { name: 'Cy', coins: 3 }, endsAtMs: 10_000, result: null }
    nowMs = 0
    overlay.set({ ...state, pk })
    for (const ms of [0, 500, 999, 1_000, 1_500]) {
      nowMs = ms
      overlay.layers(ms * 1_000)
    }
    expect(drawn).toEqual(['5:3 10 -', '5:3 9 -'])
    expect(at(1_500_000)['overlay pk']).toMatchObject({ x: 150 / 900 })
    nowMs = 20_000
    overlay.layers(20_000_000)
    overlay.set({ ...state, pk: { ...pk, endsAtMs: null, result: 'won' } })
    overlay.layers(20_100_000)
    expect(drawn.slice(2)).toEqual(['5:3 0 -', '5:3 - won'])
    overlay.set(state)
    overlay.layers(20_200_000)
    expect(pictures.size).toBe(0)
  })
})

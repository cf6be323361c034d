import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FULL_FRAME } from '../../../../../electron/shared/scene'
import type { Layer, Still } from '../../../../../renderer/stage/compositor'
import type { GuestSound } from '../../../../../renderer/stage/program/audio-mixer'
import { ProgramGuests } from '../../../../../renderer/stage/program/program-guests'
import type { StagedGuest } from '../../../../../renderer/stage/worker-protocol'
import { FakeFrame, FedStream, lines } from './fakes'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const still = (text: string): Still & { text: string } => ({ kind: 'still', width: 64, height: 36, data: new Uint8ClampedArray(0), text })
const guest = (userId: string, change: Partial<StagedGuest> = {}): StagedGuest => ({
  ...{ userId, nick: `Nick ${userId}`, seat: 1, muted: false, volume: 1, spotlight: false, lost: false },
  ...change,
})
const SCENE: readonly Layer[] = [{ id: 'camera', transform: { ...FULL_FRAME, x: 0.5, y: 0.5, width: 0.5, height: 0.5 } }]
const LATER_US = 10_000_000

function setUp() {
  const pictures = new Map<string, unknown>()
  let sounds: readonly GuestSound[] = []
  const tiles: string[] = []
  const clock = { ms: 0 }
  const guests = new ProgramGuests({
    compositor: { setPicture: (id, picture) => void pictures.set(id, picture), removePicture: (id) => void pictures.delete(id) },
    mixer: { push: () => undefined, drop: () => undefined, setGuests: (all) => (sounds = all) },
    preview: { wantsTiles: false, sendTile: ({ userId }) => void tiles.push(userId) },
    size: () => ({ width: 640, height: 360 }),
    nowMs: () => clock.ms,
    log: lines().log,
    draw: { placeholder: (name) => still(`card ${name}`), plate: (name) => still(`plate ${name}`) },
  })
  const feed = async (userId: string): Promise<FakeFrame> => {
    const fed = new FedStream<VideoFrame>()
    guests.video(userId, fed.stream)
    const frame = new FakeFrame()
    fed.push(frame.asFrame())
    await vi.advanceTimersByTimeAsync(0)
    return frame
  }
  return { guests, pictures, clock, feed, sounds: () => sounds }
}

describe('co-anchors in the program', () => {
  it('nobody on the air: the scene goes through as it is', () => {
    const { guests } = setUp()
    guests.set('grid', [guest('a', { seat: 0 })])
    expect(guests.over(SCENE, LATER_US)).toBe(SCENE)
  })

  it('on the air: the scene in its box and cut to it, the picture at the seat with the name', async () => {
    const { guests, pictures, feed } = setUp()
    guests.set('side-by-side', [guest('a')])
    const frame = await feed('a')
    guests.over(SCENE, 0)
    const layers = guests.over(SCENE, LATER_US)
    expect(layers.map(({ id }) => id)).toEqual(['camera', 'co-anchor:a', 'plate\na'])
    expect(layers[0]).toMatchObject({ within: { x: 0, y: 0.25, width: 0.5, height: 0.5 }, transform: { x: 0.25, y: 0.5, width: 0.25, height: 0.25 } })
    expect(layers[1]?.transform).toMatchObject({ x: 0.5, y: 0.25, width: 0.5, height: 0.5, fit: 'cover' })
    expect([pictures.get('co-anchor:a'), pictures.get('plate\na')]).toEqual([frame, still('plate Nick a')])
  })

  it('who is in the greenroom is neither seen nor heard', async () => {
    const { guests, pictures, feed, sounds } = setUp()
    guests.set('grid', [guest('a', { seat: 0, volume: 2 })])
    const frame = await feed('a')
    expect([pictures.size, frame.closed]).toEqual([0, 1])
    expect(sounds()).toEqual([{ id: 'co-anchor:a', gain: 0 }])
    guests.set('grid', [guest('a', { volume: 2 })])
    expect(sounds()).toEqual([{ id: 'co-anchor:a', gain: 2 }])
    guests.set('grid', [guest('a', { volume: 2, muted: true })])
    expect(sounds()).toEqual([{ id: 'co-anchor:a', gain: 0 }])
  })

  it('without pictures a card with the name stands in the seat, until they are back', async () => {
    const { guests, pictures, clock, feed } = setUp()
    guests.set('grid', [guest('a')])
    guests.over(SCENE, LATER_US)
    expect(pictures.get('co-anchor:a')).toEqual(still('card Nick a'))
    const frame = await feed('a')
    guests.over(SCENE, LATER_US)
    expect(pictures.get('co-anchor:a')).toBe(frame)
    clock.ms = 1_400
    guests.over(SCENE, LATER_US)
    expect(pictures.get('co-anchor:a')).toBe(frame)
    clock.ms = 1_600
    guests.over(SCENE, LATER_US)
    expect(pictures.get('co-anchor:a')).toEqual(still('card Nick a'))
  })

  it('a picture that is larger than any that was wished is not taken', async () => {
    const { guests, pictures } = setUp()
    guests.set('grid', [guest('a')])
    const fed = new FedStream<VideoFrame>()
    guests.video('a', fed.stream)
    const huge = Object.assign(new FakeFrame(), { displayWidth: 7_680, displayHeight: 4_320 })
    fed.push(huge.asFrame())
    await vi.advanceTimersByTimeAsync(0)
    guests.over(SCENE, LATER_US)
    expect([huge.closed, pictures.get('co-anchor:a')]).toEqual([1, still('card Nick a')])
  })

  it('lost: the card at once', async () => {
    const { guests, pictures, feed } = setUp()
    guests.set('grid', [guest('a')])
    await feed('a')
    guests.set('grid', [guest('a', { lost: true })])
    guests.over(SCENE, LATER_US)
    expect(pictures.get('co-anchor:a')).toEqual(still('card Nick a'))
  })

  it('off the air or gone: nothing of it stays', async () => {
    const { guests, pictures, feed } = setUp()
    guests.set('grid', [guest('a'), guest('b', { seat: 2 })])
    await feed('a')
    await feed('b')
    guests.over(SCENE, LATER_US)
    expect(pictures.size).toBe(4)
    guests.set('grid', [guest('a', { seat: 0 }), guest('b', { seat: 2 })])
    expect([...pictures.keys()].sort()).toEqual(['co-anchor:b', 'plate\nb'])
    guests.set('grid', [])
    expect(pictures.size).toBe(0)
    let cancelled = false
    guests.video('a', new ReadableStream<VideoFrame>({ cancel: () => void (cancelled = true) }))
    expect(cancelled).toBe(true)
  })

  it('stand in the order of their seats, and whoever fills the picture behind the anchor', async () => {
    const { guests, feed } = setUp()
    guests.set('picture-in-picture', [guest('a', { seat: 2 }), guest('b', { seat: 1, spotlight: true })])
    await feed('a')
    await feed('b')
    guests.over(SCENE, 0)
    expect(guests.over(SCENE, LATER_US).map(({ id }) => id)).toEqual(['co-anchor:b', 'plate\nb', 'camera', 'co-anchor:a', 'plate\na'])
  })

  it('in the layout of the speaker, who speaks is large', async () => {
    const { guests, feed } = setUp()
    guests.set('speaker', [guest('a', { seat: 1 }), guest('b', { seat: 2 })])
    await feed('a')
    guests.over(SCENE, 0)
    const block = { left: new Float32Array(0), right: new Float32Array(0), returns: new Map() }
    for (let us = 0; us < 4_000_000; us += 21_333)
      guests.mixed({
        ...block,
        timestampUs: us,
        voices: new Map([
          ['', 0.001],
          ['co-anchor:b', 0.1],
        ]),
      })
    guests.over(SCENE, 4_000_000)
    const large = guests.over(SCENE, LATER_US).find(({ transform }) => transform.width === 0.75)
    expect(large?.id).toBe('co-anchor:b')
  })
})

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DEFAULT_PROFILE } from '../../../../../electron/shared/profile'
import type { Still } from '../../../../../renderer/stage/compositor'
import { ProgramSources } from '../../../../../renderer/stage/program/program-sources'
import { camera, FakeFrame, FedStream, image, lines, microphone, sceneOf } from './fakes'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const still = (width: number): Still => ({ kind: 'still', width, height: 1, data: new Uint8ClampedArray(width * 4) })

function setUp() {
  const pictures = new Map<string, unknown>()
  const dropped: string[] = []
  const failed: string[] = []
  const decoding = new Map<Blob, { done: (still: Still) => void; fail: (error: Error) => void }>()
  const sources = new ProgramSources({
    compositor: { setPicture: (id, picture) => void pictures.set(id, picture), removePicture: (id) => void pictures.delete(id) },
    mixer: { push: () => undefined, drop: (id) => dropped.push(id), setScene: () => undefined },
    profile: DEFAULT_PROFILE,
    onImageFailed: (id) => failed.push(id),
    log: lines().log,
    decode: (file) => new Promise((done, fail) => decoding.set(file, { done, fail })),
  })
  return { sources, pictures, dropped, failed, decoding }
}

describe('ProgramSources', () => {
  it('a frame becomes the newest picture of its source', async () => {
    const { sources, pictures } = setUp()
    sources.setScene(sceneOf(camera('c')))
    const fed = new FedStream<VideoFrame>()
    sources.video('c', fed.stream)
    const frame = new FakeFrame()
    fed.push(frame.asFrame())
    await vi.advanceTimersByTimeAsync(0)
    expect(pictures.get('c')).toBe(frame)
    expect(sources.received()).toEqual(new Map([['c', 1]]))
  })

  it('a source that is removed: its picture, its sound and its intake go', async () => {
    const { sources, pictures, dropped } = setUp()
    sources.setScene(sceneOf(camera('c'), microphone('m')))
    const fed = new FedStream<VideoFrame>()
    sources.video('c', fed.stream)
    fed.push(new FakeFrame().asFrame())
    sources.audio('m', new FedStream<AudioData>().stream)
    await vi.advanceTimersByTimeAsync(0)
    dropped.length = 0
    sources.setScene(sceneOf())
    expect(pictures.size).toBe(0)
    expect(dropped).toContain('m')
    expect(sources.readings(500)).toEqual({})
  })

  it('an image decoded after its source was removed is not shown', async () => {
    const { sources, pictures, decoding } = setUp()
    sources.setScene(sceneOf(image('i')))
    const file = new Blob()
    const done = sources.image('i', file, 'a.png')
    sources.setScene(sceneOf())
    decoding.get(file)?.done(still(1))
    await done
    expect(pictures.size).toBe(0)
  })

  it('of two files of one source the newest is shown, whichever is decoded last', async () => {
    const { sources, pictures, decoding, failed } = setUp()
    sources.setScene(sceneOf(image('i')))
    const [older, newer] = [new Blob(), new Blob()]
    const both = [sources.image('i', older, 'a.png'), sources.image('i', newer, 'b.png')]
    decoding.get(newer)?.done(still(2))
    decoding.get(older)?.done(still(1))
    await Promise.all(both)
    expect(pictures.get('i')).toEqual(still(2))
    const [third, fourth] = [new Blob(), new Blob()]
    const more = [sources.image('i', third, 'c.png'), sources.image('i', fourth, 'd.png')]
    decoding.get(third)?.fail(new Error('damaged'))
    decoding.get(fourth)?.done(still(4))
    await Promise.all(more)
    expect(failed).toEqual([])
    expect(pictures.get('i')).toEqual(still(4))
  })

  it('an image that cannot be decoded is told', async () => {
    const { sources, decoding, failed } = setUp()
    sources.setScene(sceneOf(image('i')))
    const file = new Blob()
    const done = sources.image('i', file, 'a.png')
    decoding.get(file)?.fail(new Error('damaged'))
    await done
    expect(failed).toEqual(['i'])
  })

  it('only what is visible is a layer, in z-order', () => {
    const { sources } = setUp()
    sources.setScene(sceneOf(camera('a'), { ...image('b'), visible: false }, microphone('m'), camera('c')))
    expect(sources.layers.map(({ id }) => id)).toEqual(['a', 'c'])
  })
})

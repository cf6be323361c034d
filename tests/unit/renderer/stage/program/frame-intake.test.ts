import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FrameIntake } from '../../../../../renderer/stage/program/frame-intake'
import { FakeFrame, FedStream, lines } from './fakes'

const BT601 = { primaries: 'smpte170m', transfer: 'smpte170m', matrix: 'smpte170m', fullRange: false } as const
const made: VideoFrameBufferInit[] = []

beforeEach(() => {
  vi.useFakeTimers()
  made.length = 0
  vi.stubGlobal(
    'VideoFrame',
    class extends FakeFrame {
      constructor(_data: Uint8Array, init: VideoFrameBufferInit) {
        super({ format: init.format, timestamp: init.timestamp })
        made.push(init)
      }
    },
  )
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function intake() {
  const fed = new FedStream<VideoFrame>()
  const got: VideoFrame[] = []
  const logged = lines()
  const reader = new FrameIntake(fed.stream, { onFrame: (frame) => got.push(frame), log: logged.log })
  const push = async (...frames: FakeFrame[]): Promise<void> => {
    for (const frame of frames) fed.push(frame.asFrame())
    await vi.advanceTimersByTimeAsync(0)
  }
  return { fed, got, reader, push, logged: logged.lines }
}

describe('FrameIntake', () => {
  it('hands frames on as they come', async () => {
    const { got, push } = intake()
    const frame = new FakeFrame()
    await push(frame)
    expect(got).toEqual([frame])
    expect(frame.closed).toBe(0)
  })

  it('counts them, and knows how old the newest is', async () => {
    const { reader, push } = intake()
    expect(reader.reading(500)).toEqual({ fps: 0, width: 0, height: 0, ageMs: null })
    await push(new FakeFrame(), new FakeFrame(), new FakeFrame())
    await vi.advanceTimersByTimeAsync(200)
    expect(reader.reading(500)).toEqual({ fps: 6, width: 64, height: 36, ageMs: 200 })
    expect(reader.reading(500).fps).toBe(0)
    expect(reader.received).toBe(3)
  })

  it('a frame that waits for its sync offset is copied, with its colours, and its own is given back at once', async () => {
    const { reader, got, push } = intake()
    reader.setDelay(300)
    const frame = new FakeFrame({ timestamp: 42, colorSpace: BT601 })
    await push(frame)
    expect(frame.closed).toBe(1)
    await vi.advanceTimersByTimeAsync(299)
    expect(got).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(got).toHaveLength(1)
    expect(made[0]).toMatchObject({ format: 'I420', timestamp: 42, codedWidth: 64, codedHeight: 36, colorSpace: BT601 })
  })

  it('one that cannot be copied is given back too, and the next comes', async () => {
    const { reader, got, push, logged } = intake()
    reader.setDelay(300)
    const bad = new FakeFrame({ copyFails: true })
    await push(bad, new FakeFrame())
    await vi.advanceTimersByTimeAsync(300)
    expect(bad.closed).toBe(1)
    expect(got).toHaveLength(1)
    expect(logged).toEqual(['warn a frame could not be held: the GPU is gone'])
  })

  it('opaque pixels cannot be held: they come early', async () => {
    const { reader, got, push } = intake()
    reader.setDelay(300)
    await push(new FakeFrame({ format: null }))
    expect(got).toHaveLength(1)
  })

  it('closed: what waits is dropped, what still comes is given back, no timer is left', async () => {
    const { reader, got, push } = intake()
    reader.setDelay(300)
    await push(new FakeFrame())
    expect(vi.getTimerCount()).toBe(1)
    reader.close()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(got).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('closed in the middle of a copy: the copy goes nowhere', async () => {
    const { fed, reader, got } = intake()
    reader.setDelay(300)
    const frame = new FakeFrame()
    let copied: (layout: PlaneLayout[]) => void = () => undefined
    frame.copyTo = () => new Promise((resolve) => (copied = resolve))
    fed.push(frame.asFrame())
    await vi.advanceTimersByTimeAsync(0)
    reader.close()
    copied([])
    await vi.advanceTimersByTimeAsync(1_000)
    expect(frame.closed).toBe(1)
    expect(got).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('a stream that breaks is a line in the log, not a rejection nobody hears', async () => {
    const { fed, logged } = intake()
    fed.fail(new Error('device reset'))
    await vi.advanceTimersByTimeAsync(0)
    expect(logged).toEqual(['warn frames ended: device reset'])
  })
})

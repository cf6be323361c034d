import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ProgramReturns } from '../../../../../renderer/stage/program/program-returns'
import type { MixedBlock } from '../../../../../renderer/stage/program/audio-mixer'
import { FakeFrame, lines } from './fakes'

const WHOLE = { x: 0, y: 0, width: 1, height: 1 }
const compositor = { preview: () => Promise.resolve(new Uint8Array((640 * 360 * 3) / 2)) }

/** Everything that was made, so that what nobody took is known. */
let made: { closed: number }[]

beforeEach(() => {
  vi.useFakeTimers()
  made = []
  class Made {
    closed = 0
    constructor() {
      made.push(this)
    }
    close(): void {
      this.closed += 1
    }
  }
  vi.stubGlobal('VideoFrame', class extends Made {})
  vi.stubGlobal('AudioData', class extends Made {})
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** Takes nothing until it is told to. */
class Sink<T> {
  readonly taken: T[] = []
  #isHeld = true
  #go: () => void = () => undefined
  readonly stream = new WritableStream<T>({
    write: async (chunk) => {
      this.taken.push(chunk)
      if (this.#isHeld) await new Promise<void>((resolve) => (this.#go = resolve))
    },
  })

  release(): void {
    this.#isHeld = false
    this.#go()
  }
}

function block(at: number): MixedBlock {
  return {
    timestampUs: at * 20_000,
    left: new Float32Array(960),
    right: new Float32Array(960),
    returns: new Map([['bo', new Float32Array(960)]]),
    voices: [],
  } as never
}

describe('what goes back to co-anchors', () => {
  it('fewer pictures a second where many get them', () => {
    const returns = new ProgramReturns(() => undefined)
    returns.pictures(new WritableStream())
    expect(returns.fps).toBe(0)
    for (const id of ['a', 'b', 'c', 'd']) returns.sound(id, new WritableStream())
    expect(returns.fps).toBe(15)
    returns.sound('e', new WritableStream())
    expect(returns.fps).toBe(10)
    returns.end('e')
    expect(returns.fps).toBe(15)
  })

  it('a picture that is not taken lets later ones fall, and the newest comes when there is room again', async () => {
    const returns = new ProgramReturns(lines().log)
    const [pictures, scene] = [new Sink<VideoFrame>(), new Sink<VideoFrame>()]
    returns.pictures(pictures.stream)
    returns.scene(scene.stream)
    returns.sound('bo', new Sink<AudioData>().stream)
    const frame = new FakeFrame()
    for (let at = 0; at < 30; at += 1) {
      vi.advanceTimersByTime(100)
      await returns.sendPicture(compositor, at)
      returns.sendScene(frame.asFrame(), WHOLE)
    }
    expect(made.length, 'one that is being taken and one that waits, of each').toBe(4)
    pictures.release()
    scene.release()
    await vi.advanceTimersByTimeAsync(100)
    await returns.sendPicture(compositor, 30)
    returns.sendScene(frame.asFrame(), WHOLE)
    await vi.advanceTimersByTimeAsync(0)
    expect([pictures.taken.length, scene.taken.length]).toEqual([3, 3])
    expect(frame.closed, 'the frame stays the caller’s').toBe(0)
  })

  it('sound survives a hiccup whole, and does not pile up for somebody who is gone', async () => {
    const returns = new ProgramReturns(lines().log)
    const sounds = new Sink<AudioData>()
    returns.sound('bo', sounds.stream)
    for (let at = 0; at < 20; at += 1) returns.mixed(block(at))
    sounds.release()
    await vi.advanceTimersByTimeAsync(0)
    expect(sounds.taken).toHaveLength(20)
    const stuck = new Sink<AudioData>()
    returns.sound('bo', stuck.stream)
    made.length = 0
    for (let at = 0; at < 500; at += 1) returns.mixed(block(at))
    expect(made.length).toBeLessThan(30)
  })
})

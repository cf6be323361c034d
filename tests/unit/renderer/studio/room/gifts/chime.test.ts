import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { GiftChime } from '../../../../../../renderer/studio/room/gifts/chime'

/** As much of WebAudio as a chime needs: what it sets is written down. */
class FakeContext {
  currentTime = 0
  closed = false
  readonly destination = {}
  readonly gains: { value: number; connected: boolean }[] = []
  readonly notes: number[] = []

  createGain(): unknown {
    const one = { value: 1, connected: false }
    this.gains.push(one)
    const gain = {
      get value() {
        return one.value
      },
      set value(value: number) {
        one.value = value
      },
      setTargetAtTime: (value: number) => (one.value = value),
      setValueAtTime: () => undefined,
      linearRampToValueAtTime: () => undefined,
      exponentialRampToValueAtTime: () => undefined,
    }
    return { gain, connect: () => (one.connected = true), disconnect: () => (one.connected = false) }
  }

  createOscillator(): unknown {
    const { notes } = this
    const frequency = {
      set value(hz: number) {
        notes.push(hz)
      },
    }
    return { frequency, connect: (node: unknown) => node, start: () => undefined, stop: () => undefined }
  }

  async close(): Promise<void> {
    this.closed = true
  }
}

let context: FakeContext
let volume: number
let speaking: boolean
let chime: GiftChime
beforeEach(() => {
  vi.useFakeTimers()
  context = new FakeContext()
  volume = 1
  speaking = false
  chime = new GiftChime({ makeContext: () => context as unknown as AudioContext, volume: () => volume, speaking: () => speaking })
})
afterEach(() => {
  chime.close()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})
const main = (): number => context.gains[0]?.value ?? 0

describe('the chime', () => {
  it('is for gifts of tier 3 and 4', () => {
    chime.play(1)
    chime.play(2)
    expect(context.notes).toEqual([])
    chime.play(3)
    expect(context.notes).toHaveLength(2)
  })

  it('is silent when it is off', () => {
    volume = 0
    chime.play(4)
    expect(context.notes).toEqual([])
  })

  it('steps back by 12 dB while the anchor speaks, also in the middle', () => {
    chime.play(4)
    const loud = main()
    speaking = true
    vi.advanceTimersByTime(60)
    expect(20 * Math.log10(main() / loud)).toBeCloseTo(-12)
    speaking = false
    vi.advanceTimersByTime(60)
    expect(main()).toBe(loud)
    volume = 0
    vi.advanceTimersByTime(60)
    expect(main()).toBe(0)
  })

  it('sounds one at a time: a bigger one takes the place of a smaller', () => {
    chime.play(3)
    chime.play(3)
    expect(context.notes).toHaveLength(2)
    chime.play(4)
    expect(context.notes).toHaveLength(6)
    expect(context.gains[0]?.connected).toBe(false)
    context.currentTime = 5
    vi.advanceTimersByTime(60)
    expect(vi.getTimerCount()).toBe(0)
    chime.play(3)
    expect(context.notes).toHaveLength(8)
  })

  it('leaves nothing open', () => {
    chime.play(3)
    chime.close()
    expect(context.closed).toBe(true)
  })
})

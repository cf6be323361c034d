import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DEFAULT_PROFILE, type Profile } from '../../../../../electron/shared/profile'
import type { Slate } from '../../../../../electron/shared/program'
import { EncoderChoices, type EncoderChoice, type EncoderWish } from '../../../../../renderer/stage/program/encoder-choice'
import { ProgramEncoding, type EncodingState } from '../../../../../renderer/stage/program/program-encoding'
import type { VideoOutputHandlers } from '../../../../../renderer/stage/program/video-output'
import { FakeFrame, lines } from './fakes'

class FakeEncoder {
  config: VideoEncoderConfig
  hardware: boolean
  readonly codec = 'avc1'
  readonly queue = 0
  encodedFrames = 0
  skippedFrames = 0
  closed = false
  keyFrames = 0
  readonly #handlers: VideoOutputHandlers

  constructor(choice: EncoderChoice, handlers: VideoOutputHandlers) {
    this.config = choice.config
    this.hardware = choice.hardware
    this.#handlers = handlers
  }

  get bitrateKbps(): number {
    return (this.config.bitrate ?? 0) / 1_000
  }

  takeEncodeMs(): number {
    return 0
  }

  wantKeyFrame(): void {
    this.keyFrames += 1
  }

  reconfigure(choice: EncoderChoice): void {
    this.config = choice.config
  }

  setBitrate(kbps: number): void {
    this.config = { ...this.config, bitrate: kbps * 1_000 }
  }

  encode(frame: VideoFrame): void {
    this.encodedFrames += 1
    this.#handlers.onChunk({ timestampUs: frame.timestamp, keyFrame: true, data: new Uint8Array(1) })
  }

  close(): void {
    this.closed = true
  }

  break(reason = 'device lost'): void {
    this.#handlers.onError(new Error(reason))
  }
}

const SHOW = { title: 'Show', language: 'en' } as const
const P1080: Profile = { resolution: '1080p', fps: 30, bitrateKbps: 6_000 }
const SLATE: Omit<Slate, 'silence'> = { avcC: new Uint8Array(1), frames: [], fps: 10 }

type Find = (wish: EncoderWish, softwareOnly: boolean) => Promise<EncoderChoice | null>
const found: Find = ({ width, height, bitrateKbps }, softwareOnly) =>
  Promise.resolve({ config: { codec: 'avc1', width, height, bitrate: bitrateKbps * 1_000 }, hardware: !softwareOnly, fps: 200 })

function setUp(find: Find = found) {
  const encoders: FakeEncoder[] = []
  const states: EncodingState[] = []
  const sent: number[] = []
  const slates: Slate[] = []
  const slatesAsked: { config: VideoEncoderConfig; answer: (slate: Slate | null) => void }[] = []
  const { lines: logged, log } = lines()
  const encoding = new ProgramEncoding({
    profile: DEFAULT_PROFILE,
    choices: new EncoderChoices(find),
    sender: { setVideo: () => undefined, video: ({ timestampUs }) => sent.push(timestampUs), setSlate: (slate) => slates.push(slate) },
    onState: (state) => states.push(state),
    log,
    open: (choice, handlers) => {
      const encoder = new FakeEncoder(choice, handlers)
      encoders.push(encoder)
      return encoder
    },
    encodeSlate: (config) => new Promise((answer) => slatesAsked.push({ config, answer })),
  })
  const frame = (): void => encoding.encode(new FakeFrame().asFrame())
  const newest = (): FakeEncoder => {
    const encoder = encoders.at(-1)
    if (encoder === undefined) throw new Error('none was opened')
    return encoder
  }
  const start = async (): Promise<void> => {
    encoding.start(SHOW)
    await vi.advanceTimersByTimeAsync(0)
    frame()
  }
  return { encoding, encoders, states, sent, slates, slatesAsked, logged, frame, newest, start }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('a show', () => {
  it('is on with its first chunk, off when it ends', async () => {
    const { encoding, states, start, newest } = setUp()
    await start()
    encoding.stop()
    expect(states.map(({ name }) => name)).toEqual(['opening', 'on', 'off'])
    expect(newest().closed).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('that ends while the encoder is chosen opens none', async () => {
    const { encoding, encoders } = setUp()
    encoding.start(SHOW)
    encoding.stop()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(encoders).toEqual([])
  })

  it('no encoder at all: failed, with what was asked', async () => {
    const { encoding } = setUp(() => Promise.resolve(null))
    encoding.start(SHOW)
    await vi.advanceTimersByTimeAsync(0)
    expect(encoding.state).toEqual({ name: 'failed', error: { code: 'encoder.unsupported', context: { width: 1_280, height: 720, fps: 30 } } })
  })

  it('counts frames over all its encoders', async () => {
    const { encoding, start, frame, newest } = setUp()
    await start()
    frame()
    newest().skippedFrames = 3
    newest().break()
    await vi.advanceTimersByTimeAsync(1_000)
    frame()
    expect(encoding.encodedFrames).toBe(3)
    expect(encoding.skippedFrames).toBe(3)
    await start()
    expect(encoding.encodedFrames).toBe(1)
    expect(encoding.skippedFrames).toBe(0)
  })
})

describe('an encoder that breaks', () => {
  it('is opened again after a pause, and never in hardware', async () => {
    const asked: boolean[] = []
    const { encoding, start, newest, frame } = setUp((wish, softwareOnly) => {
      asked.push(softwareOnly)
      return found(wish, softwareOnly)
    })
    await start()
    expect(newest().hardware).toBe(true)
    newest().break()
    expect(encoding.state.name).toBe('opening')
    await vi.advanceTimersByTimeAsync(1_000)
    frame()
    expect(encoding.state.name).toBe('on')
    expect(newest().hardware).toBe(false)
    // Neither in the next show of this run.
    encoding.stop()
    await start()
    expect(newest().hardware).toBe(false)
    expect(asked).toEqual([false, true])
  })

  it('again and again: given up with its reason, and the remedy, another profile, brings it back', async () => {
    const { encoding, start, newest, frame, encoders } = setUp()
    await start()
    for (let fault = 0; fault < 6; fault++) {
      newest().break('no memory')
      await vi.advanceTimersByTimeAsync(5_000)
    }
    expect(encoding.state).toEqual({ name: 'failed', error: { code: 'encoder.failed', context: { reason: 'no memory' } } })
    const before = encoders.length
    await vi.advanceTimersByTimeAsync(60_000)
    expect(encoders).toHaveLength(before)
    encoding.setProfile({ ...DEFAULT_PROFILE, bitrateKbps: 1_500 })
    await vi.advanceTimersByTimeAsync(0)
    frame()
    expect(encoding.state.name).toBe('on')
    newest().break('no memory')
    await vi.advanceTimersByTimeAsync(1_000)
    frame()
    expect(encoding.state.name).toBe('on')
  })

  it('now and then in a long show: never given up', async () => {
    const { encoding, start, newest, frame } = setUp()
    await start()
    for (let hour = 0; hour < 12; hour++) {
      await vi.advanceTimersByTimeAsync(3_600_000)
      newest().break()
      await vi.advanceTimersByTimeAsync(1_000)
      frame()
      expect(encoding.state.name).toBe('on')
    }
  })

  it('no software encoder is left: the fault is the reason, not the size', async () => {
    const { encoding, start, newest } = setUp((wish, softwareOnly) => (softwareOnly ? Promise.resolve(null) : found(wish, softwareOnly)))
    await start()
    newest().break('driver reset')
    await vi.advanceTimersByTimeAsync(5_000)
    expect(encoding.state).toEqual({ name: 'failed', error: { code: 'encoder.failed', context: { reason: 'driver reset' } } })
  })

  it('what one that was let go still says changes nothing', async () => {
    const { encoding, start, encoders, sent } = setUp()
    await start()
    encoders[0]?.break()
    await vi.advanceTimersByTimeAsync(1_000)
    encoders[0]?.break('again')
    encoders[0]?.encode(new FakeFrame().asFrame())
    await vi.advanceTimersByTimeAsync(10_000)
    expect(encoders).toHaveLength(2)
    expect(sent).toHaveLength(1)
    expect(encoding.state.name).toBe('opening')
  })

  it('a show that ends meanwhile leaves no retry behind', async () => {
    const { encoding, encoders, start, newest } = setUp()
    await start()
    newest().break()
    encoding.stop()
    expect(vi.getTimerCount()).toBe(0)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(encoders).toHaveLength(1)
  })

  it('a search that breaks is told and tried again; the hardware is not to blame', async () => {
    let searches = 0
    const { encoding, newest, logged } = setUp((wish, softwareOnly) =>
      ++searches === 1 ? Promise.reject(new Error('GPU process gone')) : found(wish, softwareOnly),
    )
    encoding.start(SHOW)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(logged).toEqual(['error video encoder: GPU process gone'])
    expect(newest().hardware).toBe(true)
  })
})

describe('the profile', () => {
  it('changes the running encoder', async () => {
    const { encoding, start, encoders, newest } = setUp()
    await start()
    encoding.setProfile(P1080)
    await vi.advanceTimersByTimeAsync(0)
    expect(encoders).toHaveLength(1)
    expect(newest().config).toMatchObject({ width: 1_920, height: 1_080, bitrate: 6_000_000 })
  })

  it('changed while the encoder is still chosen: the newest one counts, whichever answer comes last', async () => {
    const answers = new Map<number, () => void>()
    const { encoding, encoders, newest } = setUp(async (wish, softwareOnly) => {
      await new Promise<void>((resolve) => answers.set(wish.width, resolve))
      return found(wish, softwareOnly)
    })
    encoding.start(SHOW)
    encoding.setProfile(P1080)
    await vi.advanceTimersByTimeAsync(0)
    answers.get(1_920)?.()
    await vi.advanceTimersByTimeAsync(0)
    answers.get(1_280)?.()
    await vi.advanceTimersByTimeAsync(0)
    expect(encoders).toHaveLength(1)
    expect(newest().config.width).toBe(1_920)
  })

  it('that cannot be encoded: said so, and the program goes on as it was', async () => {
    const { encoding, start, newest, sent, frame } = setUp((wish, softwareOnly) => (wish.width === 1_920 ? Promise.resolve(null) : found(wish, softwareOnly)))
    await start()
    encoding.setProfile(P1080)
    await vi.advanceTimersByTimeAsync(0)
    expect(encoding.state).toMatchObject({ name: 'failed', error: { code: 'encoder.unsupported' } })
    frame()
    expect(sent).toHaveLength(2)
    expect(newest().closed).toBe(false)
    encoding.setProfile(DEFAULT_PROFILE)
    await vi.advanceTimersByTimeAsync(0)
    expect(encoding.state.name).toBe('on')
  })
})

describe('the bitrate', () => {
  it('is what the line carries, never more than the profile, until the publisher is a new one', async () => {
    const { encoding, start, newest } = setUp()
    await start()
    encoding.advise(800)
    expect(newest().bitrateKbps).toBe(800)
    encoding.advise(9_000)
    expect(newest().bitrateKbps).toBe(DEFAULT_PROFILE.bitrateKbps)
    encoding.advise(800)
    encoding.advise(null)
    expect(newest().bitrateKbps).toBe(DEFAULT_PROFILE.bitrateKbps)
  })

  it('survives a broken encoder, but not the show', async () => {
    const { encoding, start, newest } = setUp()
    await start()
    encoding.advise(800)
    newest().break()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(newest().bitrateKbps).toBe(800)
    encoding.stop()
    await start()
    expect(newest().bitrateKbps).toBe(DEFAULT_PROFILE.bitrateKbps)
  })
})

describe('the slate', () => {
  const slate: Slate = { ...SLATE, silence: new Uint8Array(1) }

  it('is made once sound and picture are known, in either order', async () => {
    const first = setUp()
    first.encoding.setSilence(new Uint8Array(1))
    await first.start()
    expect(first.slatesAsked).toHaveLength(1)
    const second = setUp()
    await second.start()
    expect(second.slatesAsked).toHaveLength(0)
    second.encoding.setSilence(new Uint8Array(1))
    expect(second.slatesAsked).toHaveLength(1)
  })

  it('of an older profile, ready late, is not sent', async () => {
    const { encoding, start, slatesAsked, slates } = setUp()
    encoding.setSilence(new Uint8Array(1))
    await start()
    encoding.setProfile(P1080)
    await vi.advanceTimersByTimeAsync(0)
    expect(slatesAsked.map(({ config }) => config.width)).toEqual([1_280, 1_920])
    slatesAsked[1]?.answer({ ...slate, fps: 2 })
    slatesAsked[0]?.answer({ ...slate, fps: 1 })
    await vi.advanceTimersByTimeAsync(0)
    expect(slates.map(({ fps }) => fps)).toEqual([2])
  })

  it('of a show that has ended is not sent', async () => {
    const { encoding, start, slatesAsked, slates } = setUp()
    encoding.setSilence(new Uint8Array(1))
    await start()
    encoding.stop()
    slatesAsked[0]?.answer(slate)
    await vi.advanceTimersByTimeAsync(0)
    expect(slates).toEqual([])
  })
})

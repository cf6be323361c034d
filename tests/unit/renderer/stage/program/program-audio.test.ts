import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ErrorInfo } from '../../../../../electron/shared/errors'
import type { AudioOutputHandlers } from '../../../../../renderer/stage/program/audio-output'
import { ProgramAudio } from '../../../../../renderer/stage/program/program-audio'
import { lines } from './fakes'

let audio: ProgramAudio | null = null
beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  audio?.close()
  vi.useRealTimers()
})

/** `broken` says which openings fail. */
function setUp(broken: (opening: number) => boolean) {
  const outputs: { handlers: AudioOutputHandlers; closed: boolean }[] = []
  const errors: (ErrorInfo | null)[] = []
  const silences: Uint8Array[] = []
  const sent: number[] = []
  let openings = 0
  audio = new ProgramAudio({
    mixer: { due: () => [] },
    sender: { setAudio: () => undefined, audio: ({ timestampUs }) => sent.push(timestampUs) },
    onBlock: () => undefined,
    onMixed: () => undefined,
    onSilence: (silence) => silences.push(silence),
    onError: (error) => errors.push(error),
    log: lines().log,
    open: (handlers) => {
      if (broken(openings++)) return Promise.reject(new Error('no encoder'))
      const output = { handlers, closed: false }
      outputs.push(output)
      return Promise.resolve({ engine: 'wasm', encode: () => undefined, close: () => (output.closed = true) })
    },
  })
  return { audio, outputs, errors, silences, sent, openings: () => openings }
}

const frame = { timestampUs: 1, data: new Uint8Array(4) }

describe('ProgramAudio', () => {
  it('one fault is mended in silence', async () => {
    const { outputs, errors, audio: running } = setUp(() => false)
    await vi.advanceTimersByTimeAsync(0)
    outputs[0]?.handlers.onFrame(frame)
    outputs[0]?.handlers.onError(new Error('broke'))
    await vi.advanceTimersByTimeAsync(1_000)
    expect(outputs).toHaveLength(2)
    expect(outputs[0]?.closed).toBe(true)
    expect(running.engine).toBe('wasm')
    expect(errors).toEqual([])
  })

  it('an encoder that does not work is said, with its cause, within seconds; and it is tried on', async () => {
    const { errors, openings, outputs } = setUp((opening) => opening < 6)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(errors[0]).toEqual({ code: 'encoder.failed', context: { reason: 'AAC: no encoder' } })
    await vi.advanceTimersByTimeAsync(15_000)
    expect(openings()).toBe(7)
    outputs[0]?.handlers.onFrame(frame)
    expect(errors.at(-1)).toBeNull()
  })

  it('the first frame is the silence for the slate, once', async () => {
    const { outputs, silences, sent } = setUp(() => false)
    await vi.advanceTimersByTimeAsync(0)
    outputs[0]?.handlers.onFrame(frame)
    outputs[0]?.handlers.onFrame(frame)
    expect(silences).toHaveLength(1)
    expect(sent).toHaveLength(2)
  })

  it('a hundred blocks that fail together are one fault; one that was let go says nothing more', async () => {
    const { outputs, openings, sent } = setUp(() => false)
    await vi.advanceTimersByTimeAsync(0)
    for (let block = 0; block < 100; block++) outputs[0]?.handlers.onError(new Error('broke'))
    outputs[0]?.handlers.onFrame(frame)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(openings()).toBe(2)
    expect(sent).toEqual([])
  })

  it('closed: no timer is left, and one that opens late is let go', async () => {
    const { audio: running, outputs } = setUp(() => false)
    running.close()
    await vi.advanceTimersByTimeAsync(0)
    expect(outputs[0]?.closed).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })
})

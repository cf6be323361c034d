import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Wish } from '../../../../../electron/shared/co-anchor-line'
import { FIRST_WISH } from '../../../../../electron/shared/picture-plan'
import { Call } from '../../../../../renderer/stage/co-anchors/call'

/** Of the picture that goes out, pixels. */
let height: number
let fitted: object[]
const picture = { kind: 'video', getSettings: () => ({ height }) } as unknown as MediaStreamTrack

beforeEach(() => {
  height = 720
  fitted = []
  vi.stubGlobal('MediaStream', class {})
  vi.stubGlobal(
    'RTCPeerConnection',
    class {
      readonly #senders: { track: unknown; getParameters: () => object; setParameters: (parameters: { encodings: object[] }) => Promise<void> }[] = []
      localDescription: { sdp: string } | null = null
      getTransceivers(): unknown[] {
        this.addTransceiver(null)
        const sender = this.#senders[0]
        return [
          { receiver: { track: { kind: 'video' } }, sender: { replaceTrack: (track: unknown) => Promise.resolve(Object.assign(sender ?? {}, { track })) } },
        ]
      }
      addTransceiver(track: unknown): void {
        this.#senders.push({
          track,
          // As in Chromium: none before there is a description.
          getParameters: () => ({ encodings: this.localDescription === null ? [] : [{}] }),
          setParameters: ({ encodings }) => Promise.resolve(void fitted.push(...encodings)),
        })
      }
      getSenders(): unknown {
        return this.#senders
      }
      setRemoteDescription(): Promise<void> {
        return Promise.resolve()
      }
      setLocalDescription(): Promise<void> {
        this.localDescription = { sdp: 'v=0' }
        return Promise.resolve()
      }
      getStats(): Promise<unknown> {
        return Promise.resolve(new Map())
      }
      close(): void {
        return
      }
    },
  )
})
afterEach(() => {
  vi.unstubAllGlobals()
})

async function call(wish: Wish | null, how: 'made' | 'answered' = 'made'): Promise<Call> {
  const made = new Call({
    id: 'one',
    iceServers: [],
    picture,
    sound: { kind: 'audio' } as MediaStreamTrack,
    wish,
    onSignal: () => undefined,
    onTrack: () => undefined,
    onState: () => undefined,
    log: (message) => expect.fail(message),
  })
  if (how === 'made') made.offer()
  else made.take({ description: { type: 'offer', sdp: 'v=0' } })
  await vi.waitFor(() => expect(fitted).toHaveLength(wish === null ? 0 : 1))
  return made
}

describe('the picture of a call to another room', () => {
  it.each(['made', 'answered'] as const)('is bounded before any wish came, and follows each that comes: a call that is %s', async (how) => {
    const made = await call(FIRST_WISH, how)
    expect(fitted.at(-1)).toEqual({ scaleResolutionDownBy: 2, maxFramerate: 30, maxBitrate: 800_000 })
    made.wish({ maxHeight: 180, maxFps: 15 })
    await vi.waitFor(() => expect(fitted.at(-1)).toMatchObject({ scaleResolutionDownBy: 4, maxFramerate: 15 }))
    made.wish({ maxHeight: 720, maxFps: 30 })
    await vi.waitFor(() => expect(fitted.at(-1)).toMatchObject({ scaleResolutionDownBy: 1, maxFramerate: 30 }))
  })

  it('keeps to the wish when the scene is cut to another size', async () => {
    const made = await call(FIRST_WISH)
    await made.reading()
    expect(fitted).toHaveLength(1)
    height = 360
    await made.reading()
    await vi.waitFor(() => expect(fitted.at(-1)).toMatchObject({ scaleResolutionDownBy: 1 }))
  })

  it('is the program for a co-anchor, who has no say in it, and nothing of a call that is over', async () => {
    const program = await call(null)
    program.wish({ maxHeight: 180, maxFps: 15 })
    const over = await call(FIRST_WISH)
    over.close()
    over.wish({ maxHeight: 180, maxFps: 15 })
    await over.reading()
    expect(fitted).toHaveLength(1)
  })
})

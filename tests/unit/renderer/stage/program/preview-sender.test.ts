import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { PreviewMessage } from '../../../../../electron/shared/program'
import { PreviewSender } from '../../../../../renderer/stage/program/preview-sender'
import { lines } from './fakes'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

class FakePort {
  onmessage: ((event: MessageEvent<unknown>) => void) | null = null
  readonly sent: PreviewMessage[] = []
  closed = false

  postMessage(message: PreviewMessage): void {
    this.sent.push(message)
  }

  close(): void {
    this.closed = true
  }

  ask(data: unknown): void {
    this.onmessage?.({ data } as MessageEvent<unknown>)
  }

  asPort(): MessagePort {
    return this as unknown as MessagePort
  }
}

function setUp() {
  const logged = lines()
  const sender = new PreviewSender(logged.log)
  const port = new FakePort()
  sender.attach(port.asPort())
  let fails = false
  const compositor = {
    preview: (width: number, height: number): Promise<Uint8Array<ArrayBuffer>> =>
      fails ? Promise.reject(new Error('no memory')) : Promise.resolve(new Uint8Array((width * height * 3) / 2)),
  }
  const send = async (): Promise<void> => {
    await vi.advanceTimersByTimeAsync(1_000)
    await sender.sendPicture(compositor)
  }
  return { sender, port, compositor, send, logged: logged.lines, failing: (value: boolean) => (fails = value) }
}

const SHOWN = { type: 'preview-size', width: 640, height: 360, fps: 30 }

describe('PreviewSender', () => {
  it('one picture under way at a time, of the size that is shown', async () => {
    const { port, send } = setUp()
    port.ask(SHOWN)
    await send()
    await send()
    expect(port.sent).toHaveLength(1)
    expect(port.sent[0]).toMatchObject({ type: 'frame', width: 640, height: 360 })
    port.ask({ type: 'drawn' })
    await send()
    expect(port.sent).toHaveLength(2)
  })

  it.each([
    { ...SHOWN, width: NaN },
    { ...SHOWN, fps: NaN },
    { ...SHOWN, fps: Infinity },
    { ...SHOWN, fps: 1e9 },
    { ...SHOWN, fps: -1 },
    { ...SHOWN, width: 1e12 },
    { ...SHOWN, height: '360' },
    { ...SHOWN, more: 1 },
    { type: 'preview-size' },
    { type: 'other' },
    null,
    'drawn',
  ])('%j is no preview: nothing changes', async (request) => {
    const { sender, port, logged } = setUp()
    port.ask(SHOWN)
    port.ask(request)
    expect(sender.fps).toBe(30)
    expect(logged).toHaveLength(1)
  })

  it('no larger and no faster than it makes sense', async () => {
    const { sender, port, send } = setUp()
    port.ask({ ...SHOWN, width: 8_001, height: 4_001, fps: 144 })
    expect(sender.fps).toBe(60)
    await send()
    expect(port.sent[0]).toMatchObject({ width: 1_920, height: 1_920 })
  })

  it('a picture that could not be made does not stop the preview for ever', async () => {
    const { port, send, failing } = setUp()
    port.ask(SHOWN)
    failing(true)
    await expect(send()).rejects.toThrow('no memory')
    failing(false)
    await send()
    expect(port.sent).toHaveLength(1)
  })

  it('a new studio has to say its size before it gets a picture', async () => {
    const { sender, port, send } = setUp()
    port.ask(SHOWN)
    const next = new FakePort()
    sender.attach(next.asPort())
    expect(port.closed).toBe(true)
    await send()
    expect(next.sent).toEqual([])
    next.ask(SHOWN)
    await send()
    expect(next.sent).toHaveLength(1)
  })

  it('levels: some 15 times a second', async () => {
    const { sender, port } = setUp()
    const mixer = { levels: () => ({ sources: {}, program: { peakDb: -100, rmsDb: -100 } }) }
    for (let at = 0; at < 1_000; at += 10) {
      await vi.advanceTimersByTimeAsync(10)
      sender.sendLevels(mixer)
    }
    expect(port.sent.length).toBeGreaterThanOrEqual(10)
    expect(port.sent.length).toBeLessThanOrEqual(20)
  })
})

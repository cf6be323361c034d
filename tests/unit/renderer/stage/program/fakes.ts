import type { Log } from '../../../../../renderer/stage/program/log'
import { FULL_FRAME, NO_BEAUTY, type Scene, type Source } from '../../../../../electron/shared/scene'

/** Small stand-ins for what only a browser has. */

export interface Lines {
  readonly lines: string[]
  readonly log: Log
}

export function lines(): Lines {
  const all: string[] = []
  return { lines: all, log: (level, message) => all.push(`${level} ${message}`) }
}

/** A stream that is fed by hand. */
export class FedStream<T> {
  readonly stream: ReadableStream<T>
  #controller: ReadableStreamDefaultController<T> | null = null

  constructor() {
    this.stream = new ReadableStream<T>({ start: (controller) => (this.#controller = controller) })
  }

  push(value: T): void {
    this.#controller?.enqueue(value)
  }

  fail(error: Error): void {
    this.#controller?.error(error)
  }
}

interface FrameInit {
  readonly format?: VideoPixelFormat | null
  readonly timestamp?: number
  readonly colorSpace?: VideoColorSpaceInit
  readonly copyFails?: boolean
}

/** Of a VideoFrame, what the stage's own code touches. */
export class FakeFrame {
  readonly format: VideoPixelFormat | null
  readonly timestamp: number
  readonly colorSpace: VideoColorSpaceInit
  readonly displayWidth = 64
  readonly displayHeight = 36
  readonly codedWidth = 64
  readonly codedHeight = 36
  readonly visibleRect = { x: 0, y: 0, width: 64, height: 36 }
  closed = 0
  readonly #copyFails: boolean

  constructor({ format = 'I420', timestamp = 0, colorSpace = {}, copyFails = false }: FrameInit = {}) {
    this.format = format
    this.timestamp = timestamp
    this.colorSpace = colorSpace
    this.#copyFails = copyFails
  }

  allocationSize(): number {
    return (64 * 36 * 3) / 2
  }

  copyTo(): Promise<PlaneLayout[]> {
    return this.#copyFails ? Promise.reject(new Error('the GPU is gone')) : Promise.resolve([{ offset: 0, stride: 64 }])
  }

  close(): void {
    this.closed += 1
  }

  asFrame(): VideoFrame {
    return this as unknown as VideoFrame
  }
}

const sound = { muted: false, gainDb: 0, syncOffsetMs: 0 }

export function microphone(id: string, change: Partial<typeof sound> = {}): Source {
  return { kind: 'microphone', id, name: id, deviceId: null, echoCancellation: false, ...sound, ...change }
}

export function camera(id: string, syncOffsetMs = 0): Source {
  return { kind: 'camera', id, name: id, deviceId: null, beauty: NO_BEAUTY, visible: true, transform: FULL_FRAME, syncOffsetMs }
}

export function image(id: string): Extract<Source, { kind: 'image' }> {
  return { kind: 'image', id, name: id, asset: '0123456789abcdef.png', visible: true, transform: FULL_FRAME }
}

export function testCard(id: string, change: Partial<typeof sound> = {}): Source {
  return { kind: 'test-card', id, name: id, visible: true, transform: FULL_FRAME, ...sound, ...change }
}

export function sceneOf(...sources: Source[]): Scene {
  return { sources }
}

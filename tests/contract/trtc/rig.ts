import type { PreviewMessage, PreviewRequest } from '../../../electron/shared/program'
import { FULL_FRAME, NO_BEAUTY, type Scene } from '../../../electron/shared/scene'
import { trtcReportSchema, type TrtcCommand, type TrtcReport, type TrtcTarget } from '../../../electron/shared/trtc'
import type { Art } from '../../../renderer/trtc/art'
import { TrtcPage } from '../../../renderer/trtc/page'
import type { PortLike } from '../../../renderer/trtc/preview-port'
import { ManualTime } from '../../fakes/manual-time'
import { installDouble, type Double, type InstalledDouble, type NativeCall } from '../../fakes/trtc-native/install'

const PICTURE = {
  visible: true,
  syncOffsetMs: 0,
  transform: { ...FULL_FRAME },
}
export const CAMERA = { kind: 'camera', id: 'cam', name: 'Camera', deviceId: null, beauty: NO_BEAUTY, ...PICTURE } as const
export const SCREEN = { kind: 'screen', id: 'screen', name: 'Screen', displayId: null, ...PICTURE } as const
export const MICROPHONE = {
  kind: 'microphone',
  id: 'mic',
  name: 'Microphone',
  deviceId: null,
  muted: false,
  echoCancellation: false,
  gainDb: 0,
  syncOffsetMs: 0,
} as const

export const SCENE: Scene = { sources: [SCREEN, CAMERA, MICROPHONE] }

export const TARGET: TrtcTarget = {
  id: 'trtc',
  ticket: { sdkAppId: 1_400_000_001, userId: 'anchor', userSig: 'SIG-SECRET', roomId: 'room-1', privateMapKey: 'MAP-SECRET', expiresAt: 1_795_100_000 },
  relays: [{ id: 'css', url: 'rtmp://push.example.com/live/one?txSecret=RELAY-SECRET', internal: true }],
}

const ART: Art = {
  card: ({ width, height }) => new Uint8Array(width * height * 4).fill(7),
  stills: ({ width, height }) => Promise.resolve(new Uint8Array(width * height * 4)),
}

/** Lets what the SDK fires by setImmediate come through. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** The TRTC page over the real package's JavaScript and the double, in this process. */
export class TrtcRig {
  readonly time = new ManualTime()
  readonly reports: TrtcReport[] = []
  readonly preview: PreviewMessage[] = []
  readonly page: TrtcPage
  readonly double: Double
  readonly #require: (path: string) => unknown
  #say: (command: TrtcCommand) => void = () => undefined
  #port: PortLike | null = null

  constructor(
    readonly installed: InstalledDouble,
    { platform = 'darwin' } = {},
  ) {
    const loaded = installed.load()
    this.double = loaded.double
    this.#require = loaded.require
    this.page = new TrtcPage({
      host: {
        // As the gateway checks it on arrival.
        report: (report) => void this.reports.push(trtcReportSchema.parse(structuredClone(report))),
        onCommand: (listener) => {
          this.#say = listener
          return () => undefined
        },
      },
      load: (path) => this.#require(path),
      time: this.time,
      platform,
      screenView: document.createElementNS('http://www.w3.org/2000/svg', 'g') as Element as HTMLElement,
      mixing: {
        view: document.createElement('div'),
        files: { write: (still) => Promise.resolve(`/pictures/${still.id}.png`) },
        picture: () => null,
      },
      art: ART,
      cpuPercent: () => null,
    })
  }

  /** The SDK over the double, in a fresh process for all it knows. */
  static install(): InstalledDouble {
    return installDouble('manual')
  }

  say(...commands: TrtcCommand[]): void {
    for (const command of commands) this.#say(command)
  }

  /** What the package gets for its native library. */
  get native(): Record<string, unknown> {
    return this.#require(`${this.installed.folder}/build/Release/trtc_electron_sdk.node`) as Record<string, unknown>
  }

  load(): this {
    this.say({ type: 'load-sdk', folder: this.installed.folder })
    return this
  }

  /** The native side raises this, and the SDK's JavaScript passes it on. */
  async raise(event: string, data: object = {}): Promise<void> {
    this.double.raise(event, data)
    await settled()
  }

  attachPreview(): void {
    const port: PortLike = {
      onmessage: null,
      postMessage: (message) => void this.preview.push(structuredClone(message) as PreviewMessage),
      close: () => undefined,
    }
    this.#port = port
    this.page.attachPort(port)
  }

  ask(request: PreviewRequest): void {
    this.#port?.onmessage?.({ data: request } as MessageEvent<unknown>)
  }

  /** Calls of this name, in order. */
  called(name: string): readonly (readonly unknown[])[] {
    return this.double.calls.filter((call) => call.name === name).map(({ args }) => args)
  }

  names(only: readonly string[]): string[] {
    return this.double.calls.map(({ name }) => name).filter((name) => only.includes(name))
  }

  get calls(): readonly NativeCall[] {
    return this.double.calls
  }

  last<T extends TrtcReport['type']>(type: T): Extract<TrtcReport, { type: T }> | undefined {
    return this.reports.filter((report): report is Extract<TrtcReport, { type: T }> => report.type === type).at(-1)
  }

  /** The last that was told of a destination. */
  destination(id: string): Extract<TrtcReport, { type: 'status' }>['destinations'][number] | undefined {
    return this.last('status')?.destinations.find((one) => one.id === id)
  }

  /** In the room, on the air, and the task runs. */
  async live(target: TrtcTarget = TARGET): Promise<void> {
    this.load()
    this.say({ type: 'set-scene', scene: SCENE }, { type: 'set-target', target }, { type: 'start-program', title: 'Show', language: 'en' })
    await this.raise('onEnterRoom', { result: 20 })
    await this.raise('onSendFirstLocalVideoFrame', { streamType: 0 })
    if (target.relays.length > 0) await this.raise('onStartPublishMediaStream', { taskId: 'task-1', code: 0, message: '' })
    for (const { url } of target.relays) await this.raise('onCdnStreamStateChanged', { cdnUrl: url, status: 2, code: 0, msg: '' })
  }

  close(): void {
    this.page.close()
  }
}

import type { TRTCEventTypes } from 'trtc-sdk-v5'
import type { TrtcRoom, TrtcSdk } from '../../../../../../renderer/web/guest/trtc/trtc-sdk'

type Handlers = { [Event in keyof TRTCEventTypes]?: ((...args: TRTCEventTypes[Event]) => void)[] }
type Enter = Parameters<TrtcRoom['enterRoom']>[0]
type LocalVideo = NonNullable<Parameters<TrtcRoom['startLocalVideo']>[0]>
type LocalAudio = NonNullable<Parameters<TrtcRoom['startLocalAudio']>[0]>
type Used =
  | 'on'
  | 'enterRoom'
  | 'exitRoom'
  | 'destroy'
  | 'switchRole'
  | 'startLocalVideo'
  | 'updateLocalVideo'
  | 'stopLocalVideo'
  | 'startLocalAudio'
  | 'updateLocalAudio'
  | 'stopLocalAudio'
  | 'startRemoteVideo'
  | 'stopRemoteVideo'
  | 'muteRemoteAudio'
  | 'setRemoteAudioVolume'
  | 'getVideoTrack'

export const rtcError = (code: number, extraCode = 0): Error => Object.assign(new Error(`code ${code}`), { code, extraCode })

/** One TRTC object: says what it was told, and refuses what the SDK's documents do not allow in that order. */
export class FakeRoom implements Record<Used, unknown> {
  readonly said: string[] = []
  readonly illegal: string[] = []
  /** What concerns the own sound waits for it. */
  hang: Promise<void> | null = null
  entry: Enter | null = null
  video: LocalVideo | null = null
  audio: LocalAudio | null = null
  /** What the next call of that name is answered with. */
  readonly fails = new Map<string, Error>()
  /** Entries are answered by hand. */
  answer: { resolve(): void; reject(error: Error): void } | null = null
  #phase: 'out' | 'entering' | 'in' | 'destroyed' = 'out'
  #anchor = false
  /** As the SDK keeps it: over absences too. */
  readonly #told = new Map<string, boolean>()
  readonly #sounding = new Set<string>()
  /** The picture of whoever is seen. */
  remoteTrack: MediaStreamTrack | null = { kind: 'video' } as MediaStreamTrack
  readonly #handlers: Handlers = {}
  readonly #slow: boolean

  constructor(slow: boolean) {
    this.#slow = slow
  }

  get phase(): string {
    return this.#phase
  }

  /** Whose sound is played. */
  get plays(): string[] {
    return [...this.#sounding].filter((userId) => this.#told.get(userId) === true)
  }

  on<Event extends keyof TRTCEventTypes>(event: Event, handler: (...args: TRTCEventTypes[Event]) => void): this {
    const list: ((...args: TRTCEventTypes[Event]) => void)[] = this.#handlers[event] ?? []
    list.push(handler)
    Object.assign(this.#handlers, { [event]: list })
    return this
  }

  emit<Event extends keyof TRTCEventTypes>(event: Event, ...args: TRTCEventTypes[Event]): void {
    if (event === 'kicked-out') this.#phase = 'out'
    for (const one of args) {
      if (typeof one !== 'object' || one === null || !('userId' in one) || typeof one.userId !== 'string') continue
      if (event === 'remote-audio-available') this.#sounding.add(one.userId)
      if (event === 'remote-audio-unavailable' || event === 'remote-user-exit') this.#sounding.delete(one.userId)
    }
    for (const handler of this.#handlers[event] ?? []) handler(...args)
  }

  async enterRoom(entry: Enter): Promise<void> {
    this.#call(`enter ${entry.strRoomId ?? ''} as ${entry.role ?? ''}`, this.#phase === 'out')
    this.entry = entry
    this.#phase = 'entering'
    if (this.#slow) await new Promise<void>((resolve, reject) => (this.answer = { resolve, reject: (error) => this.#refuse(error, reject) }))
    this.#mayFail('enterRoom')
    this.#phase = 'in'
    this.#anchor = String(entry.role) === 'anchor'
  }

  #refuse(error: Error, reject: (error: Error) => void): void {
    if (this.#phase === 'entering') this.#phase = 'out'
    reject(error)
  }

  async exitRoom(): Promise<void> {
    this.#call('exit', this.#phase === 'in' || this.#phase === 'entering')
    this.#phase = 'out'
    this.answer?.reject(rtcError(5998))
  }

  destroy(): void {
    this.#call('destroy', this.#phase === 'out')
    this.#phase = 'destroyed'
  }

  async switchRole(role: Parameters<TrtcRoom['switchRole']>[0]): Promise<void> {
    this.#call(`be ${role}`, this.#phase === 'in')
    await this.#mayFailLater('switchRole', () => undefined)
    this.#anchor = String(role) === 'anchor'
  }

  async startLocalVideo(config: LocalVideo): Promise<void> {
    this.#call(
      `video ${lineOf(config.mute, config.option?.profile)}`,
      this.#phase === 'in' && this.#anchor && this.video === null,
      this.video === null ? 5100 : 5998,
    )
    this.#mayFail('startLocalVideo')
    this.video = config
    switchTrack(config.option?.videoTrack, config.mute)
  }

  async updateLocalVideo(config: LocalVideo): Promise<void> {
    this.#call(`video: ${lineOf(config.mute, config.option?.profile)}`, this.video !== null)
    this.video = config
    switchTrack(config.option?.videoTrack, config.mute)
  }

  async stopLocalVideo(): Promise<void> {
    this.#call('no video', this.video !== null)
    this.#mayFail('stopLocalVideo')
    this.video = null
  }

  async startLocalAudio(config: LocalAudio): Promise<void> {
    this.#call(`audio ${lineOf(config.mute)}`, this.#phase === 'in' && this.#anchor && this.audio === null, this.audio === null ? 5100 : 5998)
    await this.hang
    this.#mayFail('startLocalAudio')
    this.audio = config
    switchTrack(config.option?.audioTrack, config.mute)
  }

  async updateLocalAudio(config: LocalAudio): Promise<void> {
    this.#call(`audio: ${lineOf(config.mute)}`, this.audio !== null)
    await this.hang
    this.audio = config
    switchTrack(config.option?.audioTrack, config.mute)
  }

  async stopLocalAudio(): Promise<void> {
    this.#call('no audio', this.audio !== null)
    this.audio = null
  }

  async startRemoteVideo({ userId, streamType }: Parameters<TrtcRoom['startRemoteVideo']>[0]): Promise<void> {
    this.#call(`see ${userId} ${streamType}`, this.#phase === 'in')
    await this.#mayFailLater(`see ${streamType}`, () => undefined)
  }

  async stopRemoteVideo({ userId, streamType }: Parameters<TrtcRoom['stopRemoteVideo']>[0]): Promise<void> {
    this.#call(`see no ${userId} ${streamType ?? ''}`, this.#phase === 'in')
  }

  async muteRemoteAudio(userId: string, mute: boolean): Promise<void> {
    this.#call(`${mute ? 'not hear' : 'hear'} ${userId}`, this.#phase === 'in')
    this.#told.set(userId, !mute)
    await this.#mayFailLater('muteRemoteAudio', () => this.#told.delete(userId))
  }

  setRemoteAudioVolume(userId: string, volume: number): void {
    this.#call(`volume ${userId} ${volume}`, true)
  }

  getVideoTrack(): MediaStreamTrack | null {
    return this.remoteTrack
  }

  #call(what: string, legal: boolean, code = 5100): void {
    this.said.push(what)
    if (legal) return
    this.illegal.push(what)
    throw rtcError(code)
  }

  /** Refused by the other side: what was noted of it is taken back. */
  async #mayFailLater(name: string, undo: () => void): Promise<void> {
    await Promise.resolve()
    try {
      this.#mayFail(name)
    } catch (error) {
      undo()
      throw error
    }
  }

  #mayFail(name: string): void {
    const error = this.fails.get(name)
    if (error === undefined) return
    this.fails.delete(name)
    if (name === 'enterRoom') this.#phase = 'out'
    throw error
  }
}

/** The SDK switches the track itself. */
function switchTrack(track: MediaStreamTrack | undefined, mute: unknown): void {
  if (track !== undefined) track.enabled = mute !== true
}

function lineOf(mute: boolean | string | undefined, profile?: unknown): string {
  const height = typeof profile === 'object' && profile !== null && 'height' in profile ? ` ${String(profile.height)}` : ''
  return `${mute === true ? 'muted' : 'on'}${height}`
}

/** The SDK, with its own names of events and types. Each room is kept. */
export class FakeSdk {
  readonly rooms: FakeRoom[] = []
  readonly speakers: string[] = []
  /** Entries wait for `answer`. */
  slow = false
  /** The next rooms' entries fail so. */
  readonly refusals: Error[] = []

  get sdk(): TrtcSdk {
    const create = (): FakeRoom => {
      const room = new FakeRoom(this.slow)
      const refusal = this.refusals.shift()
      if (refusal !== undefined) room.fails.set('enterRoom', refusal)
      this.rooms.push(room)
      return room
    }
    return {
      create,
      EVENT: {
        ERROR: 'error',
        AUTOPLAY_FAILED: 'autoplay-failed',
        KICKED_OUT: 'kicked-out',
        REMOTE_USER_ENTER: 'remote-user-enter',
        REMOTE_USER_EXIT: 'remote-user-exit',
        REMOTE_AUDIO_AVAILABLE: 'remote-audio-available',
        REMOTE_AUDIO_UNAVAILABLE: 'remote-audio-unavailable',
        REMOTE_VIDEO_AVAILABLE: 'remote-video-available',
        REMOTE_VIDEO_UNAVAILABLE: 'remote-video-unavailable',
        CONNECTION_STATE_CHANGED: 'connection-state-changed',
        PUBLISH_STATE_CHANGED: 'publish-state-changed',
        STATISTICS: 'statistics',
        TRACK: 'track',
      },
      TYPE: { SCENE_LIVE: 'live', ROLE_ANCHOR: 'anchor', ROLE_AUDIENCE: 'audience', STREAM_TYPE_MAIN: 'main', STREAM_TYPE_SUB: 'sub' },
      setLogLevel: () => undefined,
      setCurrentSpeaker: async (id: string) => void this.speakers.push(id),
      isSupported: async () => ({ result: true }),
    } as unknown as TrtcSdk
  }

  get room(): FakeRoom {
    const room = this.rooms.at(-1)
    if (room === undefined) throw new Error('no room was made')
    return room
  }
}

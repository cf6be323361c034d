import type { ErrorInfo } from '../../../electron/shared/errors'
import { DEFAULT_PROFILE, RESOLUTIONS, type Profile } from '../../../electron/shared/profile'
import { isPicture, isSound, type Scene } from '../../../electron/shared/scene'
import { chooseEngine, createCompositor, decodeImage, drawPlaceholder, drawText, TestCard, type Compositor, type Layer } from '../compositor'
import type { FromWorker, SourceReading, ToWorker } from '../worker-protocol'
import { AudioMixer, type MixedBlock } from './audio-mixer'
import { AudioOutput } from './audio-output'
import { nowUs } from './clock'
import { chooseEncoder, type EncoderChoice, type EncoderWish } from './encoder-choice'
import { FrameIntake } from './frame-intake'
import { toDb } from './level-meter'
import { PreviewSender } from './preview-sender'
import { ProgramSender } from './program-sender'
import { SampleIntake } from './sample-intake'
import { encodeSlate } from './slate-encoder'
import { TickSchedule } from './tick-schedule'
import { VideoOutput } from './video-output'

const REPORT_EVERY_MS = 500
const AUDIO_EVERY_MS = 10
/** While nobody is live the picture is only looked at. */
const IDLE_MAX_FPS = 30
const ENCODER_RETRY_MS = 500
const ENCODER_TRIES = 5

/**
 * The program: newest pictures and sounds of all sources, put together at the profile's rate, encoded while a show runs.
 * Owns the compositor, the encoders, all intakes and its timers.
 */
export class Program {
  readonly #tell: (message: FromWorker) => void
  readonly #mixer = new AudioMixer()
  readonly #preview = new PreviewSender()
  readonly #sender: ProgramSender
  readonly #frames = new Map<string, FrameIntake>()
  readonly #samples = new Map<string, SampleIntake>()
  readonly #composeMs: number[] = []
  readonly #choices = new Map<string, Promise<EncoderChoice | null>>()
  #compositor: Compositor | null = null
  #scene: Scene = { sources: [] }
  #layers: Layer[] = []
  #drawn = new Map<string, string>()
  #profile: Profile = DEFAULT_PROFILE
  #schedule: TickSchedule | null = null
  #testCard: TestCard | null = null
  #video: VideoOutput | null = null
  #audio: AudioOutput | null = null
  #audioFailed = false
  #show: { title: string; language: 'en' | 'zh-CN' } | null = null
  #advisedKbps: number | null = null
  #encoderTries = 0
  #silence: Uint8Array | null = null
  #slateConfig: VideoEncoderConfig | null = null
  #composing = false
  #ticks = 0
  #missed = 0
  #reportedAtMs = performance.now()

  constructor(tell: (message: FromWorker) => void) {
    this.#tell = tell
    this.#sender = new ProgramSender({
      onKeyFrameWanted: () => this.#video?.wantKeyFrame(),
      onBitrateAdvice: (kbps) => {
        this.#advisedKbps = kbps
        this.#video?.setBitrate(Math.min(kbps, this.#profile.bitrateKbps))
      },
    })
  }

  async open(): Promise<void> {
    const { width, height } = RESOLUTIONS[this.#profile.resolution]
    const choice = await this.#choose()
    const engine = await chooseEngine({ width, height, hardwareEncoder: choice?.hardware ?? false })
    this.#tell({ type: 'log', level: 'info', message: `compositor ${engine.engine}: ${engine.reason}` })
    const size = RESOLUTIONS[this.#profile.resolution]
    this.#compositor = await createCompositor({
      ...size,
      engine: engine.engine,
      onEngineChange: (to, reason) => this.#tell({ type: 'log', level: 'warn', message: `compositor is ${to} now: ${reason}` }),
    })
    // Pictures that came before there was a compositor are drawn now.
    this.#drawn.clear()
    this.#drawStills()
    this.#loop()
    setInterval(() => this.#pumpAudio(), AUDIO_EVERY_MS)
    setInterval(() => this.#report(), REPORT_EVERY_MS)
    void this.#openAudio()
  }

  handle(message: ToWorker): void {
    switch (message.type) {
      case 'port':
        if (message.use === 'program') this.#sender.attach(message.port)
        else this.#preview.attach(message.port)
        break
      case 'profile':
        this.#setProfile(message.profile)
        break
      case 'scene':
        this.#setScene(message.scene)
        break
      case 'video':
        this.#frames.get(message.id)?.close()
        this.#frames.set(message.id, new FrameIntake(message.frames, (frame) => this.#newFrame(message.id, frame)))
        this.#applyDelays()
        break
      case 'audio':
        this.#samples.get(message.id)?.close()
        this.#mixer.drop(message.id)
        this.#samples.set(message.id, new SampleIntake(message.samples, (left, right, at) => this.#mixer.push(message.id, left, right, at)))
        break
      case 'image':
        void this.#image(message.id, message.file, message.name)
        break
      case 'lost':
        this.#lost(message.id, message.name, message.message)
        break
      case 'start-program':
        this.#start(message.title, message.language)
        break
      case 'stop-program':
        this.#stop()
        break
      case 'measure':
        void this.#measure(message.requestId, message.forMs)
        break
    }
  }

  // — sources —

  #setScene(scene: Scene): void {
    this.#scene = scene
    this.#mixer.setScene(scene)
    this.#layers = scene.sources
      .filter(isPicture)
      .filter((source) => source.visible)
      .map(({ id, transform }) => ({ id, transform }))
    const ids = new Set(scene.sources.map((source) => source.id))
    for (const [id, intake] of this.#frames) {
      if (ids.has(id)) continue
      intake.close()
      this.#frames.delete(id)
    }
    for (const [id, intake] of this.#samples) {
      if (ids.has(id)) continue
      intake.close()
      this.#samples.delete(id)
    }
    for (const id of this.#drawn.keys()) if (!ids.has(id)) this.#drawn.delete(id)
    this.#forgetPictures(ids)
    this.#applyDelays()
    this.#drawStills()
  }

  #known = new Set<string>()

  #forgetPictures(ids: ReadonlySet<string>): void {
    for (const id of this.#known) {
      if (ids.has(id)) continue
      this.#compositor?.removePicture(id)
      this.#known.delete(id)
    }
  }

  #newFrame(id: string, frame: VideoFrame): void {
    if (this.#compositor === null || !this.#scene.sources.some((source) => source.id === id)) {
      frame.close()
      return
    }
    this.#known.add(id)
    this.#compositor.setPicture(id, frame)
  }

  #applyDelays(): void {
    for (const source of this.#scene.sources) if (isPicture(source) && 'syncOffsetMs' in source) this.#frames.get(source.id)?.setDelay(source.syncOffsetMs)
  }

  #drawStills(): void {
    if (this.#compositor === null) return
    const { width, height } = RESOLUTIONS[this.#profile.resolution]
    for (const source of this.#scene.sources) {
      if (source.kind !== 'text') continue
      const key = JSON.stringify([source.text, source.colour, source.background, source.size, source.align, source.transform.width, width])
      if (this.#drawn.get(source.id) === key) continue
      this.#drawn.set(source.id, key)
      this.#known.add(source.id)
      this.#compositor.setPicture(source.id, drawText(source, width, height))
    }
  }

  async #image(id: string, file: Blob, name: string): Promise<void> {
    const { width, height } = RESOLUTIONS['1080p']
    try {
      const still = await decodeImage(file, width, height, name)
      this.#known.add(id)
      this.#compositor?.setPicture(id, still)
    } catch (error) {
      const info: ErrorInfo = { code: 'source.image-unreadable', context: { file: name } }
      this.#tell({ type: 'image-failed', id, error: info })
      this.#tell({ type: 'log', level: 'warn', message: `image: ${error instanceof Error ? error.message : 'unreadable'}` })
    }
  }

  #lost(id: string, name: string, message: string): void {
    this.#frames.get(id)?.close()
    this.#frames.delete(id)
    this.#samples.get(id)?.close()
    this.#samples.delete(id)
    this.#mixer.drop(id)
    const source = this.#scene.sources.find((one) => one.id === id)
    if (source === undefined || !isPicture(source)) return
    const { width, height } = RESOLUTIONS[this.#profile.resolution]
    this.#known.add(id)
    this.#compositor?.setPicture(id, drawPlaceholder({ name, message, width: Math.round(width / 2), height: Math.round(height / 2) }))
  }

  // — pictures —

  #targetFps(): number {
    return this.#show === null ? Math.min(IDLE_MAX_FPS, this.#preview.fps) : this.#profile.fps
  }

  /** Ticks for ever: at the profile's rate while live, at the preview's while idle, not at all when nobody looks. */
  #loop(): void {
    const fps = this.#targetFps()
    if (fps === 0) {
      this.#schedule = null
      setTimeout(() => this.#loop(), 100)
      return
    }
    if (this.#schedule?.fps !== fps) {
      // On whole frame times of the clock, so that the test card's flash stands on a frame.
      const now = nowUs()
      const second = Math.ceil(now / 1_000_000) * 1_000_000
      this.#schedule = new TickSchedule(fps, second - Math.floor(((second - now) * fps) / 1_000_000) * (1_000_000 / fps))
    }
    const due = this.#schedule.take(nowUs())
    if (due !== null) {
      this.#missed += this.#show === null ? 0 : due.missed
      void this.#tick(due.timestampUs)
    }
    setTimeout(() => this.#loop(), Math.max(0, (this.#schedule.nextUs - nowUs()) / 1_000))
  }

  async #tick(timestampUs: number): Promise<void> {
    const compositor = this.#compositor
    if (compositor === null) return
    if (this.#composing) {
      this.#missed += this.#show === null ? 0 : 1
      return
    }
    this.#composing = true
    const startedAt = performance.now()
    try {
      this.#drawTestCards(timestampUs)
      const frame = await compositor.compose(this.#layers, timestampUs)
      this.#ticks += 1
      this.#composeMs.push(performance.now() - startedAt)
      this.#video?.encode(frame)
      frame.close()
      await this.#preview.sendPicture(compositor)
    } catch (error) {
      this.#tell({ type: 'log', level: 'error', message: `compose: ${error instanceof Error ? error.message : String(error)}` })
    } finally {
      this.#composing = false
    }
  }

  #drawTestCards(timestampUs: number): void {
    const cards = this.#scene.sources.filter((source) => source.kind === 'test-card' && source.visible)
    if (cards.length === 0) return
    const { width, height } = RESOLUTIONS[this.#profile.resolution]
    this.#testCard ??= new TestCard(width, height, this.#profile.fps)
    for (const { id } of cards) {
      this.#known.add(id)
      this.#compositor?.setPicture(id, this.#testCard.draw(timestampUs))
    }
  }

  // — encoding —

  #wish(): EncoderWish {
    return { ...RESOLUTIONS[this.#profile.resolution], fps: this.#profile.fps, bitrateKbps: this.#profile.bitrateKbps }
  }

  /** Tried once for each size and rate, ahead of need: going live must not wait for it. */
  async #choose(): Promise<EncoderChoice | null> {
    const wish = this.#wish()
    const key = `${wish.width}x${wish.height}@${wish.fps}`
    let known = this.#choices.get(key)
    if (known === undefined) {
      known = chooseEncoder(wish)
      this.#choices.set(key, known)
    }
    const choice = await known
    return choice === null ? null : { ...choice, config: { ...choice.config, bitrate: Math.min(this.#advisedKbps ?? Infinity, wish.bitrateKbps) * 1_000 } }
  }

  #setProfile(profile: Profile): void {
    const before = this.#profile
    this.#profile = profile
    this.#advisedKbps = null
    if (before.resolution !== profile.resolution || before.fps !== profile.fps) this.#testCard = null
    const { width, height } = RESOLUTIONS[profile.resolution]
    this.#compositor?.setSize(width, height)
    this.#drawStills()
    void this.#choose().then((choice) => {
      if (choice === null || this.#video === null) return
      this.#video.reconfigure(choice)
      this.#slateConfig = choice.config
      void this.#makeSlate()
    })
  }

  async #openAudio(): Promise<void> {
    try {
      this.#audio = await AudioOutput.open({
        onParameters: (parameters) => this.#sender.setAudio(parameters),
        onFrame: (frame) => {
          // The first frame is the encoder's own lead-in: silence whatever was put in.
          if (this.#silence === null) {
            this.#silence = frame.data
            void this.#makeSlate()
          }
          this.#sender.audio(frame)
        },
        onError: (error) => this.#audioError(error),
      })
    } catch (error) {
      this.#audioError(error instanceof Error ? error : new Error(String(error)))
    }
  }

  #audioError(error: Error): void {
    this.#tell({ type: 'log', level: 'error', message: `audio encoder: ${error.message}` })
    this.#audio?.close()
    this.#audio = null
    if (this.#audioFailed) return
    this.#audioFailed = true
    setTimeout(() => {
      this.#audioFailed = false
      void this.#openAudio()
    }, ENCODER_RETRY_MS)
  }

  #pumpAudio(): void {
    const blocks: MixedBlock[] = this.#mixer.due(nowUs())
    // Encoded all the time: its parameters are known before anyone goes live, and its clock never jumps.
    for (const block of blocks) this.#audio?.encode(block)
    this.#preview.sendLevels(this.#mixer)
  }

  #start(title: string, language: 'en' | 'zh-CN'): void {
    this.#show = { title, language }
    this.#encoderTries = 0
    this.#missed = 0
    this.#sender.begin(crypto.randomUUID())
    this.#tell({ type: 'program', state: 'starting', error: null })
    void this.#openVideo()
  }

  async #openVideo(): Promise<void> {
    const choice = await this.#choose()
    if (this.#show === null) return
    if (choice === null) {
      const { width, height, fps } = this.#wish()
      this.#tell({ type: 'program', state: 'failed', error: { code: 'encoder.unsupported', context: { width, height, fps } } })
      return
    }
    this.#video?.close()
    this.#slateConfig = choice.config
    let first = true
    this.#video = new VideoOutput(choice, {
      onParameters: (parameters) => this.#sender.setVideo(parameters),
      onChunk: (chunk) => {
        this.#sender.video(chunk)
        if (!first) return
        first = false
        this.#tell({ type: 'program', state: 'on', error: null })
        void this.#makeSlate()
      },
      onError: (error) => this.#videoError(error),
    })
  }

  #videoError(error: Error): void {
    this.#tell({ type: 'log', level: 'error', message: `video encoder: ${error.message}` })
    this.#video = null
    if (this.#show === null) return
    this.#encoderTries += 1
    const info: ErrorInfo = { code: 'encoder.failed', context: { reason: error.message.slice(0, 200) } }
    if (this.#encoderTries > ENCODER_TRIES) {
      this.#tell({ type: 'program', state: 'failed', error: info })
      return
    }
    // A hardware encoder that broke once is not trusted again in this run.
    this.#choices.clear()
    setTimeout(() => void this.#openVideo(), ENCODER_RETRY_MS * this.#encoderTries)
  }

  async #makeSlate(): Promise<void> {
    if (this.#show === null || this.#slateConfig === null || this.#silence === null) return
    const slate = await encodeSlate(this.#slateConfig, this.#show.title, this.#show.language, this.#silence)
    if (slate === null) this.#tell({ type: 'log', level: 'warn', message: 'the slate could not be encoded' })
    else if (this.#show !== null) this.#sender.setSlate(slate)
  }

  #stop(): void {
    this.#show = null
    this.#advisedKbps = null
    this.#video?.close()
    this.#video = null
    this.#sender.end()
    this.#tell({ type: 'program', state: 'off', error: null })
  }

  // — reports —

  #report(): void {
    const now = performance.now()
    const elapsedMs = now - this.#reportedAtMs
    this.#reportedAtMs = now
    const sorted = this.#composeMs.splice(0).sort((a, b) => a - b)
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
    const fps = (this.#ticks * 1_000) / elapsedMs
    this.#ticks = 0
    const sources: Record<string, SourceReading> = {}
    for (const [id, intake] of this.#frames) sources[id] = intake.reading(elapsedMs)
    const video = this.#video
    this.#tell({
      type: 'stats',
      sources,
      stats: {
        engine: this.#compositor?.engine ?? 'planar',
        encoder: video === null ? null : { codec: video.codec, hardware: video.hardware, audio: this.#audio?.engine ?? 'wasm' },
        targetFps: this.#targetFps(),
        fps,
        composeMsP50: at(0.5),
        composeMsP95: at(0.95),
        encodeMsP50: video?.takeEncodeMs() ?? 0,
        encodeQueue: video?.queue ?? 0,
        skippedFrames: (video?.skippedFrames ?? 0) + this.#missed,
        encodedFrames: video?.encodedFrames ?? 0,
        bitrateKbps: video?.bitrateKbps ?? this.#profile.bitrateKbps,
        audioPeakDb: this.#mixer.takePeakDb(),
      },
    })
  }

  async #measure(requestId: string, forMs: number): Promise<void> {
    const counters = new Map<string, number>()
    const startedAt = performance.now()
    const before = new Map([...this.#frames].map(([id, intake]) => [id, intake] as const))
    for (const intake of before.values()) intake.reading(1)
    const peaks: Record<string, number> = {}
    const samples = setInterval(() => {
      const levels = this.#mixer.levels()
      for (const [id, level] of Object.entries(levels.sources)) peaks[id] = Math.max(peaks[id] ?? toDb(0), level.peakDb)
      for (const [id, intake] of before) counters.set(id, (counters.get(id) ?? 0) + intake.reading(1).fps / 1_000)
    }, 50)
    const choice = await this.#choose()
    await new Promise((resolve) => setTimeout(resolve, forMs))
    clearInterval(samples)
    const seconds = (performance.now() - startedAt) / 1_000
    const pictures: Record<string, { fps: number; variance: number | null }> = {}
    for (const source of this.#scene.sources) {
      if (!isPicture(source)) continue
      pictures[source.id] = { fps: (counters.get(source.id) ?? 0) / seconds, variance: (await this.#compositor?.variance(source.id)) ?? null }
    }
    for (const source of this.#scene.sources) if (isSound(source)) peaks[source.id] ??= toDb(0)
    this.#tell({
      type: 'measured',
      requestId,
      measurement: { pictures, peaksDb: peaks, encoder: { ok: choice !== null, hardware: choice?.hardware ?? false, fps: choice?.fps ?? 0 } },
    })
  }
}

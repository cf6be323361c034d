import { coAnchorSource } from '../../../electron/shared/co-anchor-line'
import { assertNever } from '../../../electron/shared/errors'
import { DEFAULT_PROFILE, RESOLUTIONS, type Profile } from '../../../electron/shared/profile'
import { WHOLE } from '../../../electron/shared/seat-layout'
import { PAUSE_CARD, type Card } from '../../../electron/shared/show-status'
import { chooseEngine, createCompositor, type Compositor, type Layer } from '../compositor'
import type { FromWorker, ToWorker } from '../worker-protocol'
import { AudioMixer } from './audio-mixer'
import { EncoderChoices, wishOf } from './encoder-choice'
import { FaultLog } from './fault-log'
import type { Log } from './log'
import { Pause } from './pause'
import { PictureClock } from './picture-clock'
import { PreviewSender } from './preview-sender'
import { ProgramAudio } from './program-audio'
import { ProgramGuests } from './program-guests'
import { ProgramReturns } from './program-returns'
import { ProgramEncoding, type Show } from './program-encoding'
import { ProgramOverlay } from './program-overlay'
import { ProgramReport } from './program-report'
import { ProgramSender } from './program-sender'
import { ProgramSources } from './program-sources'
import { StatusLine } from './status-line'

/** While nobody is live the picture is only looked at. */
const IDLE_MAX_FPS = 30

/** What a pause card says outside of a show, where only the preview has it. */
const NO_SHOW: Show = { title: '', language: 'en' }

type Tell = (message: FromWorker) => void

/**
 * The program: newest pictures and sounds of all sources, put together at the profile's rate, encoded while a show runs.
 * Brings its parts together and owns them; `close` ends them all.
 */
export class Program {
  readonly #tell: Tell
  readonly #compositor: Compositor
  readonly #mixer = new AudioMixer()
  readonly #preview: PreviewSender
  readonly #sender: ProgramSender
  readonly #sources: ProgramSources
  readonly #encoding: ProgramEncoding
  readonly #audio: ProgramAudio
  readonly #report: ProgramReport
  readonly #clock: PictureClock
  readonly #pause: Pause
  readonly #overlay: ProgramOverlay
  readonly #line: StatusLine
  readonly #guests: ProgramGuests
  readonly #returns: ProgramReturns
  #profile: Profile = DEFAULT_PROFILE
  #show: Show | null = null
  #told = ''

  /** Chooses the pictures' engine by measuring. Rejects when no compositor can be made. */
  static async open(tell: Tell): Promise<Program> {
    const log: Log = (level, message) => tell({ type: 'log', level, message })
    const size = RESOLUTIONS[DEFAULT_PROFILE.resolution]
    const choices = new EncoderChoices()
    const encoder = await choices.bestOrNone(wishOf(DEFAULT_PROFILE), log)
    const engine = await chooseEngine({ ...size, hardwareEncoder: encoder?.hardware ?? false })
    log('info', `compositor ${engine.engine}: ${engine.reason}`)
    const unreadable = new FaultLog('picture', log)
    const compositor = await createCompositor({
      ...size,
      engine: engine.engine,
      onEngineChange: (to, reason) => log('warn', `compositor is ${to} now: ${reason}`),
      onPictureError: (id, reason) => unreadable.fault(`${id}: ${reason}`),
    })
    return new Program(tell, log, compositor, choices)
  }

  private constructor(tell: Tell, log: Log, compositor: Compositor, choices: EncoderChoices) {
    this.#tell = tell
    this.#compositor = compositor
    const profile = this.#profile
    const mixer = this.#mixer
    const unreadable = new FaultLog('publisher', log)
    const sender = new ProgramSender({
      onKeyFrameWanted: () => this.#encoding.wantKeyFrame(),
      onBitrateAdvice: (kbps) => this.#encoding.advise(kbps),
      onUnreadable: () => unreadable.fault('it said what is no feedback'),
    })
    this.#sender = sender
    this.#preview = new PreviewSender(log)
    this.#pause = new Pause(compositor)
    this.#overlay = new ProgramOverlay({ compositor, ...RESOLUTIONS[profile.resolution] })
    this.#line = new StatusLine(compositor)
    this.#sources = new ProgramSources({ compositor, mixer, profile, log, onImageFailed: (id, error) => tell({ type: 'image-failed', id, error }) })
    this.#returns = new ProgramReturns(log)
    this.#guests = new ProgramGuests({
      compositor,
      mixer,
      preview: this.#preview,
      size: () => RESOLUTIONS[this.#profile.resolution],
      nowMs: () => performance.now(),
      log,
    })
    this.#encoding = new ProgramEncoding({ profile, choices, sender, log, onState: () => this.#tellState() })
    this.#audio = new ProgramAudio({
      mixer,
      sender,
      log,
      onBlock: (block) => {
        this.#guests.mixed(block)
        this.#returns.mixed(block)
      },
      onMixed: () => this.#preview.sendLevels(mixer),
      onSilence: (silence) => this.#encoding.setSilence(silence),
      onError: () => this.#tellState(),
    })
    this.#report = new ProgramReport({
      compositor,
      mixer,
      choices,
      log,
      sources: this.#sources,
      guests: this.#guests,
      encoding: this.#encoding,
      audio: this.#audio,
      now: () => ({ live: this.#show !== null, targetFps: this.#targetFps(), profile: this.#profile }),
      onStats: (stats, sources, guests) => tell({ type: 'stats', stats, sources, guests }),
    })
    const faults = new FaultLog('picture', log)
    this.#clock = new PictureClock({
      rate: () => this.#targetFps(),
      tick: (timestampUs) => this.#tick(timestampUs),
      onMissed: (count) => this.#report.missed(count),
      onError: (error) => faults.fault(error),
    })
  }

  handle(message: ToWorker): void {
    switch (message.type) {
      case 'port':
        this.#attach(message.use, message.port)
        break
      case 'profile':
        this.#setProfile(message.profile)
        break
      case 'scene':
        this.#sources.setScene(message.scene)
        break
      case 'video':
        this.#sources.video(message.id, message.frames)
        break
      case 'audio':
        this.#sources.audio(message.id, message.samples)
        break
      case 'image':
        void this.#sources.image(message.id, message.file, message.name)
        break
      case 'lost':
        this.#sources.lost(message.id, message.name, message.message)
        break
      case 'guests':
        this.#guests.set(message.layout, message.guests)
        break
      case 'guest-video':
        this.#guests.video(message.userId, message.frames)
        break
      case 'guest-audio':
        this.#guests.audio(message.userId, message.samples)
        break
      case 'guest-return':
        this.#returns.sound(coAnchorSource(message.userId), message.samples)
        break
      case 'program-return':
        this.#returns.pictures(message.frames)
        break
      case 'scene-return':
        this.#returns.scene(message.frames)
        break
      case 'guest-return-ended':
        this.#returns.end(coAnchorSource(message.userId))
        break
      case 'talk-to':
        this.#mixer.talkTo(message.userId === null ? null : coAnchorSource(message.userId))
        break
      case 'start-program':
        this.#start({ title: message.title, language: message.language })
        break
      case 'stop-program':
        this.#stop()
        break
      case 'paused':
        this.#setPaused(message.paused, message.card)
        break
      case 'line':
        this.#line.set(message.text)
        break
      case 'overlay':
        this.#overlay.set(message.overlay)
        break
      case 'overlay-say':
        this.#overlay.say(message.comments)
        break
      case 'overlay-take':
        this.#overlay.take(message.ids)
        break
      case 'overlay-banner':
        this.#overlay.banner(message.banner)
        break
      case 'measure':
        void this.#measure(message.requestId, message.forMs)
        break
      default:
        assertNever(message)
    }
  }

  /** Ends timers, encoders, intakes and ports; frees the pictures. */
  close(): void {
    this.#clock.close()
    this.#report.close()
    this.#audio.close()
    this.#encoding.stop()
    this.#sources.close()
    this.#guests.close()
    this.#returns.close()
    this.#sender.close()
    this.#preview.close()
    this.#compositor.dispose()
  }

  #attach(use: 'program' | 'preview', port: MessagePort): void {
    if (use === 'preview') {
      this.#preview.attach(port)
      return
    }
    // A new publisher knows nothing of the line yet: what the one before advised is void.
    this.#encoding.advise(null)
    this.#sender.attach(port)
  }

  #setProfile(profile: Profile): void {
    this.#profile = profile
    const { width, height } = RESOLUTIONS[profile.resolution]
    this.#compositor.setSize(width, height)
    this.#sources.setProfile(profile)
    this.#overlay.setSize(width, height)
    this.#encoding.setProfile(profile)
  }

  #start(show: Show): void {
    this.#show = show
    this.#report.restart()
    this.#sender.begin(crypto.randomUUID())
    this.#told = ''
    this.#encoding.start(show)
  }

  #stop(): void {
    this.#show = null
    this.#setPaused(false)
    this.#encoding.stop()
    this.#sender.end()
  }

  #setPaused(paused: boolean, card: Card = PAUSE_CARD): void {
    this.#pause.set(paused, card)
    this.#mixer.setPaused(paused)
  }

  #targetFps(): number {
    return this.#show === null ? Math.min(IDLE_MAX_FPS, Math.max(this.#preview.fps, this.#returns.fps)) : this.#profile.fps
  }

  async #tick(timestampUs: number): Promise<void> {
    const startedAt = performance.now()
    const frame = await this.#compositor.compose(this.#layers(timestampUs), timestampUs)
    try {
      this.#report.composed(performance.now() - startedAt)
      this.#encoding.encode(frame)
      this.#returns.sendScene(frame, this.#pause.paused ? WHOLE : this.#guests.anchorBox(timestampUs))
    } finally {
      frame.close()
    }
    await this.#preview.sendPicture(this.#compositor)
    await this.#returns.sendPicture(this.#compositor, timestampUs)
  }

  #layers(timestampUs: number): readonly Layer[] {
    // Also behind a pause card: what was said before it does not come on after it.
    const overlay = this.#overlay.layers(timestampUs)
    const size = RESOLUTIONS[this.#profile.resolution]
    if (this.#pause.paused) {
      const { title, language } = this.#show ?? NO_SHOW
      return this.#pause.layers({ title, language, ...size })
    }
    this.#sources.drawTestCards(timestampUs)
    const layers = this.#line.over(this.#guests.over(this.#sources.layers, timestampUs), size.width, size.height)
    return overlay.length === 0 ? layers : [...layers, ...overlay]
  }

  /** The show needs both encoders: what is wrong with either is wrong with it. */
  #tellState(): void {
    const { state } = this.#encoding
    const error = this.#show === null ? null : (this.#audio.error ?? (state.name === 'failed' ? state.error : null))
    const name = error !== null ? 'failed' : state.name === 'opening' || state.name === 'failed' ? 'starting' : state.name
    const told = JSON.stringify([name, error])
    if (told === this.#told) return
    this.#told = told
    this.#tell({ type: 'program', state: name, error })
  }

  async #measure(requestId: string, forMs: number): Promise<void> {
    this.#tell({ type: 'measured', requestId, measurement: await this.#report.measure(forMs) })
  }
}

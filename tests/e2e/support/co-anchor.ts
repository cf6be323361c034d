import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { chromium, type Browser, type Page } from 'playwright-core'
import { CHROMIUM_FLAGS, CHROMIUM_PATH } from '../../support/chromium'

const DEADLINE_MS = 30_000

/** A picture of one colour with a moving bar, white for 100 ms once a second; a tone, and a beep with the white. */
export interface Pattern {
  readonly colour: string
  readonly toneHz: number
}

export const GREEN: Pattern = { colour: '#00c040', toneHz: 440 }
export const MAGENTA: Pattern = { colour: '#c000c0', toneHz: 620 }
export const BEEP_HZ = 2_000

declare global {
  interface Window {
    /** UNIX milliseconds at which the pattern turned white. */
    patternFlashes: number[]
    /** What was handed out last. */
    patternTracks: MediaStreamTrack[]
  }
}

/** Puts the pattern in place of camera and microphone; everything behind them is the browser's own. */
function install({ colour, toneHz, beepHz }: { colour: string; toneHz: number; beepHz: number }): void {
  window.patternFlashes = []
  window.patternTracks = []
  const make = (constraints?: MediaStreamConstraints): MediaStream => {
    const tracks: MediaStreamTrack[] = []
    const context = new AudioContext({ sampleRate: 48_000 })
    const sink = context.createMediaStreamDestination()
    const tone = new OscillatorNode(context, { frequency: toneHz })
    const beep = new OscillatorNode(context, { frequency: beepHz })
    const toneGain = new GainNode(context, { gain: 0.2 })
    const beepGain = new GainNode(context, { gain: 0 })
    tone.connect(toneGain).connect(sink)
    beep.connect(beepGain).connect(sink)
    tone.start()
    beep.start()
    const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 })
    const drawing = canvas.getContext('2d')
    let white = false
    const draw = (): void => {
      if (drawing === null) return
      const ms = Date.now() % 1_000
      const isWhite = ms < 100
      if (isWhite && !white) {
        window.patternFlashes.push(Date.now())
        beepGain.gain.setValueAtTime(0.3, context.currentTime)
        beepGain.gain.setValueAtTime(0, context.currentTime + 0.1)
      }
      white = isWhite
      drawing.fillStyle = isWhite ? '#fff' : colour
      drawing.fillRect(0, 0, 640, 360)
      drawing.fillStyle = '#000'
      drawing.fillRect((ms / 1_000) * 620, 300, 20, 60)
    }
    setInterval(draw, 33)
    if (constraints?.video !== undefined && constraints.video !== false) tracks.push(...canvas.captureStream(30).getVideoTracks())
    if (constraints?.audio !== undefined && constraints.audio !== false) tracks.push(...sink.stream.getAudioTracks())
    window.patternTracks = [...window.patternTracks.filter(({ readyState }) => readyState === 'live'), ...tracks]
    return new MediaStream(tracks)
  }
  navigator.mediaDevices.getUserMedia = (constraints) => Promise.resolve(make(constraints))
}

export interface CoAnchorBrowser {
  readonly browser: Browser
  readonly pid: number
  /** Nothing of it runs: for everybody else its line is cut. */
  freeze(): void
  thaw(): void
  close(): Promise<void>
}

/** A browser of its own, as each co-anchor has one. */
export async function coAnchorBrowser(): Promise<CoAnchorBrowser> {
  const server = await chromium.launchServer({
    executablePath: CHROMIUM_PATH,
    args: [
      ...CHROMIUM_FLAGS,
      '--autoplay-policy=no-user-gesture-required',
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      '--disable-features=WebRtcHideLocalIpsWithMdns',
    ],
  })
  const browser = await chromium.connect(server.wsEndpoint())
  const root = server.process().pid ?? 0
  const signal = (name: NodeJS.Signals): void => {
    for (const pid of familyOf(root)) process.kill(pid, name)
  }
  return {
    browser,
    pid: root,
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    close: async () => {
      signal('SIGCONT')
      await browser.close()
      await server.close()
    },
  }
}

/** A process and all that came from it (Linux). */
function familyOf(root: number): number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const parents = new Map(all.flatMap((name) => (existsSync(`/proc/${name}/stat`) ? [[Number(name), parentOf(name)] as const] : [])))
  const family = [root]
  for (const pid of family) family.push(...[...parents].filter(([, parent]) => parent === pid).map(([child]) => child))
  return family
}

function parentOf(pid: string): number {
  try {
    // The name in brackets may have anything in it.
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1] ?? 0)
  } catch (error) {
    // Ended in this moment.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ESRCH') return 0
    throw error
  }
}

/** A page whose camera and microphone give this pattern. */
export async function patternPage(browser: Browser, pattern: Pattern, locale = 'en'): Promise<Page> {
  const context = await browser.newContext({ locale, viewport: { width: 1_280, height: 860 }, permissions: ['camera', 'microphone'] })
  await context.addInitScript(install, { ...pattern, beepHz: BEEP_HZ })
  const page = await context.newPage()
  page.setDefaultTimeout(DEADLINE_MS)
  return page
}

/** The co-anchor's page stands, and its call to the stage. */
export async function connected(page: Page): Promise<void> {
  await page.locator('[data-testid="guest-line"][data-state="connected"]').waitFor()
}

/** Amplitudes of these frequencies in what the co-anchor hears back, averaged over about a second and a half. */
export function heardBack(page: Page, frequencies: readonly number[]): Promise<number[]> {
  return page.getByTestId('guest-program').evaluate(async (video: HTMLVideoElement, wanted: readonly number[]) => {
    const context = new AudioContext({ sampleRate: 48_000 })
    const analyser = new AnalyserNode(context, { fftSize: 16_384, smoothingTimeConstant: 0 })
    context.createMediaStreamSource(video.srcObject as MediaStream).connect(analyser)
    const sums = wanted.map(() => 0)
    const bins = new Float32Array(analyser.frequencyBinCount)
    const rounds = 4
    for (let round = 0; round < rounds; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, 380))
      analyser.getFloatFrequencyData(bins)
      wanted.forEach((hz, at) => {
        const bin = Math.round((hz * analyser.fftSize) / context.sampleRate)
        const peak = Math.max(...bins.slice(bin - 2, bin + 3))
        sums[at] = (sums[at] ?? 0) + 10 ** (peak / 20) / rounds
      })
    }
    await context.close()
    return sums
  }, frequencies)
}

/** When a part of a playing video turned white during the next seconds, UNIX milliseconds. Shares of width and height. */
export function whiteTimes(page: Page, testId: string, at: { readonly x: number; readonly y: number }, seconds: number): Promise<number[]> {
  return page.getByTestId(testId).evaluate(
    (video: HTMLVideoElement, { x, y, forMs }) =>
      new Promise<number[]>((resolve) => {
        const drawing = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true })
        const times: number[] = []
        const endsAt = Date.now() + forMs
        let white = true
        const look = (): void => {
          if (drawing === null || Date.now() > endsAt) {
            resolve(times)
            return
          }
          drawing.drawImage(video, x * video.videoWidth, y * video.videoHeight, 1, 1, 0, 0, 1, 1)
          const [red = 0, green = 0, blue = 0] = drawing.getImageData(0, 0, 1, 1).data
          const isWhite = Math.min(red, green, blue) > 180
          if (isWhite && !white) times.push(Date.now())
          white = isWhite
          video.requestVideoFrameCallback(look)
        }
        video.requestVideoFrameCallback(look)
      }),
    { ...at, forMs: seconds * 1_000 },
  )
}

/** The middle of what lies between each of `from` and the next of `to`, milliseconds; null = nothing was seen. */
export function delayMs(from: readonly number[], to: readonly number[]): number | null {
  const delays = to.flatMap((time) => {
    const before = from.filter((one) => one <= time).at(-1)
    return before === undefined || time - before > 900 ? [] : [time - before]
  })
  return delays.sort((a, b) => a - b)[Math.floor(delays.length / 2)] ?? null
}

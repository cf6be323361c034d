import { JOIN_SCHEME, parseJoinLink, type JoinLink } from './join-link'
import type { Profile } from './profile'
import { parsePushUrl } from './push-url'
import { VIDEO_BITRATE_KBPS, VIDEO_FPS } from './thresholds'

/** The app's command line. Undefined = not given: the saved settings hold. */
export interface CommandLine {
  readonly goLive: boolean
  /** Push URLs, in order. Added to the local ingest for this run only. */
  readonly destinations: readonly string[]
  readonly source: 'camera' | 'screen' | 'test-card' | null
  readonly resolution: Profile['resolution'] | null
  readonly fps: number | null
  readonly bitrateKbps: number | null
  readonly dataDir: string | null
  /** Folder of Tencent's TRTC package; builds that are not packed only. */
  readonly trtcSdk: string | null
  /** 0 = any free; null = the default, or any free where that is taken. */
  readonly httpPort: number | null
  readonly rtmpPort: number | null
  readonly quitAfterSeconds: number | null
  readonly minimized: boolean
  /** A co-anchor's link that the system opened the app with. */
  readonly join: JoinLink | null
}

/** Whoever says on the command line what is to happen is not asked how to set things up. Folders and ports say nothing of that. */
export function isSetUp(options: CommandLine): boolean {
  const { goLive, minimized, join, destinations, source, resolution, fps, bitrateKbps, quitAfterSeconds } = options
  return goLive || minimized || join !== null || destinations.length > 0 || [source, resolution, fps, bitrateKbps, quitAfterSeconds].some((one) => one !== null)
}

export type ParsedCommandLine =
  | { readonly kind: 'run'; readonly options: CommandLine }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'version' }
  /** Exit code 2. */
  | { readonly kind: 'error'; readonly message: string }

/** The line printed on stdout once live. */
export interface LiveEvent {
  readonly event: 'live'
  readonly watch: string
  readonly play: string
  readonly ingest: string
}

/** The same where the room on this machine could not start and the program goes to other destinations only. */
export interface LiveElsewhereEvent {
  readonly event: 'live'
  readonly watch: null
  readonly play: null
  readonly ingest: null
}

export const HELP_TEXT = `AnchorDesk, the desk of a live-room anchor.

Usage: npm start -- [options] [anchordesk://…]

  anchordesk://<link>             join another show as a co-anchor by its link

  --go-live                       go live at once; prints one line of JSON on stdout when live
  --destination <url>             push to this rtmp:// or rtmps:// address as well; repeatable
  --source camera|screen|test-card  what to show instead of the saved scene
  --resolution 720p|1080p         picture size
  --fps <10-60>                   frames per second
  --bitrate <300-20000>           video bitrate, kbit/s
  --data-dir <folder>             where settings, keys and logs are kept
  --trtc-sdk <folder>             where trtc-electron-sdk lies with its native library (development only)
  --http-port <port>              watch page and HTTP-FLV (0 = any free)
  --rtmp-port <port>              ingest (0 = any free)
  --quit-after <seconds>          end the show and quit after so long
  --minimized                     start minimized
  --help, --version

The line that is printed when live (the addresses are null where a busy port keeps the room of this machine away):
  {"event":"live","watch":"http://…","play":"http://….flv","ingest":"rtmp://…/<key>"}

Exit codes: 0 after a show or a quit, 1 when the app or --go-live failed, 2 for a bad option.
`

/**
 * Switches of Chromium and Electron that are not ours to judge: what a launcher, a debugger or a test adds, and what a Linux
 * desktop may need. Whatever is not listed is refused: a mistyped option of ours must not pass for one of theirs.
 */
const FOREIGN: ReadonlySet<string> = new Set([
  'no-sandbox',
  'remote-debugging-port',
  'remote-debugging-pipe',
  'inspect',
  'inspect-brk',
  'js-flags',
  'lang',
  'use-fake-device-for-media-stream',
  'use-fake-ui-for-media-stream',
  'use-file-for-fake-video-capture',
  'use-file-for-fake-audio-capture',
  'enable-features',
  'disable-features',
  'enable-logging',
  'disable-gpu',
  'use-gl',
  'use-angle',
  'force-device-scale-factor',
  'ozone-platform',
  'ozone-platform-hint',
  'password-store',
])

type Draft = { -readonly [K in keyof CommandLine]: CommandLine[K] }

type Reader = (draft: Draft, value: string) => string | null

function choice<T extends string>(set: (draft: Draft, value: T) => void, ...accepted: readonly T[]): Reader {
  return (draft, value) => {
    const found = accepted.find((one) => one === value)
    if (found === undefined) return `takes ${accepted.join(', ')}`
    set(draft, found)
    return null
  }
}

function whole(set: (draft: Draft, value: number) => void, min: number, max: number): Reader {
  return (draft, value) => {
    const number = Number(value)
    if (!/^\d{1,7}$/.test(value) || number < min || number > max) return `takes a whole number from ${min} to ${max}`
    set(draft, number)
    return null
  }
}

const VALUES: Readonly<Record<string, Reader>> = {
  destination: (draft, value) => {
    const parsed = parsePushUrl(value)
    if (!parsed.ok) return 'takes an address such as rtmp://host/app/stream or rtmps://host/app/stream'
    if (draft.destinations.length >= 15) return 'may be given 15 times'
    draft.destinations = [...draft.destinations, value]
    return null
  },
  source: choice((draft, value) => (draft.source = value), 'camera', 'screen', 'test-card'),
  resolution: choice((draft, value) => (draft.resolution = value), '720p', '1080p'),
  fps: whole((draft, value) => (draft.fps = value), VIDEO_FPS.min, VIDEO_FPS.max),
  bitrate: whole((draft, value) => (draft.bitrateKbps = value), VIDEO_BITRATE_KBPS.min, VIDEO_BITRATE_KBPS.max),
  'data-dir': (draft, value) => {
    draft.dataDir = value
    return null
  },
  'trtc-sdk': (draft, value) => {
    draft.trtcSdk = value
    return null
  },
  'http-port': whole((draft, value) => (draft.httpPort = value), 0, 65_535),
  'rtmp-port': whole((draft, value) => (draft.rtmpPort = value), 0, 65_535),
  'quit-after': whole((draft, value) => (draft.quitAfterSeconds = value), 1, 604_800),
}

/**
 * Reads the arguments after the program (and, in development, after the app's path). `--flag value` and `--flag=value` are
 * the same. Unknown flags, bad, missing and repeated values are errors that name the flag and what it takes.
 */
export function parseCommandLine(argv: readonly string[]): ParsedCommandLine {
  const draft: Draft = {
    goLive: false,
    destinations: [],
    source: null,
    resolution: null,
    fps: null,
    bitrateKbps: null,
    dataDir: null,
    trtcSdk: null,
    httpPort: null,
    rtmpPort: null,
    quitAfterSeconds: null,
    minimized: false,
    join: null,
  }
  const seen = new Set<string>()
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index] ?? ''
    if (argument === '--help' || argument === '-h') return { kind: 'help', text: HELP_TEXT }
    if (argument === '--version') return { kind: 'version' }
    if (argument === '--go-live') draft.goLive = true
    else if (argument === '--minimized') draft.minimized = true
    else if (argument.startsWith(`${JOIN_SCHEME}:`)) {
      draft.join = parseJoinLink(argument)
      // It holds a token: it is not repeated.
      if (draft.join === null) return { kind: 'error', message: `this ${JOIN_SCHEME}:// link is not whole` }
    } else {
      const [, name = '', inline] = /^--([a-z-]+)(?:=([\s\S]*))?$/.exec(argument) ?? []
      const read = Object.hasOwn(VALUES, name) ? VALUES[name] : undefined
      if (read === undefined) {
        if (FOREIGN.has(name)) continue
        return { kind: 'error', message: argument.startsWith('-') ? `unknown option ${argument.split('=')[0] ?? ''}` : `unexpected "${argument}"` }
      }
      const value = inline ?? argv[++index]
      if (value === undefined || value === '' || (inline === undefined && value.startsWith('--'))) return { kind: 'error', message: `--${name} needs a value` }
      if (seen.has(name) && name !== 'destination') return { kind: 'error', message: `--${name} was given twice` }
      seen.add(name)
      const problem = read(draft, value)
      // An address may hold a key: it is not repeated.
      if (problem !== null) return { kind: 'error', message: name === 'destination' ? `--destination ${problem}` : `--${name} ${problem}, not "${value}"` }
    }
  }
  return { kind: 'run', options: draft }
}

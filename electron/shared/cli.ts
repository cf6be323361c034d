import type { Profile } from './profile'

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
  /** 0 = any free; null = the default, or any free where that is taken. */
  readonly httpPort: number | null
  readonly rtmpPort: number | null
  readonly quitAfterSeconds: number | null
  readonly minimized: boolean
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

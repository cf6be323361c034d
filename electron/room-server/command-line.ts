import { parseArgs } from 'node:util'
import { DEFAULT_HTTP_PORT, DEFAULT_RTMP_PORT } from '../shared/room-server'

export interface RoomServerCommandLine {
  readonly host: string
  readonly httpPort: number
  readonly rtmpPort: number
  readonly dataDir: string | null
  readonly streamKey: string | null
  readonly webRoot: string | null
  readonly title: string
}

export type ParsedRoomServerCommandLine =
  { readonly kind: 'run'; readonly options: RoomServerCommandLine } | { readonly kind: 'help' } | { readonly kind: 'error'; readonly message: string }

export const ROOM_SERVER_HELP = `AnchorDesk room server: RTMP ingest, HTTP-FLV and the watch page, without Electron.

Usage: npm run room-server -- [options]

  --http-port <port>    pages and HTTP-FLV (default ${DEFAULT_HTTP_PORT}; 0 = any free)
  --rtmp-port <port>    RTMP ingest (default ${DEFAULT_RTMP_PORT}; 0 = any free)
  --host <address>      127.0.0.1 (default), or 0.0.0.0 or :: to be reached from the network
  --stream-key <key>    who has it may publish; 16 to 128 letters, digits, "-" and "_"
                        (default: made once and kept in the data folder)
  --data-dir <folder>   where the key is kept (default ./room-data)
  --web-root <folder>   the built pages
  --title <text>        shown on the watch page
  --help                this text

When it listens it prints one line of JSON on stdout:
  {"event":"ready","http":…,"rtmp":…,"watch":…,"play":…,"ingest":…}
It logs on stderr. SIGINT and SIGTERM end it.
`

const STREAM_KEY = /^[A-Za-z0-9_-]{16,128}$/

export function parseRoomServerCommandLine(argv: readonly string[]): ParsedRoomServerCommandLine {
  let values: Partial<Record<string, string | boolean>>
  try {
    values = parseArgs({
      args: [...argv],
      strict: true,
      allowPositionals: false,
      options: {
        help: { type: 'boolean' },
        host: { type: 'string' },
        'http-port': { type: 'string' },
        'rtmp-port': { type: 'string' },
        'data-dir': { type: 'string' },
        'stream-key': { type: 'string' },
        'web-root': { type: 'string' },
        title: { type: 'string' },
      },
    }).values
  } catch (error) {
    return { kind: 'error', message: error instanceof Error ? (error.message.split('. ')[0] ?? error.message) : String(error) }
  }
  if (values['help'] === true) return { kind: 'help' }
  const text = (name: string): string | null => (typeof values[name] === 'string' ? values[name] : null)
  const httpPort = port(text('http-port'), DEFAULT_HTTP_PORT)
  const rtmpPort = port(text('rtmp-port'), DEFAULT_RTMP_PORT)
  if (httpPort === null) return { kind: 'error', message: '--http-port takes a number from 0 to 65535' }
  if (rtmpPort === null) return { kind: 'error', message: '--rtmp-port takes a number from 0 to 65535' }
  const streamKey = text('stream-key')
  if (streamKey !== null && !STREAM_KEY.test(streamKey)) return { kind: 'error', message: '--stream-key takes 16 to 128 letters, digits, "-" and "_"' }
  const host = text('host') ?? '127.0.0.1'
  if (!/^[0-9a-fA-F.:]+$/.test(host)) return { kind: 'error', message: '--host takes an address such as 127.0.0.1 or 0.0.0.0' }
  return { kind: 'run', options: { host, httpPort, rtmpPort, streamKey, dataDir: text('data-dir'), webRoot: text('web-root'), title: text('title') ?? '' } }
}

function port(text: string | null, fallback: number): number | null {
  if (text === null) return fallback
  const value = Number(text)
  return /^\d{1,5}$/.test(text) && value <= 65_535 ? value : null
}

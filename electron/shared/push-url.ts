import type { ParsedPushUrl } from './destination'
import { AnchorError, type Result } from './errors'

const DEFAULT_PORT = { rtmp: 1935, rtmps: 443 } as const
/** Between 2001 and 2106: outside it a txTime is not a time. */
const PLAUSIBLE_SEC = { min: 1_000_000_000, max: 0xffffffff } as const

/**
 * Understands a pasted push URL: rtmp(s)://host[:port]/app[/more]/stream[?query], also as OBS's two fields (server and key, in
 * either order, with or without a slash between them, with whatever labels a page has put before them). The last path
 * segment is the stream; its query stays with it, because CDNs sign it (Tencent CSS: `?txSecret=…&txTime=…`).
 *
 * Fails with `publish.url-invalid`, context `{ reason }`: 'empty' | 'scheme' | 'host' | 'port' | 'app' | 'stream'.
 */
export function parsePushUrl(text: string): Result<ParsedPushUrl> {
  const joined = joinFields(text)
  if (joined === '') return invalid('empty')
  const match = /^(rtmps?):\/\/([^/?#]+)(\/[^?#]*)?(\?[^#]*)?/i.exec(joined)
  if (match === null) return invalid('scheme')
  const scheme = (match[1] ?? '').toLowerCase() === 'rtmps' ? 'rtmps' : 'rtmp'
  const address = splitHost(match[2] ?? '')
  if (address === null) return invalid('host')
  const port = address.port ?? DEFAULT_PORT[scheme]
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return invalid('port')

  const segments = (match[3] ?? '').split('/').filter((segment) => segment !== '')
  const streamName = segments.pop()
  if (streamName === undefined) return invalid('app')
  if (segments.length === 0) return invalid('stream')
  const query = match[4] ?? ''
  const app = segments.join('/')
  const shownHost = address.host.includes(':') ? `[${address.host}]` : address.host
  const shownPort = port === DEFAULT_PORT[scheme] ? '' : `:${port}`
  return {
    ok: true,
    value: {
      server: `${scheme}://${shownHost}${shownPort}/${app}`,
      streamKey: `${streamName}${query}`,
      host: address.host,
      port,
      app,
      streamName,
      tls: scheme === 'rtmps',
      expiresAtSec: expiryOf(query),
    },
  }
}

/** Server and key as one address, in whichever form they were pasted; labels such as `Server: ` or `串流密钥：` are left out. */
function joinFields(text: string): string {
  const fields = text
    .split(/\r?\n/)
    .map((line) => line.replace(/^.*?(?=rtmps?:\/\/)/i, '').replace(/^.*(?:：|:\s|:$)/, ''))
    .flatMap((line) => line.split(/\s+/))
    .map((field) => field.replace(/^["'<]+|["'>]+$/g, ''))
    .filter((field) => field !== '')
  const [first = '', second = ''] = fields
  if (fields.length !== 2) return fields.join('')
  const isServer = (field: string): boolean => /^rtmps?:\/\//i.test(field)
  return isServer(second) && !isServer(first) ? joinPushUrl(second, first) : joinPushUrl(first, second)
}

function invalid(reason: string): Result<never> {
  return { ok: false, error: new AnchorError('publish.url-invalid', { context: { reason } }).toInfo() }
}

function splitHost(authority: string): { host: string; port: number | null } | null {
  if (authority.includes('@')) return null
  const six = /^\[([0-9a-fA-F:.]+)\](?::(\d+))?$/.exec(authority)
  if (six !== null) return { host: six[1] ?? '', port: six[2] === undefined ? null : Number(six[2]) }
  const plain = /^([A-Za-z0-9._-]+)(?::(\d+))?$/.exec(authority)
  if (plain === null) return null
  return { host: plain[1] ?? '', port: plain[2] === undefined ? null : Number(plain[2]) }
}

/** `txTime` is the end of a push URL's life as hexadecimal UNIX seconds (Tencent CSS 267/32720). */
function expiryOf(query: string): number | null {
  const hex = /[?&]txTime=([0-9a-fA-F]{8,9})(?:&|$)/.exec(query)?.[1]
  if (hex === undefined) return null
  const seconds = Number.parseInt(hex, 16)
  return seconds >= PLAUSIBLE_SEC.min && seconds <= PLAUSIBLE_SEC.max ? seconds : null
}

/** A URL to recognise a destination by: stream name cut, query gone. Safe for screens and logs. */
export function maskPushUrl(url: string): string {
  const parsed = parsePushUrl(url)
  if (!parsed.ok) return '…'
  return `${parsed.value.server}/••••`
}

/** Server and key back together. */
export function joinPushUrl(server: string, streamKey: string): string {
  return `${server.trim().replace(/\/+$/, '')}/${streamKey.trim().replace(/^\/+/, '')}`
}

/** What a fresh signature changes (Tencent CSS; RTMP into a TRTC room). */
const SIGNATURE = /([?&])(?:txSecret|txTime|usersig)=[^&]*/g

/** Both lead to one stream, whatever their signatures. */
export function isSameStream(url: string, other: string): boolean {
  return url.replace(SIGNATURE, '$1') === other.replace(SIGNATURE, '$1')
}

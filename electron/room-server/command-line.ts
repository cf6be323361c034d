import { parseArgs } from 'node:util'
import type { IceServer } from '../shared/co-anchor-line'
import { EDITION_NAMES, isEdition, type Edition } from '../shared/edition'
import { ICE_TEXT_MAX, iceServerProblem, isTurn, MAX_ICE_SERVERS } from '../shared/ice-server'
import { DEFAULT_HTTP_PORT, DEFAULT_HTTPS_PORT, DEFAULT_RTMP_PORT } from '../shared/room-server'

export interface RoomServerCommandLine {
  readonly host: string
  readonly httpPort: number
  readonly rtmpPort: number
  readonly httpsPort: number
  readonly dataDir: string | null
  readonly streamKey: string | null
  readonly webRoot: string | null
  readonly title: string
  /** Scheme, host and port under which a proxy of one's own serves it; null = there is none. */
  readonly publicUrl: string | null
  readonly chat: ChatCommandLine
}

export interface ChatCommandLine {
  /** Null: the app that the data folder keeps. */
  readonly app: { readonly sdkAppId: number; /** Null: it stands in the file. */ readonly secretKey: string | null } | null
  readonly callback: { readonly url: string; readonly token: string | null } | null
  readonly callbackToken: string | null
  /** Null: as long as Tencent's cloud waits. */
  readonly callbackSeconds: number | null
  /** Empty: the default administrator. */
  readonly admins: readonly string[]
  readonly edition: Edition | null
  readonly delivery: 'poll' | 'push'
  readonly allowedOrigins: readonly string[]
  /** Scheme and host of Tencent's REST API; null = the IM here. */
  readonly cloudRest: string | null
  /** File that holds the app's key. */
  readonly secretKeyFile: string | null
  readonly programRoom: string | null
  readonly iceServers: readonly IceServer[]
  readonly css: { readonly pushDomain: string; readonly playDomain: string | null; readonly keyFile: string } | null
  readonly cloud: { readonly secretId: string; readonly secretKeyFile: string; readonly endpoint: string; readonly region: string } | null
}

export type ParsedRoomServerCommandLine =
  { readonly kind: 'run'; readonly options: RoomServerCommandLine } | { readonly kind: 'help' } | { readonly kind: 'error'; readonly message: string }

const CLOUD_API = 'https://trtc.tencentcloudapi.com'
const CLOUD_REGION = 'ap-guangzhou'

export const ROOM_SERVER_HELP = `AnchorDesk room server: RTMP ingest, HTTP-FLV and the watch page, without Electron.

Usage: npm run room-server -- [options]

  --http-port <port>    pages and HTTP-FLV (default ${DEFAULT_HTTP_PORT}; 0 = any free)
  --rtmp-port <port>    RTMP ingest (default ${DEFAULT_RTMP_PORT}; 0 = any free)
  --https-port <port>   the pages once more by HTTPS, when they are reached from the network (default
                        ${DEFAULT_HTTPS_PORT}, or any free one when it is taken): co-anchors' cameras need it
  --host <address>      127.0.0.1 (default), or 0.0.0.0 or :: to be reached from the network
  --public-url <url>    where people reach it through a proxy of yours that ends TLS, such as
                        https://room.example.com: other names are refused. The proxy has to
                        hand on the Host header and WebSockets
  --stream-key <key>    who has it may publish; 16 to 128 letters, digits, "-" and "_"
                        (default: made once and kept in the data folder)
  --data-dir <folder>   where keys and rooms are kept (default ./room-data)
  --web-root <folder>   the built pages
  --title <text>        shown on the watch page
  --help                this text

Chat (what Tencent's Chat SDK and REST clients connect to; see docs/chat-server.md):
  --sdkappid <number>   the app, with
  --secret-key <key>    its key, which signs UserSigs, or
  --secret-key-file <f> the file that holds it
                        (default: an app of its own, made once and kept in the data folder)
  --admin <id>          may use the REST API; again for more (default administrator)
  --callback-url <url>  is told and asked about what happens
  --callback-token <t>  signs those callbacks
  --callback-seconds <n>  waits so long for an answer to them (default 2, as Tencent's cloud does;
                        up to 60, for whoever debugs what answers)
  --edition <name>      ${EDITION_NAMES.join(', ')} (default enterprise)
  --delivery <mode>     poll (default; nothing is lost over a cut) or push
  --allow-origin <o>    pages of this origin may connect; again for more
  --ice-server <s>      <url>, or <url>,<user>,<credential>: a STUN or TURN server for co-anchors
                        outside of the local network, such as stun:stun.example.org:3478 or
                        turn:turn.example.org:3478,ada,secret; again for more. Every co-anchor
                        is told them, with the credential
  --room <id>           the room that follows the program stream (default program)
  --im <address>        REST host of Tencent's cloud, such as https://console.tim.qq.com: the
                        rooms are there then, and no chat is served here. Needs --sdkappid and
                        a key; point the console's callbacks to <this server>/api/im/callback
                        and give their token as --callback-token
  --css-push-domain <d> the rooms' streams at Tencent's CSS: anchors get addresses of this domain,
  --css-key-file <file> signed with its key (the file holds nothing else), and players
  --css-play-domain <d> those of this one
  --cloud-secret-id <i> TRTC's cloud recording and relay (with --im): SecretId of a CAM key,
  --cloud-secret-key-file <file>  its SecretKey,
  --cloud-api <address> (default ${CLOUD_API}; accounts of the international site:
                        https://trtc.intl.tencentcloudapi.com), and
  --cloud-region <r>    (default ${CLOUD_REGION})
With --callback-url the business of the rooms (gifts, moderation, …; see docs/backend.md) is
taken to be there, and is not served here.

As a team's server, several of which are one (see docs/team-server.md), by the environment:
  DATABASE_URL          postgres://user:password@host:5432/database: rooms are kept there. Needs
                        --im; there is no ingest and no chat here then
  METRICS_TOKEN         who sends it as a bearer token may read /metrics from another machine
  PUBLIC_HOST           names under which people reach it, with commas
  TRUSTED_PROXIES       addresses and networks whose X-Forwarded-For is believed, with commas
  ROOM_NETWORKS         private addresses and networks, with commas, whose rooms may be connected
                        with rooms here; public ones always may
  INSTANCE_ADDRESS      where the other instances reach this one (default: its own address)

When it listens it prints one line of JSON on stdout:
  {"event":"ready","http":…,"wire":…,"rtmp":…,"watch":…,"play":…,"ingest":…,"secureGuest":…,
   "sdkAppId":…,"anchorToken":…}
It logs on stderr. SIGINT and SIGTERM end it.
`

const DOMAIN = /^(?=.{1,253}$)[a-z0-9-]+(\.[a-z0-9-]+)+(:\d{1,5})?$/i
const ICE_SERVER_WRONG = `--ice-server takes stun:<host> or turn:<host>,<user>,<credential>, ${MAX_ICE_SERVERS} times at most`
const STREAM_KEY = /^[A-Za-z0-9_-]{16,128}$/

export function parseRoomServerCommandLine(argv: readonly string[]): ParsedRoomServerCommandLine {
  let values: Partial<Record<string, string | boolean | (string | boolean)[]>>
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
        'https-port': { type: 'string' },
        'data-dir': { type: 'string' },
        'stream-key': { type: 'string' },
        'web-root': { type: 'string' },
        'public-url': { type: 'string' },
        title: { type: 'string' },
        sdkappid: { type: 'string' },
        'secret-key': { type: 'string' },
        'secret-key-file': { type: 'string' },
        room: { type: 'string' },
        im: { type: 'string' },
        admin: { type: 'string', multiple: true },
        'callback-url': { type: 'string' },
        'callback-token': { type: 'string' },
        'callback-seconds': { type: 'string' },
        edition: { type: 'string' },
        delivery: { type: 'string' },
        'allow-origin': { type: 'string', multiple: true },
        'ice-server': { type: 'string', multiple: true },
        'css-push-domain': { type: 'string' },
        'css-play-domain': { type: 'string' },
        'css-key-file': { type: 'string' },
        'cloud-secret-id': { type: 'string' },
        'cloud-secret-key-file': { type: 'string' },
        'cloud-api': { type: 'string' },
        'cloud-region': { type: 'string' },
      },
    }).values
  } catch (error) {
    return { kind: 'error', message: error instanceof Error ? (error.message.split('. ')[0] ?? error.message) : String(error) }
  }
  if (values['help'] === true) return { kind: 'help' }
  const text = (name: string): string | null => (typeof values[name] === 'string' ? values[name] : null)
  const httpPort = port(text('http-port'), DEFAULT_HTTP_PORT)
  const rtmpPort = port(text('rtmp-port'), DEFAULT_RTMP_PORT)
  const httpsPort = port(text('https-port'), DEFAULT_HTTPS_PORT)
  if (httpPort === null) return { kind: 'error', message: '--http-port takes a number from 0 to 65535' }
  if (rtmpPort === null) return { kind: 'error', message: '--rtmp-port takes a number from 0 to 65535' }
  if (httpsPort === null) return { kind: 'error', message: '--https-port takes a number from 0 to 65535' }
  const streamKey = text('stream-key')
  if (streamKey !== null && !STREAM_KEY.test(streamKey)) return { kind: 'error', message: '--stream-key takes 16 to 128 letters, digits, "-" and "_"' }
  const host = text('host') ?? '127.0.0.1'
  if (!/^[0-9a-fA-F.:]+$/.test(host)) return { kind: 'error', message: '--host takes an address such as 127.0.0.1 or 0.0.0.0' }
  const publicUrl = text('public-url')
  if (publicUrl !== null && !isOrigin(publicUrl)) return { kind: 'error', message: '--public-url takes an address such as https://room.example.com' }
  const list = (name: string): readonly string[] => {
    const value = values[name]
    return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []
  }
  const chat = chatOptions(text, list)
  if (typeof chat === 'string') return { kind: 'error', message: chat }
  // Without one whatever comes from this machine is believed, and by a proxy on it that is everything.
  if (publicUrl !== null && chat.cloudRest !== null && chat.callbackToken === null)
    return { kind: 'error', message: '--public-url with --im needs --callback-token' }
  return {
    kind: 'run',
    options: {
      ...{ chat, host, httpPort, rtmpPort, httpsPort, streamKey },
      ...{ dataDir: text('data-dir'), webRoot: text('web-root'), title: text('title') ?? '' },
      publicUrl: publicUrl === null ? null : new URL(publicUrl).origin,
    },
  }
}

function port(text: string | null, fallback: number): number | null {
  if (text === null) return fallback
  const value = Number(text)
  return /^\d{1,5}$/.test(text) && value <= 65_535 ? value : null
}

/** The options of the chat server, or what is wrong with them. */
function chatOptions(text: (name: string) => string | null, list: (name: string) => readonly string[]): ChatCommandLine | string {
  const sdkAppId = text('sdkappid')
  const secretKey = text('secret-key')
  const secretKeyFile = text('secret-key-file')
  if (secretKey !== null && secretKeyFile !== null) return '--secret-key and --secret-key-file say the same: give one of them'
  if ((sdkAppId === null) !== (secretKey === null && secretKeyFile === null)) return '--sdkappid goes with --secret-key or --secret-key-file'
  if (sdkAppId !== null && !/^[1-9]\d{0,9}$/.test(sdkAppId)) return '--sdkappid takes a number'
  if (secretKey !== null && (secretKey.length < 8 || secretKey.length > 256)) return '--secret-key takes 8 to 256 characters'
  const edition = text('edition')
  if (edition !== null && !isEdition(edition)) return `--edition takes one of ${EDITION_NAMES.join(', ')}`
  const delivery = text('delivery') ?? 'poll'
  if (delivery !== 'poll' && delivery !== 'push') return '--delivery takes poll or push'
  const admins = list('admin')
  if (admins.some((admin) => !/^[\x21-\x7e]{1,32}$/.test(admin))) return '--admin takes a user id of 1 to 32 printable characters'
  const url = text('callback-url')
  const token = text('callback-token')
  if (url !== null && !isWebAddress(url)) return '--callback-url takes an http or https address'
  const cloudRest = text('im')
  if (cloudRest !== null && !isWebAddress(cloudRest)) return '--im takes an http or https address'
  if (cloudRest !== null && sdkAppId === null) return '--im needs --sdkappid and a key'
  if (cloudRest !== null && url !== null) return "--callback-url is for the chat here; the cloud's callbacks are set in its console"
  if (url === null && cloudRest === null && token !== null) return '--callback-token goes with --callback-url or --im'
  const callbackSeconds = text('callback-seconds')
  if (callbackSeconds !== null && !/^([1-9]|[1-5]\d|60)$/.test(callbackSeconds)) return '--callback-seconds takes a number from 1 to 60'
  if (callbackSeconds !== null && cloudRest !== null) return '--callback-seconds is for the chat here; the cloud waits as long as it wants to'
  const programRoom = text('room')
  if (programRoom !== null && !/^[A-Za-z0-9_-]{1,48}$/.test(programRoom)) return '--room takes 1 to 48 letters, digits, "-" and "_"'
  const iceServers = list('ice-server').map(iceServer)
  if (iceServers.length > MAX_ICE_SERVERS || !iceServers.every((server) => server !== null)) return ICE_SERVER_WRONG
  const css = cssOptions(text)
  if (typeof css === 'string') return css
  const cloud = cloudOptions(text)
  if (typeof cloud === 'string') return cloud
  return {
    css,
    cloud,
    app: sdkAppId === null ? null : { sdkAppId: Number(sdkAppId), secretKey },
    callback: url === null ? null : { url, token },
    callbackToken: token,
    callbackSeconds: callbackSeconds === null ? null : Number(callbackSeconds),
    cloudRest: cloudRest === null ? null : new URL(cloudRest).origin,
    secretKeyFile,
    programRoom,
    admins,
    edition,
    delivery,
    allowedOrigins: list('allow-origin'),
    iceServers,
  }
}

function cssOptions(text: (name: string) => string | null): ChatCommandLine['css'] | string {
  const [pushDomain, playDomain, keyFile] = [text('css-push-domain'), text('css-play-domain'), text('css-key-file')]
  if (pushDomain === null && playDomain === null && keyFile === null) return null
  if (pushDomain === null || keyFile === null) return '--css-push-domain goes with --css-key-file'
  if (!DOMAIN.test(pushDomain)) return '--css-push-domain takes a domain such as push.example.com'
  if (playDomain !== null && !DOMAIN.test(playDomain)) return '--css-play-domain takes a domain such as play.example.com'
  return { pushDomain, playDomain, keyFile }
}

function cloudOptions(text: (name: string) => string | null): ChatCommandLine['cloud'] | string {
  const [secretId, secretKeyFile] = [text('cloud-secret-id'), text('cloud-secret-key-file')]
  if (secretId === null && secretKeyFile === null) return null
  if (secretId === null || secretKeyFile === null) return '--cloud-secret-id goes with --cloud-secret-key-file'
  if (!/^[\w-]{8,128}$/.test(secretId)) return '--cloud-secret-id takes a SecretId'
  const endpoint = text('cloud-api') ?? CLOUD_API
  if (!isWebAddress(endpoint)) return '--cloud-api takes an http or https address'
  const region = text('cloud-region') ?? CLOUD_REGION
  if (!/^[a-z0-9-]{1,32}$/.test(region)) return '--cloud-region takes a region such as ap-guangzhou'
  return { secretId, secretKeyFile, endpoint: new URL(endpoint).origin, region }
}

/** Null: it is none. A TURN server without a user and a credential is none that a browser takes. */
function iceServer(text: string): IceServer | null {
  const [url = '', username = '', credential = '', ...rest] = text.split(',')
  const isTooMuch = rest.length > 0 || username.length > ICE_TEXT_MAX || credential.length > ICE_TEXT_MAX || (!isTurn(url) && text !== url)
  if (isTooMuch || iceServerProblem({ url, username }, credential !== '') !== null) return null
  return isTurn(url) ? { urls: [url], username, credential } : { urls: [url] }
}

/** Scheme, host and port, and nothing else. */
function isOrigin(text: string): boolean {
  if (!isWebAddress(text)) return false
  const { username, password, pathname, search, hash } = new URL(text)
  return username === '' && password === '' && pathname === '/' && search === '' && hash === ''
}

function isWebAddress(text: string): boolean {
  try {
    return /^https?:$/.test(new URL(text).protocol)
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}

import { readFile } from 'node:fs/promises'
import { join, normalize, sep } from 'node:path'
import { app, BrowserWindow, dialog, nativeTheme, session } from 'electron'
import { CLOUD_TRTC_SOURCES } from '../shared/cloud'
import { JOIN_SCHEME, JOIN_WINDOW_ORIGIN, joinWindowAddress, type JoinLink } from '../shared/join-link'
import type { MainText } from '../shared/locales/main-text'
import { contentTypeOf } from './app-protocol'
import { BACKGROUND, SAFE } from './windows'

/** Sessions of its own, kept nowhere: whose show this is in is no business of the studio. */
const PARTITION = 'co-anchor'
/** Of what is handed on to the room server. */
const MAX_BODY_BYTES = 64 * 1024
/** The page may be shown without knowing. */
const POLICY_WITHIN_MS = 3_000
/** Where a co-anchor takes the own place (PUT), and gives it up (DELETE). */
const OWN_PLACE = /^\/api\/rooms\/[^/]+\/seats\/me$/

export interface CoAnchorWindowOptions {
  /** Folder of the built web pages. */
  readonly webRoot: string
  text(): Pick<MainText, 'joinTitle' | 'joinDetail' | 'stayThere' | 'openLink'>
  log(level: 'info' | 'warn', message: string): void
}

/** The room server of a show. Its pages have a session of their own, whose requests go nowhere else. */
interface ShowServer {
  readonly host: string
  readonly origin: string
  readonly partition: string
  /** Its room is one of Tencent's cloud: the page may have to reach TRTC. */
  isCloud: boolean
  /** The page that is open has a place there. */
  hasPlace: boolean
}

/**
 * The window in which the anchor of this app is a co-anchor elsewhere. The page is the app's own copy of the co-anchor's page, so that no stranger's
 * code has the camera; only what it asks of the API goes to the other room server. In it camera and microphone work where a browser would want
 * https. Owns the window.
 */
export class CoAnchorWindow {
  readonly #options: CoAnchorWindowOptions
  #window: BrowserWindow | null = null
  /** By origin. */
  readonly #servers = new Map<string, ShowServer>()
  /** Whose page is open, or was the last one. */
  #server: ShowServer | null = null
  /** The newest link on its way. */
  #coming: JoinLink | null = null
  #isAsking = false

  constructor(options: CoAnchorWindowOptions) {
    this.#options = options
  }

  /** A second link takes the place of the first; whoever is in that show is asked before. */
  async open(link: JoinLink): Promise<void> {
    if (this.#isAsking) return
    this.#coming = link
    const isCloud = await this.#asksCloud(link)
    // Another one was opened meanwhile.
    if (this.#coming !== link || !(await this.#mayLeave())) return
    const server = this.#serverOf(link)
    server.isCloud = isCloud
    server.hasPlace = false
    this.#server = server
    this.#window?.destroy()
    const window = new BrowserWindow({
      width: 960,
      height: 720,
      minWidth: 380,
      minHeight: 480,
      title: 'AnchorDesk',
      autoHideMenuBar: true,
      backgroundColor: nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light,
      // Its owner speaks while another window is in front.
      webPreferences: { ...SAFE, partition: server.partition, backgroundThrottling: false, autoplayPolicy: 'no-user-gesture-required' },
    })
    this.#window = window
    window.on('closed', () => {
      if (this.#window === window) this.#window = null
    })
    await window.loadURL(joinWindowAddress(link))
  }

  close(): void {
    this.#window?.destroy()
    this.#window = null
  }

  /** The default is to stay. */
  async #mayLeave(): Promise<boolean> {
    const window = this.#window
    if (window === null || this.#server?.hasPlace !== true) return true
    const { joinTitle, joinDetail, stayThere, openLink } = this.#options.text()
    this.#isAsking = true
    try {
      const { response } = await dialog.showMessageBox(window, {
        type: 'warning',
        message: joinTitle,
        detail: joinDetail,
        buttons: [stayThere, openLink],
        defaultId: 0,
        cancelId: 0,
      })
      return response === 1
    } finally {
      this.#isAsking = false
    }
  }

  #serverOf({ host, secure }: JoinLink): ShowServer {
    const origin = `${secure ? 'https' : 'http'}://${host}`
    const known = this.#servers.get(origin)
    if (known !== undefined) return known
    const server: ShowServer = { host, origin, partition: `${PARTITION} ${origin}`, isCloud: false, hasPlace: false }
    this.#servers.set(origin, server)
    const made = session.fromPartition(server.partition)
    const isOwn = (url: string): boolean => url.replace(/\/$/, '') === JOIN_WINDOW_ORIGIN || url.startsWith(`${JOIN_WINDOW_ORIGIN}/`)
    made.setPermissionRequestHandler((_contents, permission, callback, details) => callback(permission === 'media' && isOwn(details.requestingUrl)))
    made.setPermissionCheckHandler((_contents, permission, origin) => permission === 'media' && isOwn(origin))
    made.setDevicePermissionHandler(() => false)
    made.protocol.handle(JOIN_SCHEME, (request) => this.#answer(request, server))
    return server
  }

  /** Whether the server's own copy of this page may reach TRTC. */
  async #asksCloud({ host, secure }: JoinLink): Promise<boolean> {
    try {
      const answer = await fetch(`${secure ? 'https' : 'http'}://${host}/guest/`, {
        method: 'HEAD',
        redirect: 'error',
        signal: AbortSignal.timeout(POLICY_WITHIN_MS),
      })
      return (answer.headers.get('content-security-policy') ?? '').includes(CLOUD_TRTC_SOURCES)
    } catch (error) {
      this.#options.log('info', `the room server of the other show did not say what it is: ${error instanceof Error ? error.message : String(error)}`)
      return false
    }
  }

  async #answer(request: Request, server: ShowServer): Promise<Response> {
    const url = new URL(request.url)
    if (!url.href.startsWith(`${JOIN_WINDOW_ORIGIN}/`)) return new Response('Not found', { status: 404 })
    return url.pathname.startsWith('/api/') ? this.#forward(request, url, server) : this.#page(request, url, server)
  }

  async #page(request: Request, url: URL, { host, isCloud }: ShowServer): Promise<Response> {
    const file = pageFile(this.#options.webRoot, url.pathname)
    if (request.method !== 'GET' || file === null) return new Response('Not found', { status: 404 })
    try {
      const body = await readFile(file.path)
      return new Response(new Uint8Array(body), {
        headers: {
          'Content-Type': file.contentType,
          'X-Content-Type-Options': 'nosniff',
          'Content-Security-Policy': `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' blob:; connect-src 'self' ws://${host} wss://${host}${isCloud ? ` ${CLOUD_TRTC_SOURCES}` : ''}; worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
        },
      })
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'ENOENT' || code === 'EISDIR') return new Response('Not found', { status: 404 })
      throw error
    }
  }

  /** Without cookies and whatever else the window's session may have: the token in the header is all that counts there. */
  async #forward(request: Request, url: URL, server: ShowServer): Promise<Response> {
    const sent = request.body === null ? null : await request.arrayBuffer()
    if (sent !== null && sent.byteLength > MAX_BODY_BYTES) return new Response('Too large', { status: 413 })
    // An empty one would have to say what it is.
    const body = sent === null || sent.byteLength === 0 ? null : sent
    const headers: Record<string, string> = { 'accept-language': app.getLocale() }
    for (const name of ['authorization', 'content-type', 'accept', 'accept-language']) {
      const value = request.headers.get(name)
      if (value !== null) headers[name] = value
    }
    try {
      const answer = await fetch(`${server.origin}${url.pathname}${url.search}`, { method: request.method, headers, body, redirect: 'error' })
      if (OWN_PLACE.test(url.pathname) && answer.ok) server.hasPlace = request.method === 'PUT'
      return new Response(answer.body, { status: answer.status, headers: { 'Content-Type': answer.headers.get('content-type') ?? 'application/json' } })
    } catch (error) {
      this.#options.log('info', `the room server of the other show did not answer: ${error instanceof Error ? error.message : String(error)}`)
      return Response.error()
    }
  }
}

/** The co-anchor's page and what belongs to it; null for anything else. Pure. */
export function pageFile(root: string, path: string): { readonly path: string; readonly contentType: string } | null {
  if (!/^\/(guest|assets)\/[\w./-]*$/.test(path)) return null
  const file = normalize(join(root, path.endsWith('/') ? `${path}index.html` : path))
  const contentType = contentTypeOf(file)
  return file.startsWith(normalize(root) + sep) && contentType !== undefined ? { path: file, contentType } : null
}

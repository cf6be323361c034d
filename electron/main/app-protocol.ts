import { readFile } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import { protocol, type Session } from 'electron'
import { JOIN_SCHEME } from '../shared/join-link'
import { SCHEME } from '../shared/origins'

/** A page over app:// reaches nothing but what is served here. */
export function registerSchemes(): void {
  protocol.registerSchemesAsPrivileged([SCHEME, JOIN_SCHEME].map((scheme) => ({ scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } })))
}

/**
 * Electron checklist 7. The stage compiles WebAssembly, and has lines to the room server of this machine and to that of another room. The studio talks to the room server of this machine, or to
 * the one that it is signed in to, and the Chat SDK in it keeps its socket in a worker; pictures of notices and covers have https addresses.
 */
const CSP: Readonly<Record<string, string>> = {
  studio:
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https: app://asset; font-src 'self'; connect-src 'self' http://127.0.0.1:* ws://127.0.0.1:*{sources}; worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  stage:
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; style-src 'self'; img-src 'self' data: blob: app://asset; media-src 'self' blob:; connect-src 'self' data: app://asset ws: wss:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  trtc: "default-src 'none'; script-src 'self'; img-src 'self' data: blob: app://asset; connect-src 'self' app://asset; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
}

let studioSources = ''
/** What the studio's page, loaded from now on, may connect to beside this machine: sources of a Content-Security-Policy. */
export function setStudioSources(sources: string): void {
  studioSources = sources
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.gif': 'image/gif',
  '.bmp': 'image/bmp',
  '.woff2': 'font/woff2',
}
const IMAGE = /^\.(png|jpe?g|webp|gif|bmp)$/

export interface AppFiles {
  /** The built pages. */
  readonly pages: string
  /** Pictures that the user chose. */
  readonly assets: string
}

/** By the file's name; undefined = nothing that a page of ours needs. */
export function contentTypeOf(file: string): string | undefined {
  return CONTENT_TYPES[extname(file).toLowerCase()]
}

/** Where a URL of ours lies on disk; null for anything that is not to be served. Pure. */
export function resolveAppUrl(url: string, files: AppFiles): { file: string; contentType: string; csp: string } | null {
  let parsed: URL
  try {
    parsed = new URL(url)
  } catch (error) {
    if (error instanceof TypeError) return null
    throw error
  }
  let path: string
  try {
    path = decodeURIComponent(parsed.pathname)
  } catch (error) {
    if (error instanceof URIError) return null
    throw error
  }
  if (parsed.protocol !== `${SCHEME}:` || path.includes('\0') || path.includes('\\')) return null
  const { hostname: host } = parsed
  const root = host === 'asset' ? files.assets : files.pages
  if (host !== 'asset' && CSP[host] === undefined) return null
  const file = normalize(join(root, path === '/' ? `${host}/index.html` : path))
  if (!file.startsWith(normalize(root) + sep)) return null
  const extension = extname(file).toLowerCase()
  const contentType = CONTENT_TYPES[extension]
  if (contentType === undefined || (host === 'asset' && !IMAGE.test(extension))) return null
  return { file, contentType, csp: (CSP[host] ?? "default-src 'none'").replace('{sources}', studioSources === '' ? '' : ` ${studioSources}`) }
}

/** @param drawer the origin that may read the pictures of app://asset, for a canvas */
export function serveApp(session: Session, files: AppFiles, drawer: string): void {
  session.protocol.handle(SCHEME, async (request) => {
    const found = request.method === 'GET' ? resolveAppUrl(request.url, files) : null
    if (found === null) return new Response('Not found', { status: 404 })
    try {
      const body = await readFile(found.file)
      return new Response(new Uint8Array(body), {
        headers: {
          'Content-Type': found.contentType,
          'Content-Security-Policy': found.csp,
          'X-Content-Type-Options': 'nosniff',
          'Access-Control-Allow-Origin': drawer,
        },
      })
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'ENOENT' || code === 'EISDIR') return new Response('Not found', { status: 404 })
      throw error
    }
  })
}

import { getConnInfo } from '@hono/node-server/conninfo'
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { ANCHOR_LINK_PATH, CLOUD_CHAT_SOURCES, CLOUD_TRTC_SOURCES } from '../../shared/cloud'
import type { StreamInfo } from '../../shared/room-server'
import { isAllowedHost } from './host-check'
import { PageFiles } from './page-files'

export interface WebAppOptions {
  /** Folder of the built pages. */
  readonly webRoot: string
  /** True when other machines may come: then any numeric host and any name of this machine is right. */
  readonly shared: boolean
  /** Names under which the server may be asked, beside its addresses and its machine's. */
  readonly names?: readonly string[]
  /** The pages' chat is in Tencent's cloud, not here. */
  readonly cloudChat: boolean
  info(): StreamInfo
  /** Called on each change of `info`; returns the way to stop listening. */
  onInfo(listener: () => void): () => void
}

/** Pictures of a notice have https addresses. The SDK keeps its socket in a worker, and not every browser counts a socket to the own host as 'self'. */
function pageCsp(host: string, cloudChat: boolean, isGuest: boolean): string {
  // A co-anchor's page has no chat, and its line is here wherever the chat is; a room of the cloud may be one of TRTC's.
  const sockets = [
    ...(cloudChat ? [isGuest ? CLOUD_TRTC_SOURCES : CLOUD_CHAT_SOURCES] : []),
    ...(isGuest || !cloudChat ? [`ws://${host} wss://${host}`] : []),
  ].join(' ')
  return `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; media-src 'self' blob:; connect-src 'self' ${sockets}; worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`
}

export const GUEST_PATH = '/guest/'
/** A co-anchor's page has a camera and a microphone, no other has. */
const pagePermissions = (isGuest: boolean): string => (isGuest ? 'camera=(self), microphone=(self)' : 'camera=(), microphone=()')
const MAX_EVENT_CLIENTS = 256
const MAX_EVENT_CLIENTS_PER_ADDRESS = 64
/** Pages take a longer silence for a dead line (renderer/web/watch/room-events.ts). */
const KEEP_ALIVE_MS = 10_000

/** The pages, and what they ask about the program stream. All of it is read; the business has an API of its own (backend/api). */
export function createWebApp(options: WebAppOptions): Hono {
  const app = new Hono()
  const pages = new PageFiles(options.webRoot)
  const eventClients = new EventClients()

  app.use('*', async (context, next) => {
    // Against DNS rebinding: a page of a stranger must not read this server through a name of its own.
    const host = context.req.header('host') ?? ''
    if (!isAllowedHost(host, options.shared, options.names)) return context.text('This name is not served here.\n', 421)
    context.header('X-Content-Type-Options', 'nosniff')
    context.header('Referrer-Policy', 'no-referrer')
    context.header('Cross-Origin-Opener-Policy', 'same-origin')
    const isGuest = context.req.path.startsWith(GUEST_PATH)
    context.header('Content-Security-Policy', pageCsp(host, options.cloudChat, isGuest))
    context.header('Permissions-Policy', pagePermissions(isGuest))
    await next()
    return undefined
  })
  app.get('/', (context) => context.redirect('/watch/'))
  app.get('/healthz', (context) => context.text('ok\n'))
  app.get('/api/stream', (context) => {
    context.header('Cache-Control', 'no-store')
    return context.json(options.info())
  })
  app.get('/api/stream/events', (context) => {
    const address = getConnInfo(context).remote.address ?? ''
    if (!eventClients.enter(address)) return context.text('Too many pages are open.\n', 429)
    return streamSSE(context, async (stream) => {
      let changed = false
      let wake: () => void = () => undefined
      const change = (): void => {
        changed = true
        wake()
      }
      const stop = options.onInfo(change)
      stream.onAbort(change)
      try {
        while (!stream.aborted && !stream.closed) {
          changed = false
          await stream.writeSSE({ event: 'stream', data: JSON.stringify(options.info()) })
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, KEEP_ALIVE_MS)
            wake = () => {
              clearTimeout(timer)
              resolve()
            }
            // A change while the last one was being written is told at once.
            if (changed) wake()
          })
        }
      } finally {
        stop()
        eventClients.leave(address)
      }
    })
  })
  app.get('/watch', (context) => context.redirect('/watch/'))
  // The token stands behind the sign, and does not come here.
  app.get(ANCHOR_LINK_PATH, (context) =>
    context.text('This link signs AnchorDesk in. Copy it and paste it in AnchorDesk: Settings, Cloud.\n在 AnchorDesk 的“设置 › 云端”中粘贴此链接即可登录。\n'),
  )
  app.get('/guest', (context) => context.redirect(GUEST_PATH))
  app.get('*', async (context) => {
    const file = await pages.read(context.req.path)
    if (file === null) return context.text('Not found.\n', 404)
    context.header('Content-Type', file.contentType)
    context.header('Cache-Control', file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache')
    return context.body(new Uint8Array(file.body))
  })
  app.onError((error, context) => context.text(`${error.name}\n`, 500))
  return app
}

/** How many event streams are open, and whose. */
class EventClients {
  readonly #byAddress = new Map<string, number>()
  #count = 0

  enter(address: string): boolean {
    const own = this.#byAddress.get(address) ?? 0
    if (this.#count >= MAX_EVENT_CLIENTS || own >= MAX_EVENT_CLIENTS_PER_ADDRESS) return false
    this.#byAddress.set(address, own + 1)
    this.#count += 1
    return true
  }

  leave(address: string): void {
    const own = this.#byAddress.get(address) ?? 1
    if (own > 1) this.#byAddress.set(address, own - 1)
    else this.#byAddress.delete(address)
    this.#count -= 1
  }
}

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CLOUD_TRTC_SOURCES } from '../../../electron/shared/cloud'
import { mainText } from '../../../electron/shared/locales/main-text'
import type { JoinLink } from '../../../electron/shared/join-link'

type Handler = (request: Request) => Promise<Response>
interface FakeWindow {
  readonly partition: string
  destroyed: boolean
  readonly urls: string[]
}
const { handlers, windows, dialog } = vi.hoisted(() => ({
  handlers: new Map<string, Handler>(),
  windows: [] as FakeWindow[],
  dialog: { answers: [] as ((response: number) => void)[], asked: [] as { message: string; buttons: readonly string[] }[] },
}))
vi.mock('electron', () => ({
  app: { getLocale: () => 'en' },
  nativeTheme: { shouldUseDarkColors: true },
  screen: {},
  dialog: {
    showMessageBox: (_window: unknown, question: { message: string; buttons: readonly string[] }) => {
      dialog.asked.push(question)
      return new Promise((resolve) => dialog.answers.push((response) => resolve({ response })))
    },
  },
  session: {
    fromPartition: (partition: string) => ({
      setPermissionRequestHandler: () => undefined,
      setPermissionCheckHandler: () => undefined,
      setDevicePermissionHandler: () => undefined,
      protocol: {
        handle: (_scheme: string, handler: Handler) => {
          if (handlers.has(partition)) throw new Error('handled twice')
          handlers.set(partition, handler)
        },
      },
    }),
  },
  BrowserWindow: class implements FakeWindow {
    readonly partition: string
    destroyed = false
    readonly urls: string[] = []
    #onClosed: () => void = () => undefined
    constructor({ webPreferences }: { webPreferences: { partition: string } }) {
      this.partition = webPreferences.partition
      windows.push(this)
    }
    on(_event: 'closed', listener: () => void): void {
      this.#onClosed = listener
    }
    destroy(): void {
      this.destroyed = true
      this.#onClosed()
    }
    loadURL(url: string): Promise<void> {
      this.urls.push(url)
      return Promise.resolve()
    }
  },
}))
const { CoAnchorWindow } = await import('../../../electron/main/co-anchor-window')

/** What the room servers were asked; each HEAD waits until the test lets it go. */
const asked: string[] = []
const heads = new Map<string, () => void>()
let trtcAt = ''

beforeEach(() => {
  handlers.clear()
  windows.length = asked.length = dialog.answers.length = dialog.asked.length = 0
  heads.clear()
  trtcAt = ''
  vi.stubGlobal('fetch', (url: string, { method, headers }: { method: string; headers?: Record<string, string> }) => {
    const { origin, pathname } = new URL(url)
    if (method === 'HEAD') {
      const policy = origin === trtcAt ? `connect-src ${CLOUD_TRTC_SOURCES}` : ''
      return new Promise((resolve) => heads.set(origin, () => resolve(new Response(null, { headers: { 'content-security-policy': policy } }))))
    }
    asked.push(`${method} ${origin}${pathname} ${headers?.['authorization'] ?? ''}`)
    return Promise.resolve(new Response('{}'))
  })
})
afterEach(() => vi.unstubAllGlobals())

const webRoot = mkdtempSync(join(tmpdir(), 'anchordesk-web-'))
mkdirSync(join(webRoot, 'guest'))
writeFileSync(join(webRoot, 'guest/index.html'), '<!doctype html>')

const A: JoinLink = { host: 'a.example.com', room: 'r', invite: 'i', secure: true }
const B: JoinLink = { host: 'b.example.com', room: 'r', invite: 'i', secure: true }
function make() {
  return new CoAnchorWindow({ webRoot, text: () => mainText('en', 'en'), log: () => undefined })
}
const headOf = ({ host }: JoinLink) => vi.waitFor(() => expect(heads.has(`https://${host}`)).toBe(true)).then(() => heads.get(`https://${host}`)?.())
const settled = async (opening: Promise<void>, link: JoinLink): Promise<void> => {
  await headOf(link)
  await opening
}
/** A page asks with its token. */
async function ask({ partition }: FakeWindow, method: string, path = 'seats/me'): Promise<Response | undefined> {
  const request = new Request(`anchordesk://co-anchor/api/rooms/r/${path}`, { method, headers: { authorization: 'Bearer secret' } })
  return handlers.get(partition)?.(request)
}
const at = (index: number): FakeWindow => windows[index] ?? { partition: '', destroyed: false, urls: [] }

describe('the co-anchor’s window', () => {
  it('sends what a page asks to its own server alone, whatever link comes', async () => {
    const window = make()
    await settled(window.open(A), A)
    const second = window.open(B)
    await vi.waitFor(() => expect(heads.has('https://b.example.com')).toBe(true))
    await ask(at(0), 'POST', 'sessions')
    expect([asked, at(0).destroyed]).toEqual([['POST https://a.example.com/api/rooms/r/sessions Bearer secret'], false])
    await settled(second, B)
    expect([at(0).destroyed, at(1).urls]).toEqual([true, ['anchordesk://co-anchor/guest/?room=r&at=b.example.com&secure=1#invite=i']])
    // Sent before the page was gone, and heard after.
    await ask(at(0), 'POST', 'sessions')
    await ask(at(1), 'POST', 'sessions')
    expect(asked.slice(1)).toEqual([
      'POST https://a.example.com/api/rooms/r/sessions Bearer secret',
      'POST https://b.example.com/api/rooms/r/sessions Bearer secret',
    ])
    window.close()
  })

  it('asks whoever has a place in a show before another link takes it, once, and stays by default', async () => {
    const window = make()
    await settled(window.open(A), A)
    await ask(at(0), 'PUT')
    const second = window.open(B)
    await headOf(B)
    await vi.waitFor(() => expect(dialog.asked).toHaveLength(1))
    await window.open(B)
    expect(dialog.asked).toMatchObject([{ message: 'You are a co-anchor in a show.', buttons: ['Stay there', 'Open the link'], defaultId: 0, cancelId: 0 }])
    dialog.answers[0]?.(0)
    await second
    expect([at(0).destroyed, windows.length]).toEqual([false, 1])
    heads.clear()
    const third = window.open(B)
    await headOf(B)
    await vi.waitFor(() => expect(dialog.asked).toHaveLength(2))
    dialog.answers[1]?.(1)
    await third
    expect([at(0).destroyed, windows.length]).toEqual([true, 2])
    window.close()
  })

  it('asks nobody who has left, or who closed the window', async () => {
    const window = make()
    await settled(window.open(A), A)
    await ask(at(0), 'PUT')
    await ask(at(0), 'DELETE')
    await settled(window.open(B), B)
    await ask(at(1), 'PUT')
    window.close()
    heads.clear()
    await settled(window.open(A), A)
    expect([dialog.asked, windows.length, at(2).partition]).toEqual([[], 3, at(0).partition])
    window.close()
  })

  it('opens the last of two links that come at once', async () => {
    const window = make()
    const openings = [window.open(A), window.open(B)]
    await headOf(B)
    await headOf(A)
    await Promise.all(openings)
    expect(windows.map(({ urls }) => urls)).toEqual([['anchordesk://co-anchor/guest/?room=r&at=b.example.com&secure=1#invite=i']])
    window.close()
  })

  it('lets a page reach its own server, and TRTC where that is of the cloud', async () => {
    trtcAt = 'https://b.example.com'
    const window = make()
    const policyOf = async ({ partition }: FakeWindow) =>
      (await handlers.get(partition)?.(new Request('anchordesk://co-anchor/guest/')))?.headers.get('content-security-policy')
    await settled(window.open(A), A)
    await settled(window.open(B), B)
    expect(await policyOf(at(0))).toContain("connect-src 'self' ws://a.example.com wss://a.example.com;")
    expect(await policyOf(at(1))).toContain(`connect-src 'self' ws://b.example.com wss://b.example.com ${CLOUD_TRTC_SOURCES};`)
    window.close()
  })
})

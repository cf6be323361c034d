import type { TrtcHost } from '../../electron/shared/trtc'
import { CanvasArt } from './art'
import { PngFiles } from './mixing/png-files'
import { pictureOf } from './mixing/view-pictures'
import { TrtcPage } from './page'
import { PAGE_TIME } from './page-time'

declare global {
  interface Window {
    readonly trtcHost: TrtcHost
    /** Node's, in this window alone. */
    readonly require: (path: string) => unknown
  }
}

/**
 * The SDK hands out a screen's pictures only where it was given a view, and then draws them into it. This is a view that it has nothing to draw into: it
 * takes HTML elements alone. Nobody sees this window, and what it would make has inline styles.
 */
const screenView = document.createElementNS('http://www.w3.org/2000/svg', 'g') as Element as HTMLElement

/** The mixing manager shows its mix here, for the preview to be read from. */
const mixedView = document.createElement('div')
Object.assign(mixedView.style, { width: '640px', height: '360px' })
document.body.append(mixedView)

let lastCpu = { usage: process.cpuUsage(), atMs: performance.now() }
function cpuPercent(): number | null {
  const now = { usage: process.cpuUsage(), atMs: performance.now() }
  const spentMs = (now.usage.user + now.usage.system - lastCpu.usage.user - lastCpu.usage.system) / 1_000
  const percent = now.atMs > lastCpu.atMs ? (spentMs * 100) / (now.atMs - lastCpu.atMs) : null
  lastCpu = now
  return percent
}

const page = new TrtcPage({
  host: window.trtcHost,
  load: (path) => window.require(path),
  time: PAGE_TIME,
  platform: process.platform,
  screenView,
  mixing: { view: mixedView, files: new PngFiles(), picture: () => pictureOf(mixedView) },
  art: new CanvasArt(),
  cpuPercent,
})
window.addEventListener('message', (event: MessageEvent<{ type?: unknown; use?: unknown }>) => {
  const port = event.ports[0]
  if (event.source !== window || event.data.type !== 'anchordesk-port' || event.data.use !== 'preview' || port === undefined) return
  page.attachPort(port)
})
window.addEventListener('pagehide', () => page.close())

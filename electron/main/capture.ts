import { BrowserWindow, desktopCapturer, screen } from 'electron'
import type { CaptureTarget } from '../shared/scene'
import type { CaptureQuery } from './ipc-gateway'

/** Screens and windows that can be captured, with small pictures for the chooser. Our own windows are left out. */
export async function captureTargets(): Promise<CaptureTarget[]> {
  const sources = await desktopCapturer.getSources({ types: ['screen', 'window'], thumbnailSize: { width: 320, height: 180 } })
  const own = new Set(BrowserWindow.getAllWindows().map((window) => windowOf(window.getMediaSourceId())))
  return sources
    .filter((source) => !own.has(windowOf(source.id)))
    .map((source) => ({
      kind: source.id.startsWith('screen:') ? 'screen' : 'window',
      captureId: source.id,
      displayId: source.display_id === '' ? null : source.display_id,
      title: source.name.slice(0, 512),
      thumbnail: source.thumbnail.isEmpty() ? '' : source.thumbnail.toDataURL(),
    }))
}

/** "window:<the system's number>:<0 or 1>": the last says who asks, not which window. */
function windowOf(captureId: string): string {
  return captureId.split(':').slice(0, 2).join(':')
}

/** Which of today's capture ids a saved source means. Windows are known again by their title. */
export async function resolveCapture(query: CaptureQuery): Promise<{ captureId: string; title: string } | null> {
  const sources = await desktopCapturer.getSources({ types: [query.kind], thumbnailSize: { width: 0, height: 0 } })
  const found =
    query.kind === 'screen'
      ? (sources.find((source) => source.display_id === (query.displayId ?? String(screen.getPrimaryDisplay().id))) ??
        (query.displayId === null ? sources[0] : undefined))
      : (sources.find((source) => source.id === query.captureId && source.name === query.windowTitle) ??
        sources.find((source) => source.name === query.windowTitle))
  return found === undefined ? null : { captureId: found.id, title: found.name.slice(0, 512) }
}

import { join } from 'node:path'
import { nativeTheme, screen, type BrowserWindowConstructorOptions } from 'electron'
import type { Settings } from '../shared/settings'

const SIZE = { minWidth: 1_120, minHeight: 680 } as const
/** The page's own background (ux.md §8), so that nothing flashes before the first paint. */
export const BACKGROUND = { dark: '#0F1317', light: '#F5F7F9' } as const

/** Of every window. */
export const SAFE = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  webviewTag: false,
  spellcheck: false,
} as const

export function studioWindowOptions(bounds: Settings['window'], preloads: string): BrowserWindowConstructorOptions {
  const place = bounds.x !== null && bounds.y !== null && isOnScreen(bounds.x, bounds.y) ? { x: bounds.x, y: bounds.y } : {}
  return {
    ...place,
    ...SIZE,
    width: bounds.width,
    height: bounds.height,
    show: false,
    title: 'AnchorDesk',
    autoHideMenuBar: true,
    backgroundColor: nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light,
    webPreferences: { ...SAFE, preload: join(preloads, 'studio.js') },
  }
}

export function stageWindowOptions(preloads: string): BrowserWindowConstructorOptions {
  return {
    show: false,
    width: 320,
    height: 180,
    skipTaskbar: true,
    title: 'AnchorDesk stage',
    webPreferences: {
      ...SAFE,
      preload: join(preloads, 'stage.js'),
      partition: 'stage',
      // It is never seen, and must never be slowed down for that.
      backgroundThrottling: false,
      autoplayPolicy: 'no-user-gesture-required',
    },
  }
}

/** A display that was unplugged must not swallow the window. */
function isOnScreen(x: number, y: number): boolean {
  return screen
    .getAllDisplays()
    .some(({ workArea }) => x >= workArea.x - 50 && y >= workArea.y - 50 && x < workArea.x + workArea.width - 100 && y < workArea.y + workArea.height - 100)
}

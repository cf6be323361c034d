import type { BrowserWindow } from 'electron'
import type { SettingsStore } from './settings-store'

/** A window that is dragged moves with every pixel. */
const REMEMBER_AFTER_MS = 300

/** Shows a studio window that was just made, when it has something to show, and remembers where the user puts it. Ends with the window. */
export function showStudio(window: BrowserWindow, settings: Pick<SettingsStore, 'current' | 'update'>, minimized: boolean): void {
  const { maximized } = settings.current.window
  window.once('ready-to-show', () => {
    if (minimized) {
      // X11 minimizes only what is shown.
      if (process.platform === 'linux') window.showInactive()
      window.minimize()
      // To maximize it now would bring it to the front.
      if (maximized) window.once('restore', () => window.maximize())
      return
    }
    window.show()
    if (maximized) window.maximize()
  })
  let timer: NodeJS.Timeout | null = null
  const remember = (): void => {
    timer = null
    if (window.isMinimized()) return
    const { x, y, width, height } = window.getNormalBounds()
    settings.update({ window: { x, y, width: Math.max(1_120, width), height: Math.max(680, height), maximized: window.isMaximized() } })
  }
  // 'resized' and 'moved' do not exist on Linux.
  const changed = (): void => {
    timer ??= setTimeout(remember, REMEMBER_AFTER_MS)
  }
  window.on('resize', changed)
  window.on('move', changed)
  window.on('maximize', changed)
  window.on('unmaximize', changed)
  window.on('closed', () => {
    if (timer !== null) clearTimeout(timer)
  })
}

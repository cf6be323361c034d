import type { BrowserWindow } from 'electron'
import type { SettingsStore } from './settings-store'

/** Shows a studio window that was just made, when it has something to show, and remembers where the user puts it. */
export function showStudio(window: BrowserWindow, settings: SettingsStore, minimized: boolean): void {
  window.once('ready-to-show', () => {
    if (minimized) window.minimize()
    else window.show()
    if (settings.current.window.maximized) window.maximize()
  })
  const remember = (): void => {
    if (window.isMinimized()) return
    const { x, y, width, height } = window.getNormalBounds()
    settings.update({ window: { x, y, width: Math.max(1_120, width), height: Math.max(680, height), maximized: window.isMaximized() } })
  }
  window.on('resized', remember)
  window.on('moved', remember)
  window.on('maximize', remember)
  window.on('unmaximize', remember)
}

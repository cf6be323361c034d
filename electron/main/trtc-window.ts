import { join } from 'node:path'
import type { BrowserWindowConstructorOptions } from 'electron'
import { SAFE } from './windows'

/**
 * Tencent's SDK needs Node and the page's own world at once (it is a native add-on with a part that draws), so this one window has both. It loads one file of ours under a
 * CSP without exceptions, is never shown, has a session of its own, and gets nothing that people wrote.
 */
export function trtcWindowOptions(preloads: string): BrowserWindowConstructorOptions {
  return {
    show: false,
    width: 320,
    height: 180,
    skipTaskbar: true,
    title: 'AnchorDesk TRTC',
    webPreferences: {
      ...SAFE,
      sandbox: false,
      contextIsolation: false,
      nodeIntegration: true,
      preload: join(preloads, 'trtc.js'),
      partition: 'trtc',
      backgroundThrottling: false,
    },
  }
}

import { nativeTheme, type BrowserWindow, type HandlerDetails } from 'electron'
import { POP_OUT_NAME, STUDIO_ORIGIN } from '../shared/origins'
import { originOf, type OpenAnswer } from './guards'
import { BACKGROUND } from './windows'

/**
 * The chat in a window of its own, above all others: an empty child of the studio's page, in the same process, which the page fills itself. So both
 * windows show one state, and there is nothing in it that could speak to main.
 */
export function popOutResponse(openerUrl: string, { url, frameName }: Pick<HandlerDetails, 'url' | 'frameName'>): OpenAnswer {
  if (originOf(openerUrl) !== STUDIO_ORIGIN || url !== 'about:blank' || frameName !== POP_OUT_NAME) return { action: 'deny' }
  return {
    action: 'allow',
    overrideBrowserWindowOptions: {
      width: 380,
      height: 680,
      minWidth: 300,
      minHeight: 360,
      title: 'AnchorDesk',
      alwaysOnTop: true,
      autoHideMenuBar: true,
      fullscreenable: false,
      backgroundColor: nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light,
    },
  }
}

/** Closes what the studio's page popped out when that page is gone, and keeps the page awake while it is out and the studio is minimized. */
export function ownPopOuts(studio: BrowserWindow): void {
  const { webContents } = studio
  const children = new Set<BrowserWindow>()
  const closeAll = (): void => {
    for (const child of children) child.destroy()
  }
  webContents.on('did-create-window', (child) => {
    children.add(child)
    webContents.setBackgroundThrottling(false)
    child.on('closed', () => {
      children.delete(child)
      if (children.size === 0 && !webContents.isDestroyed()) webContents.setBackgroundThrottling(true)
    })
  })
  webContents.on('render-process-gone', closeAll)
  webContents.on('did-start-loading', closeAll)
  studio.on('closed', closeAll)
}

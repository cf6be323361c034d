import type { App, Session, WebContents } from 'electron'
import { STAGE_ORIGIN } from '../shared/origins'

/** What the stage needs to capture; everything else is denied, to everyone (Electron checklist 5). */
const STAGE_PERMISSIONS = new Set(['media', 'display-capture'])

export function isAllowedPermission(origin: string, permission: string): boolean {
  return origin.replace(/\/$/, '') === STAGE_ORIGIN && STAGE_PERMISSIONS.has(permission)
}

export function guardPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, callback, details) => callback(isAllowedPermission(originOf(details.requestingUrl), permission)))
  session.setPermissionCheckHandler((_contents, permission, requestingOrigin) => isAllowedPermission(requestingOrigin, permission))
  session.setDevicePermissionHandler(() => false)
}

/** `URL.origin` is "null" for schemes that Node does not know. */
export function originOf(url: string): string {
  return /^[a-z]+:\/\/[^/?#]+/i.exec(url)?.[0] ?? ''
}

/** No page of ours goes anywhere, opens anything or embeds anything (Electron checklist 11–14). */
export function guardContents(app: App): void {
  app.on('web-contents-created', (_event, contents) => guardOne(contents))
}

export function guardOne(contents: Pick<WebContents, 'on' | 'setWindowOpenHandler'>): void {
  contents.on('will-navigate', (event) => event.preventDefault())
  contents.on('will-redirect', (event) => event.preventDefault())
  contents.on('will-frame-navigate', (event) => event.preventDefault())
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
}

/** What may be handed to the system's browser (Electron checklist 15): our own watch page. */
export function isAllowedExternal(url: string, watchPage: string | null): boolean {
  return watchPage !== null && url === watchPage && /^http:\/\/(127\.0\.0\.1|\d{1,3}(\.\d{1,3}){3}):\d+\/watch\/$/.test(url)
}

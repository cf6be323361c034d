import type { App, HandlerDetails, Session, WebContents } from 'electron'
import { isServerOrigin } from '../shared/cloud'
import { STAGE_ORIGIN } from '../shared/origins'

/** What is answered to a page that wants to open a window; older Electrons have no name for it. */
export type OpenAnswer = ReturnType<Parameters<WebContents['setWindowOpenHandler']>[0]>

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

/** No page of ours goes anywhere, opens anything but the studio's pop-out, or embeds anything (Electron checklist 11–14). */
export function guardContents(app: App, popOut: (openerUrl: string, asked: HandlerDetails) => OpenAnswer): void {
  app.on('web-contents-created', (_event, contents) => guardOne(contents, (asked) => popOut(contents.getURL(), asked)))
}

export function guardOne(contents: Pick<WebContents, 'on' | 'setWindowOpenHandler'>, onOpen: (asked: HandlerDetails) => OpenAnswer): void {
  contents.on('will-navigate', (event) => event.preventDefault())
  contents.on('will-redirect', (event) => event.preventDefault())
  contents.on('will-frame-navigate', (event) => event.preventDefault())
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(onOpen)
}

/** What may be handed to the system's browser (Electron checklist 15): the room's own watch page, here or at a team's server. */
export function isAllowedExternal(url: string, watchPage: string | null): boolean {
  if (watchPage === null || url !== watchPage) return false
  const team = /^(https?:\/\/[^/]+)\/watch\/\?room=[\w-]{1,48}$/.exec(url)
  return /^http:\/\/(127\.0\.0\.1|\d{1,3}(\.\d{1,3}){3}):\d+\/watch\/$/.test(url) || (team?.[1] !== undefined && isServerOrigin(team[1]))
}

/** Longest address that is handed on, characters. */
const MAX_LINK_CHARS = 2_048

/**
 * What somebody wrote in the chat may go to the system's browser after the anchor said yes to this very address: https, a host with a name, no
 * user and password that would hide it. The address has to be written as the browser would read it, so that what was shown is what opens.
 */
export function isAllowedLink(url: string): boolean {
  const read = url.length > MAX_LINK_CHARS ? null : readUrl(url)
  if (read === null) return false
  const { protocol, username, password, hostname, href } = read
  return protocol === 'https:' && username === '' && password === '' && /^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*$/.test(hostname) && href === url
}

/** `URL.canParse` is younger than the oldest Node that runs this. */
function readUrl(url: string): URL | null {
  try {
    return new URL(url)
  } catch (error) {
    if (error instanceof TypeError) return null
    throw error
  }
}

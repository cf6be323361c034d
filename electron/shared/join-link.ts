/** A co-anchor's link, as somebody pastes it or clicks it. */
export interface JoinLink {
  /** Host and port of the room server, as a URL has them. */
  readonly host: string
  readonly room: string
  /** Token of the invitation. */
  readonly invite: string
  /** The room server is reached by https. */
  readonly secure: boolean
}

/** The app's own scheme: its links open the app, and its co-anchor's window has addresses of it. */
export const JOIN_SCHEME = 'anchordesk'
const MAX_CHARS = 2_048
const HOST = '(?:[a-z0-9-]+(?:\\.[a-z0-9-]+)*|\\[[0-9a-f:.]+\\])(?::\\d{1,5})?'
/** Of room ids and tokens: nothing that would be read as anything else in an address. */
const WORD = '[\\w.~-]{1,1024}'
const LINK = new RegExp(`^(https?|${JOIN_SCHEME})://(${HOST})/guest/\\?room=(${WORD})(&secure=1)?(?:&http=(\\d{1,5}))?#invite=(${WORD})$`, 'i')

/** @returns null: it is no co-anchor's link */
export function parseJoinLink(text: string): JoinLink | null {
  const [, scheme = '', host, room, secure, http, invite] = (text.length > MAX_CHARS ? null : LINK.exec(text.trim())) ?? []
  if (host === undefined || room === undefined || invite === undefined) return null
  // A browser needs HTTPS for its camera, and gets it by a certificate that nobody has signed; the app needs neither.
  if (http !== undefined) return { host: `${host.toLowerCase().replace(/:\d+$/, '')}:${http}`, room, invite, secure: false }
  return { host: host.toLowerCase(), room, invite, secure: scheme.toLowerCase() === 'https' || secure !== undefined }
}

/** The link again, for the app. */
export function joinAddress({ host, room, invite, secure }: JoinLink): string {
  return `${JOIN_SCHEME}://${host}/guest/?room=${room}${secure ? '&secure=1' : ''}#invite=${invite}`
}

/** Origin of the app's co-anchor window. Chromium knows no ports in schemes of an app: where the room server is stands in the query. */
export const JOIN_WINDOW_ORIGIN = `${JOIN_SCHEME}://co-anchor`

/** The address of the app's own copy of the co-anchor's page, for the link. */
export function joinWindowAddress({ host, room, invite, secure }: JoinLink): string {
  return `${JOIN_WINDOW_ORIGIN}/guest/?room=${room}&at=${encodeURIComponent(host)}${secure ? '&secure=1' : ''}#invite=${invite}`
}

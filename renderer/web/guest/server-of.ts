import { JOIN_WINDOW_ORIGIN } from '../../../electron/shared/join-link'

export interface PageServer {
  /** `http(s)://host:port` of the room server. */
  readonly origin: string
  /** The page is the app's own: its origin is the same whatever the server. */
  readonly inApp: boolean
}

/** In the app's window the address says where the room server is; a page of a server is where it came from. Pure. */
export function serverOf({ href, protocol, host, search }: Pick<Location, 'href' | 'protocol' | 'host' | 'search'>): PageServer {
  if (!href.startsWith(`${JOIN_WINDOW_ORIGIN}/`)) return { origin: `${protocol === 'https:' ? 'https' : 'http'}://${host}`, inApp: false }
  const query = new URLSearchParams(search)
  return { origin: `${query.get('secure') === '1' ? 'https' : 'http'}://${query.get('at') ?? ''}`, inApp: true }
}

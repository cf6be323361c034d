import type { IncomingHttpHeaders } from 'node:http'
import { FORWARDED_HEADER } from './forwarded-header'

/** Stands in the answer of an instance that was taken for the leader and is not: it has done nothing. */
export const NOT_LEADING_HEADER = 'x-anchordesk-not-leading'
/** Stands in the answer of a leader that lost its place in the middle of the request: it may be done or not. */
export const DEPOSED_HEADER = 'x-anchordesk-deposed'

/** Of one connection, and not of what goes over it. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'content-length',
  FORWARDED_HEADER,
  NOT_LEADING_HEADER,
  DEPOSED_HEADER,
])

/** The headers that go on to the other end. */
export function endToEnd(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(headers)) if (value !== undefined && !HOP_BY_HOP.has(name) && !isOfProxies(name)) kept[name] = value
  return kept
}

/** From whom it is, the signed header says alone. @param name in lower case */
export function isOfProxies(name: string): boolean {
  return name === 'forwarded' || name.startsWith('x-forwarded-')
}

/** @param address of an instance: scheme, host and port */
export function endOf(address: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(address)
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port === '' ? 80 : port) }
}

import { AnchorError, type ErrorInfo } from '../../shared/errors'
import type { AmfValue } from '../../shared/rtmp/amf0'

/** A certificate does not get better by waiting; other faults of TLS (a cut handshake, a proxy in between) may. */
const CERTIFICATE_CODES = /^(ERR_TLS_CERT_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_|HOSTNAME_MISMATCH)/
const TLS_CODES = /^(ERR_TLS|ERR_SSL|EPROTO)/

/** Servers' words for "not you": asking again brings the same answer. */
const REFUSALS = new Set([
  'NetStream.Publish.Denied',
  'NetStream.Publish.Rejected',
  'NetStream.Publish.Unauthorized',
  'NetConnection.Connect.Rejected',
  'NetConnection.Connect.InvalidApp',
])
const MAX_REASON = 64

/** What a socket's error means for the person at the desk. */
export function connectionError(error: NodeJS.ErrnoException, where: { host: string; port: number; phase: string }): ErrorInfo {
  const code = error.code ?? ''
  const { host, port } = where
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return new AnchorError('publish.dns', { context: { host } }).toInfo()
  if (code === 'ECONNREFUSED') return new AnchorError('publish.refused', { context: { host, port } }).toInfo()
  if (code === 'ETIMEDOUT' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return new AnchorError('publish.timeout', { context: where }).toInfo()
  if (CERTIFICATE_CODES.test(code)) return new AnchorError('publish.tls', { context: { reason: code } }).toInfo()
  if (TLS_CODES.test(code)) return new AnchorError('publish.protocol', { context: { reason: code } }).toInfo()
  return new AnchorError('publish.closed', { context: { reason: code === '' ? 'connection error' : code } }).toInfo()
}

/**
 * What a server's status means (RTMP NetStream and NetConnection codes). Only a plain refusal on the way to publishing is
 * final; whatever is said in mid-show is tried again, and the answer to that tells.
 */
export function statusError(info: AmfValue, publishing: boolean): ErrorInfo {
  const code = field(info, 'code')
  // The description may repeat the stream name with its key: only the code is told.
  if (code === 'NetStream.Publish.BadName') return new AnchorError('publish.bad-name').toInfo()
  const reason = code.replace(/[^\x20-\x7e]/g, '').slice(0, MAX_REASON) || 'refused'
  if (REFUSALS.has(code) && !publishing) return new AnchorError('publish.denied', { context: { reason } }).toInfo()
  return new AnchorError('publish.closed', { context: { reason } }).toInfo()
}

/** A text field of a status object, whichever AMF form the server chose. */
export function field(info: AmfValue, key: string): string {
  const value: unknown =
    info instanceof Map ? info.get(key) : info !== null && typeof info === 'object' && !Array.isArray(info) ? (info as Record<string, unknown>)[key] : undefined
  return typeof value === 'string' ? value : ''
}

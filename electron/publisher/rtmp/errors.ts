import { AnchorError, type ErrorInfo } from '../../shared/errors'
import type { AmfValue } from '../../shared/rtmp/amf0'

const TLS_CODES = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO)/

/** What a socket's error means for the person at the desk. */
export function connectionError(error: NodeJS.ErrnoException, where: { host: string; port: number; phase: string }): ErrorInfo {
  const code = error.code ?? ''
  const { host, port } = where
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return new AnchorError('publish.dns', { context: { host } }).toInfo()
  if (code === 'ECONNREFUSED') return new AnchorError('publish.refused', { context: { host, port } }).toInfo()
  if (code === 'ETIMEDOUT' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return new AnchorError('publish.timeout', { context: where }).toInfo()
  if (TLS_CODES.test(code)) return new AnchorError('publish.tls', { context: { reason: code } }).toInfo()
  return new AnchorError('publish.closed', { context: { reason: code === '' ? 'connection error' : code } }).toInfo()
}

/** What a server's refusal means (RTMP NetStream and NetConnection status codes). */
export function statusError(info: AmfValue): ErrorInfo {
  const code = field(info, 'code')
  // The description may repeat the stream name with its key: only the code is told.
  if (code === 'NetStream.Publish.BadName') return new AnchorError('publish.bad-name').toInfo()
  if (code === 'NetStream.Unpublish.Success' || code === 'NetConnection.Connect.Closed')
    return new AnchorError('publish.closed', { context: { reason: code } }).toInfo()
  return new AnchorError('publish.denied', { context: { reason: code === '' ? 'refused' : code } }).toInfo()
}

/** A text field of a status object, whichever AMF form the server chose. */
export function field(info: AmfValue, key: string): string {
  const value: unknown =
    info instanceof Map ? info.get(key) : info !== null && typeof info === 'object' && !Array.isArray(info) ? (info as Record<string, unknown>)[key] : undefined
  return typeof value === 'string' ? value : ''
}

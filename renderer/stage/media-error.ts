import type { ErrorInfo } from '../../electron/shared/errors'

/** What a refusal of getUserMedia means (W3C mediacapture-main §10.3.1). */
export function mediaError(error: unknown, device: string): ErrorInfo {
  const name = error instanceof Error ? error.name : ''
  if (name === 'NotAllowedError' || name === 'SecurityError') return { code: 'source.permission-denied', context: { device } }
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return { code: 'source.not-found', context: { device } }
  if (name === 'NotReadableError' || name === 'AbortError') return { code: 'source.in-use', context: { device } }
  return { code: 'source.failed', context: { device, reason: error instanceof Error ? `${name}: ${error.message}`.slice(0, 200) : 'unknown' } }
}

import type { StageChecks } from './stage'
import { CHECKS } from './thresholds'

/** The go-live sheet's checks (ux.md §3). Numbers are those of the table there. */

/** 1 permission · 2 pictures · 3 microphone · 4 encoder · 5 line · 9 disk · 10 power. The rest comes with the room. */
export type CheckId = 'permission' | 'pictures' | 'microphone' | 'encoder' | 'line' | 'disk' | 'power'

export type CheckVerdict = 'waiting' | 'running' | 'pass' | 'warn' | 'stop' | 'skipped'

export type CheckFix =
  'ask-permission' | 'open-system-settings' | 'restart-source' | 'choose-other' | 'unmute' | 'lower-profile' | 'choose-folder' | 'edit-destination' | 'none'

export interface CheckResult {
  readonly id: CheckId
  readonly verdict: CheckVerdict
  /** Message key under `checks.<id>.` in the locales ("silent", "hardware", "too-slow" …). */
  readonly reason: string
  readonly context: Readonly<Record<string, string | number>>
  readonly fix: CheckFix
  /** A stop that "Go live anyway" may pass (microphone, line, disk). */
  readonly overridable: boolean
}

const OVERRIDABLE: readonly CheckId[] = ['microphone', 'line', 'disk']

function result(id: CheckId, verdict: CheckVerdict, reason: string, fix: CheckFix = 'none', context: CheckResult['context'] = {}): CheckResult {
  return { id, verdict, reason, context, fix, overridable: verdict === 'stop' && OVERRIDABLE.includes(id) }
}

export function waitingChecks(): CheckResult[] {
  return (['permission', 'pictures', 'microphone', 'encoder', 'line', 'disk', 'power'] as const).map((id) => result(id, 'running', 'running'))
}

export type MediaAccess = 'granted' | 'not-asked' | 'denied' | 'unknown'

/** @param access one entry per kind of device that the scene uses */
export function judgePermission(access: readonly { readonly device: string; readonly access: MediaAccess }[]): CheckResult {
  const denied = access.find((one) => one.access === 'denied')
  if (denied !== undefined) return result('permission', 'stop', 'denied', 'open-system-settings', { device: denied.device })
  const asked = access.find((one) => one.access === 'not-asked')
  if (asked !== undefined) return result('permission', 'warn', 'not-asked', 'ask-permission', { device: asked.device })
  return result('permission', 'pass', 'granted')
}

/** @param nothingVisible the scene has no visible picture source at all */
export function judgePictures(checks: StageChecks, nothingVisible: boolean): CheckResult {
  if (nothingVisible) return result('pictures', 'stop', 'none', 'choose-other')
  for (const picture of checks.pictures) {
    if (picture.error !== null || picture.variance === null) return result('pictures', 'stop', 'no-frames', 'restart-source', { sourceId: picture.id })
  }
  for (const picture of checks.pictures) {
    // A still screen sends no frames and is right; only a camera owes a rate.
    if (picture.kind !== 'camera') continue
    if (picture.variance !== null && picture.variance < 1) return result('pictures', 'warn', 'black', 'choose-other', { sourceId: picture.id })
    const rate = picture.askedFps === 0 ? 1 : picture.fps / picture.askedFps
    if (rate < CHECKS.frameRateShare.warn)
      return result('pictures', 'warn', 'very-slow', 'restart-source', { sourceId: picture.id, fps: Math.round(picture.fps) })
    if (rate < CHECKS.frameRateShare.pass) return result('pictures', 'warn', 'slow', 'restart-source', { sourceId: picture.id, fps: Math.round(picture.fps) })
  }
  return result('pictures', 'pass', 'frames')
}

/** @param hasSound the scene has any sound source */
export function judgeMicrophone(checks: StageChecks, hasSound: boolean): CheckResult {
  if (!hasSound) return result('microphone', 'warn', 'none', 'choose-other')
  const { microphones } = checks
  if (microphones.length === 0) return result('microphone', 'pass', 'other-sound')
  const broken = microphones.find((one) => one.error !== null)
  if (broken !== undefined) return result('microphone', 'stop', 'broken', 'choose-other', { sourceId: broken.id })
  if (microphones.every((one) => one.muted)) return result('microphone', 'warn', 'muted', 'unmute')
  const peakDb = Math.max(...microphones.filter((one) => !one.muted).map((one) => one.peakDb))
  const context = { db: Math.round(peakDb) }
  if (peakDb > CHECKS.micPeakDb.pass) return result('microphone', 'pass', 'signal', 'none', context)
  if (peakDb > CHECKS.micPeakDb.warn) return result('microphone', 'warn', 'quiet', 'choose-other', context)
  return result('microphone', 'stop', 'silent', 'choose-other', context)
}

export function judgeEncoder(checks: StageChecks): CheckResult {
  const { encoder } = checks
  if (!encoder.ok) return result('encoder', 'stop', 'fails', 'lower-profile')
  return encoder.hardware ? result('encoder', 'pass', 'hardware') : result('encoder', 'pass', 'software')
}

/** What is known of the way to the destinations before going live: connecting, not carrying. */
export interface LineMeasurement {
  readonly name: string
  /** Time to connect; null = it could not. */
  readonly connectMs: number | null
}

export function judgeLine(lines: readonly LineMeasurement[]): CheckResult {
  if (lines.length === 0) return result('line', 'stop', 'no-destination', 'edit-destination')
  const dead = lines.find((line) => line.connectMs === null)
  if (dead !== undefined) return result('line', lines.length === 1 ? 'stop' : 'warn', 'unreachable', 'edit-destination', { destination: dead.name })
  const slowest = Math.max(...lines.map((line) => line.connectMs ?? 0))
  const context = { ms: Math.round(slowest) }
  return slowest > 200 ? result('line', 'warn', 'far', 'none', context) : result('line', 'pass', 'reachable', 'none', context)
}

/** @param freeBytes null = not known */
export function judgeDisk(freeBytes: number | null): CheckResult {
  if (freeBytes === null) return result('disk', 'skipped', 'unknown')
  const context = { gigabytes: Math.round(freeBytes / 1e8) / 10 }
  // Nothing is recorded yet: settings and logs need little, but a full disk harms everything.
  return freeBytes < CHECKS.diskFreeStopBytes ? result('disk', 'warn', 'low', 'choose-folder', context) : result('disk', 'pass', 'enough', 'none', context)
}

/** @param onBattery null = not known */
export function judgePower(onBattery: boolean | null): CheckResult {
  if (onBattery === null) return result('power', 'skipped', 'unknown')
  return onBattery ? result('power', 'warn', 'battery') : result('power', 'pass', 'mains')
}

export interface ChecksSummary {
  readonly warnings: number
  readonly stops: number
  /** Enter goes live. */
  readonly ready: boolean
  /** "Go live anyway" may pass what stops it. */
  readonly overridable: boolean
}

export function summariseChecks(results: readonly CheckResult[]): ChecksSummary {
  const stops = results.filter((one) => one.verdict === 'stop')
  return {
    warnings: results.filter((one) => one.verdict === 'warn').length,
    stops: stops.length,
    ready: stops.length === 0,
    overridable: stops.length > 0 && stops.every((one) => one.overridable),
  }
}

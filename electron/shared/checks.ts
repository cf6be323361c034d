import type { Profile } from './profile'
import type { StageChecks } from './stage'
import { CHECKS } from './thresholds'
import { SPEED_TEST_MAX_KBPS, type SpeedResult } from './trtc'

/** The go-live sheet's checks (ux.md §3). Numbers are those of the table there. */

/** 1 permission · 2 pictures · 3 microphone · 4 encoder · 5 line · 9 disk · 10 power. The rest comes with the room. */
export type CheckId = 'permission' | 'pictures' | 'microphone' | 'encoder' | 'line' | 'disk' | 'power'

export type CheckVerdict = 'waiting' | 'running' | 'pass' | 'warn' | 'stop' | 'skipped'

export type CheckFix = 'ask-permission' | 'open-system-settings' | 'restart-source' | 'choose-other' | 'unmute' | 'lower-profile' | 'edit-destination' | 'none'

export interface CheckResult {
  readonly id: CheckId
  readonly verdict: CheckVerdict
  /** Message key under `checks.<id>.` in the locales ("silent", "hardware", "too-slow" …). */
  readonly reason: string
  readonly context: Readonly<Record<string, string | number>>
  readonly fix: CheckFix
  /** A stop that "Go live anyway" may pass: microphone, line, disk, and a camera or an encoder that is only slow. */
  readonly overridable: boolean
}

const OVERRIDABLE: readonly CheckId[] = ['microphone', 'line', 'disk']

function result(id: CheckId, verdict: CheckVerdict, reason: string, fix: CheckFix = 'none', context: CheckResult['context'] = {}): CheckResult {
  // A camera in the dark gives half its frames and still a show, and a test encode on a busy machine says little of the next
  // hour: that is for the anchor to say.
  const passable = OVERRIDABLE.includes(id) || reason === 'very-slow' || reason === 'too-slow'
  return { id, verdict, reason, context, fix, overridable: verdict === 'stop' && passable }
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
  // A first frame alone proves nothing: macOS gives black screens and windows while it withholds the permission.
  const black = checks.pictures.find((picture) => picture.variance !== null && picture.variance < CHECKS.flatVariance)
  if (black !== undefined) return result('pictures', 'stop', 'black', 'choose-other', { sourceId: black.id })
  // A still screen sends no frames and is right; only a camera owes a rate.
  const cameras = checks.pictures.filter((picture) => picture.kind === 'camera' && picture.askedFps > 0)
  const slowest = cameras.reduce<(typeof cameras)[number] | null>((found, one) => (found === null || rateOf(one) < rateOf(found) ? one : found), null)
  if (slowest !== null && rateOf(slowest) < CHECKS.frameRateShare.pass) {
    const context = { sourceId: slowest.id, fps: Math.round(slowest.fps), askedFps: slowest.askedFps }
    return rateOf(slowest) < CHECKS.frameRateShare.warn
      ? result('pictures', 'stop', 'very-slow', 'restart-source', context)
      : result('pictures', 'warn', 'slow', 'restart-source', context)
  }
  return result('pictures', 'pass', 'frames')
}

function rateOf(picture: StageChecks['pictures'][number]): number {
  return picture.fps / picture.askedFps
}

/** @param hasSound the scene has any sound source */
export function judgeMicrophone(checks: StageChecks, hasSound: boolean): CheckResult {
  if (!hasSound) return result('microphone', 'warn', 'none', 'choose-other')
  const { microphones } = checks
  if (microphones.length === 0) return result('microphone', 'pass', 'other-sound')
  const broken = microphones.find((one) => one.error !== null)
  if (broken !== undefined) return result('microphone', 'stop', 'broken', 'choose-other', { sourceId: broken.id })
  const open = microphones.filter((one) => !one.muted)
  const [first] = open
  if (first === undefined) return result('microphone', 'warn', 'muted', 'unmute')
  const peakDb = Math.max(...open.map((one) => one.peakDb))
  const context = { db: Math.round(peakDb), sourceId: first.id }
  if (peakDb > CHECKS.micPeakDb.pass) return result('microphone', 'pass', 'signal', 'none', context)
  if (peakDb > CHECKS.micPeakDb.warn) return result('microphone', 'warn', 'quiet', 'choose-other', context)
  return result('microphone', 'stop', 'silent', 'choose-other', context)
}

/** The longer measurement of two in a row: sound is heard if it was heard in either, the rest is as it is now. */
export function heardInEither(before: StageChecks, now: StageChecks): StageChecks {
  const peaks = new Map(before.microphones.map((one) => [one.id, one.peakDb]))
  return { ...now, microphones: now.microphones.map((one) => ({ ...one, peakDb: Math.max(one.peakDb, peaks.get(one.id) ?? -Infinity) })) }
}

/** @param profile what is asked of the encoder; the measured rate stands against its frame rate */
export function judgeEncoder(checks: StageChecks, profile: Profile): CheckResult {
  const { encoder } = checks
  // A lower bitrate alone makes no encoder faster.
  const heavy = profile.resolution !== '720p' || profile.fps > 30
  const lower: CheckFix = heavy ? 'lower-profile' : 'none'
  if (!encoder.ok) return result('encoder', 'stop', 'fails', lower)
  const context = { fps: Math.round(encoder.fps), askedFps: profile.fps }
  if (encoder.fps < profile.fps) return result('encoder', 'stop', 'too-slow', lower, context)
  if (encoder.hardware) return result('encoder', 'pass', 'hardware', 'none', context)
  return result('encoder', 'warn', 'software', lower, context)
}

/**
 * What is known of the way to a destination before going live: it connects and speaks RTMP. How much it carries is not
 * known: RTMP has no way to ask without publishing.
 */
export interface LineMeasurement {
  readonly id: string
  readonly name: string
  /** Time to connect; null = it could not. */
  readonly rttMs: number | null
  readonly failure: 'unreachable' | 'certificate' | 'not-rtmp' | 'no-answer' | null
  /** UNIX seconds when the push URL ends; null = never. */
  readonly expiresAtSec: number | null
}

/** good = later, fair = within the hour, poor = over. */
export function expiryLevel(expiresAtSec: number, nowSec: number): 'good' | 'fair' | 'poor' {
  if (expiresAtSec <= nowSec) return 'poor'
  return expiresAtSec - nowSec < CHECKS.expirySoonSec ? 'fair' : 'good'
}

/** @param keyless switched on, but there is no key to push with: main leaves them out */
export function judgeLine(lines: readonly LineMeasurement[], keyless: readonly { readonly id: string; readonly name: string }[], nowSec: number): CheckResult {
  const about = (one: { id: string; name: string }): CheckResult['context'] => ({ destination: one.name, destinationId: one.id })
  const [skipped] = keyless
  if (lines.length === 0) {
    return skipped === undefined
      ? result('line', 'stop', 'no-destination', 'edit-destination')
      : result('line', 'stop', 'all-keyless', 'edit-destination', about(skipped))
  }
  const levelAt = (line: LineMeasurement): string => (line.expiresAtSec === null ? 'good' : expiryLevel(line.expiresAtSec, nowSec))
  const expired = lines.find((line) => levelAt(line) === 'poor')
  if (expired !== undefined) return result('line', 'stop', 'expired', 'edit-destination', about(expired))
  const dead = lines.filter((line) => line.failure !== null)
  const [first] = dead
  if (first !== undefined) {
    return result('line', dead.length === lines.length ? 'stop' : 'warn', first.failure ?? 'unreachable', 'edit-destination', about(first))
  }
  if (skipped !== undefined) return result('line', 'warn', 'keyless', 'edit-destination', about(skipped))
  const ending = lines.find((line) => levelAt(line) === 'fair')
  if (ending?.expiresAtSec != null) {
    const minutes = Math.max(1, Math.round((ending.expiresAtSec - nowSec) / 60))
    return result('line', 'warn', 'expires-soon', 'edit-destination', { ...about(ending), minutes })
  }
  const rttMs = Math.max(...lines.map((line) => line.rttMs ?? 0))
  const context = { ms: Math.max(1, Math.round(rttMs)) }
  return rttMs > CHECKS.rttMs ? result('line', 'warn', 'far', 'none', context) : result('line', 'pass', 'reachable', 'none', context)
}

/** Of the sound that goes with the picture, kbit/s. */
const AUDIO_KBPS = 128

/** The line to TRTC by its own speed test; the quality is TRTC's: 1 excellent … 5 very bad, 6 down. */
export function judgeTrtcLine(speed: SpeedResult, profile: Pick<Profile, 'bitrateKbps'>): CheckResult {
  if (!speed.ok) return result('line', 'stop', 'trtc-failed', 'none')
  const context = { quality: speed.quality, ms: Math.max(1, Math.round(speed.rttMs ?? 0)), kbps: Math.round(speed.upKbps ?? 0) }
  if (speed.quality >= 5) return result('line', 'stop', 'trtc-bad', 'none', context)
  // The test goes up to 5 Mbit/s: what reaches its end may carry more.
  const needed = Math.min(profile.bitrateKbps + AUDIO_KBPS, SPEED_TEST_MAX_KBPS * 0.95)
  if (speed.upKbps !== null && speed.upKbps < needed) return result('line', 'warn', 'trtc-slow', 'lower-profile', context)
  if (speed.quality >= 3) return result('line', 'warn', 'trtc-weak', 'none', context)
  return result('line', 'pass', 'trtc-good', 'none', context)
}

/** @param freeBytes null = not known */
export function judgeDisk(freeBytes: number | null): CheckResult {
  if (freeBytes === null) return result('disk', 'skipped', 'unknown')
  const context = { gigabytes: Math.round(freeBytes / 1e8) / 10 }
  // Nothing is recorded yet, so that a full disk stops no show; settings and logs still need some.
  return freeBytes < CHECKS.diskFreeStopBytes ? result('disk', 'warn', 'low', 'none', context) : result('disk', 'pass', 'enough', 'none', context)
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

import type { GuestChecks } from '../../../electron/shared/co-anchor-line'
import type { MediaTrouble } from './own-media'

type Verdict = GuestChecks['camera']
/** A verdict with the key of what is said of it. */
export interface CheckView {
  readonly verdict: Verdict
  /** Key of a text under `checks.<check>`. */
  readonly why: string
}
export type CheckViews = { readonly [Check in keyof GuestChecks]: CheckView }

/** A picture darker than this is as good as none: mean luma, 0 … 255. */
const BLACK_LUMA = 12
/** Louder than this, the microphone hears something, dBFS. */
const HEARD_DB = -45
/** Silent for so long, one is asked to say something. */
const SILENT_MS = 8_000
const NO_FRAMES_MS = 3_000
/** Of the line: above these a conversation suffers. */
const SLOW_MS = 200
const LOSSY = 0.03

export interface CameraFacts {
  readonly trouble: MediaTrouble | null
  readonly off: boolean
  /** Since the last frame; null = none came yet. */
  readonly quietMs: number | null
  /** Since the camera was opened. */
  readonly openMs: number
  readonly luma: number
}

export function cameraCheck({ trouble, off, quietMs, openMs, luma }: CameraFacts): CheckView {
  if (trouble !== null) return { verdict: 'warn', why: trouble }
  if (off) return { verdict: 'warn', why: 'off' }
  if (quietMs === null) return openMs > NO_FRAMES_MS ? { verdict: 'warn', why: 'frozen' } : { verdict: 'unknown', why: 'looking' }
  if (quietMs > NO_FRAMES_MS) return { verdict: 'warn', why: 'frozen' }
  return luma < BLACK_LUMA ? { verdict: 'warn', why: 'black' } : { verdict: 'pass', why: 'good' }
}

export interface MicrophoneFacts {
  readonly trouble: MediaTrouble | null
  readonly off: boolean
  /** The loudest of this device so far, dBFS. */
  readonly peakDb: number
  readonly openMs: number
}

export function microphoneCheck({ trouble, off, peakDb, openMs }: MicrophoneFacts): CheckView {
  if (trouble !== null) return { verdict: 'warn', why: trouble }
  if (off) return { verdict: 'warn', why: 'off' }
  if (isHeard(peakDb)) return { verdict: 'pass', why: 'good' }
  return openMs > SILENT_MS ? { verdict: 'warn', why: 'silent' } : { verdict: 'unknown', why: 'listening' }
}

export function isHeard(peakDb: number): boolean {
  return peakDb > HEARD_DB
}

export type EchoResult = 'untested' | 'testing' | 'silent' | 'heard' | 'no-sound'

export function echoCheck(result: EchoResult): CheckView {
  if (result === 'silent') return { verdict: 'pass', why: 'good' }
  return { verdict: result === 'heard' || result === 'no-sound' ? 'warn' : 'unknown', why: result }
}

export interface LineFacts {
  readonly connected: boolean
  /** Milliseconds there and back; null = not known. */
  readonly rttMs: number | null
  /** 0 … 1; null = not known. */
  readonly loss: number | null
}

export function lineCheck({ connected, rttMs, loss }: LineFacts): CheckView {
  if (!connected) return { verdict: 'unknown', why: 'waiting' }
  if (rttMs === null) return { verdict: 'unknown', why: 'measuring' }
  if ((loss ?? 0) > LOSSY) return { verdict: 'warn', why: 'lossy' }
  return rttMs > SLOW_MS ? { verdict: 'warn', why: 'slow' } : { verdict: 'pass', why: 'good' }
}

export function verdictsOf(views: CheckViews): GuestChecks {
  const { camera, microphone, echo, line } = views
  return { camera: camera.verdict, microphone: microphone.verdict, echo: echo.verdict, line: line.verdict }
}

/** Round trip and loss of a call. What a browser does not say is null. */
export function lineFacts(report: RTCStatsReport): Omit<LineFacts, 'connected'> {
  let rttMs: number | null = null
  let loss: number | null = null
  report.forEach((one: Readonly<Record<string, unknown>>) => {
    if (one['type'] === 'candidate-pair' && one['nominated'] === true && typeof one['currentRoundTripTime'] === 'number')
      rttMs = one['currentRoundTripTime'] * 1_000
    if (one['type'] === 'remote-inbound-rtp' && typeof one['fractionLost'] === 'number') loss = Math.max(loss ?? 0, one['fractionLost'])
  })
  return { rttMs, loss }
}

import type { TRTCSpeedTestResult } from 'trtc-electron-sdk'
import type { ErrorInfo } from '../../electron/shared/errors'
import type { SpeedResult, TrtcTicket } from '../../electron/shared/trtc'
import { listen } from './cloud-events'
import { meaningOf } from './codes'
import type { PageTime } from './page-time'
import type { Cloud, Sdk } from './sdk'

/** Results come every 2 to 3 s, one for each server; the first tells enough. */
const TIMEOUT_MS = 20_000
/** A result says nothing of the test it is from. Sooner than this after a test was stopped, it cannot be from the one after it. */
const STALE_MS = 1_000
/** What co-anchors send at most; kbit/s, 10 … 5,000. */
const DOWN_KBPS = 2_500

export interface SpeedTestOptions {
  readonly sdk: Pick<Sdk, 'TRTCSpeedTestParams'>
  readonly cloud: Cloud
  readonly time: PageTime
  readonly onResult: (requestId: string, result: SpeedResult) => void
}

/** One measurement of the line at a time; outside of a room only, as the SDK wants it. */
export class SpeedTest {
  readonly #options: SpeedTestOptions
  readonly #stopListening: () => void
  #stoppedMs = -Infinity
  #running: { readonly requestId: string; readonly cancel: () => void } | null = null

  constructor(options: SpeedTestOptions) {
    this.#options = options
    this.#stopListening = listen(options.cloud, {
      onSpeedTestResult: (result) => {
        if (options.time.nowMs() - this.#stoppedMs >= STALE_MS) this.#end(readSpeedResult(result))
      },
    })
  }

  /** @param inShow the program is on, or its room is not left yet: then it is refused */
  start(requestId: string, ticket: TrtcTicket, upKbps: number, inShow: boolean): void {
    const { cloud, sdk, time, onResult } = this.#options
    this.stop()
    if (inShow) {
      onResult(requestId, failedSpeed({ code: 'trtc.failed', context: { code: 0, reason: 'not during a show' } }))
      return
    }
    this.#running = { requestId, cancel: time.after(TIMEOUT_MS, () => this.#end(failedSpeed({ code: 'trtc.timeout', context: { code: 0 } }))) }
    const code: unknown = cloud.startSpeedTest(new sdk.TRTCSpeedTestParams(ticket.sdkAppId, ticket.userId, ticket.userSig, upKbps, DOWN_KBPS))
    if (typeof code === 'number' && code !== 0) this.#end(failedSpeed(meaningOf(code).error))
  }

  /** The room is about to be entered, or another test begins. */
  stop(): void {
    if (this.#running === null) return
    this.#stoppedMs = this.#options.time.nowMs()
    this.#end(failedSpeed({ code: 'trtc.failed', context: { code: 0, reason: 'stopped' } }))
  }

  close(): void {
    this.#stopListening()
    this.#running?.cancel()
  }

  #end(result: SpeedResult): void {
    const running = this.#running
    if (running === null) return
    this.#running = null
    running.cancel()
    this.#options.cloud.stopSpeedTest()
    this.#options.onResult(running.requestId, result)
  }
}

export function failedSpeed(error: ErrorInfo): SpeedResult {
  return {
    ok: false,
    error: { code: error.code, context: { ...error.context } },
    quality: 0,
    upLoss: null,
    downLoss: null,
    rttMs: null,
    upKbps: null,
    downKbps: null,
  }
}

export function readSpeedResult(result: TRTCSpeedTestResult): SpeedResult {
  const known = (value: number): number | null => (Number.isFinite(value) && value >= 0 ? value : null)
  const share = (value: number): number | null => (Number.isFinite(value) && value >= 0 ? Math.min(1, value) : null)
  const { success, quality } = result
  return {
    ok: success,
    error: success ? null : { code: 'trtc.failed', context: { code: 0, reason: result.errMsg.slice(0, 200) } },
    quality: Number.isInteger(quality) && quality >= 0 && quality <= 6 ? quality : 0,
    upLoss: share(result.upLostRate),
    downLoss: share(result.downLostRate),
    rttMs: known(result.rtt),
    upKbps: known(result.availableUpBandwidth),
    downKbps: known(result.availableDownBandwidth),
  }
}

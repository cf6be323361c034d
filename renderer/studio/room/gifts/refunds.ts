import type { RoomApiError } from '../../../room/api-request'

/** The API takes 30 such requests at once and 5 a second after: who asks too often waits. */
const WAIT_MS = 1_000
const TOO_OFTEN = 'request.too-many'

export interface RefundOptions {
  /** @returns null: the coins are back. The same order asked for twice is one refund. */
  refund(orderId: string): Promise<RoomApiError | null>
  onProgress(done: number): void
  /** Who asked has gone: no more are begun. */
  readonly signal: AbortSignal
}

export interface RefundOutcome {
  readonly done: number
  /** Why it ended before the last; null = it did not. */
  readonly refused: RoomApiError | null
}

/** Gives orders back, one after the other, and stops at the first that is refused. */
export async function refundAll(orderIds: readonly string[], { refund, onProgress, signal }: RefundOptions): Promise<RefundOutcome> {
  let done = 0
  onProgress(0)
  for (const orderId of orderIds) {
    let refused = await refund(orderId)
    while (refused?.code === TOO_OFTEN && !signal.aborted) {
      await pause(WAIT_MS, signal)
      refused = await refund(orderId)
    }
    if (refused !== null) return { done, refused }
    done += 1
    onProgress(done)
    if (signal.aborted) break
  }
  return { done, refused: null }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms)
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
  })
}

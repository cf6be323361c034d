import type { DestinationStats, DestinationStatus } from '../shared/destination'
import type { SessionSummary } from '../shared/session'

type Counted = Pick<DestinationStats, 'sentBytes' | 'sentVideoFrames' | 'droppedVideoFrames' | 'reconnects'>

const NOTHING: Counted = { sentBytes: 0, sentVideoFrames: 0, droppedVideoFrames: 0, reconnects: 0 }

/**
 * What a show sent in all, by destination. It outlives what it counts: a destination that was stopped or taken away, and a
 * publisher that was started anew and counts from zero again.
 */
export class ShowTotals {
  #counted = new Map<string, { readonly before: Counted; readonly now: Counted }>()

  begin(): void {
    this.#counted.clear()
  }

  add(statuses: readonly DestinationStatus[]): void {
    for (const { id, stats } of statuses) {
      if (stats === null) continue
      const known = this.#counted.get(id) ?? { before: NOTHING, now: NOTHING }
      this.#counted.set(id, { before: stats.sentBytes < known.now.sentBytes ? sum(known.before, known.now) : known.before, now: stats })
    }
  }

  summary(startedAtMs: number, endedAtMs: number): SessionSummary {
    const all = [...this.#counted.values()].map(({ before, now }) => sum(before, now))
    const most = (pick: (one: Counted) => number): number => all.reduce((found, one) => Math.max(found, pick(one)), 0)
    return {
      startedAtMs,
      endedAtMs,
      sentBytes: all.reduce((bytes, one) => bytes + one.sentBytes, 0),
      videoFrames: most((one) => one.sentVideoFrames),
      droppedFrames: most((one) => one.droppedVideoFrames),
      reconnects: most((one) => one.reconnects),
    }
  }
}

function sum(a: Counted, b: Counted): Counted {
  return {
    sentBytes: a.sentBytes + b.sentBytes,
    sentVideoFrames: a.sentVideoFrames + b.sentVideoFrames,
    droppedVideoFrames: a.droppedVideoFrames + b.droppedVideoFrames,
    reconnects: a.reconnects + b.reconnects,
  }
}

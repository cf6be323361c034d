import type { LossReport } from '../../../../electron/shared/crew-api'
import { DEFAULT_EDITION, EDITIONS } from '../../../../electron/shared/edition'

/** Messages a second that a room delivers; above it the service drops, lowest priority first. The same in every edition. */
export const ROOM_LIMIT = EDITIONS[DEFAULT_EDITION].messagesPerSecond

/** Shares of the limit from which it is narrow, and full. */
const FAIR_FROM = 0.7
const POOR_FROM = 0.95

export type BudgetLevel = 'unknown' | 'fair' | 'poor'

/** `unknown` here is the quiet colour: nothing to see. */
export function budgetLevel(perSecond: number, limit: number): BudgetLevel {
  const share = perSecond / limit
  if (share > POOR_FROM) return 'poor'
  return share >= FAIR_FROM ? 'fair' : 'unknown'
}

export interface LossLine {
  readonly lost: number
  /** Only priorities that lost something, highest first. */
  readonly by: readonly { readonly priority: 'High' | 'Normal' | 'Low' | 'Lowest'; readonly lost: number }[]
}

/** What was lost lately; null = nobody knows. */
export function lossLine(report: LossReport | null): LossLine | null {
  if (report === null || !report.known) return null
  const by = (['High', 'Normal', 'Low', 'Lowest'] as const).map((priority) => ({ priority, lost: report.recent[priority].lost })).filter(({ lost }) => lost > 0)
  return { lost: by.reduce((sum, { lost }) => sum + lost, 0), by }
}

/** Room for the text itself: the documents name 8,000 bytes and 12 KB for a whole message, and the backend writes who speaks around it. */
export const MAX_TEXT_BYTES = 7_000

/** Bytes of a text as they travel: UTF-8 within JSON. */
export function bytesOf(text: string): number {
  return new TextEncoder().encode(JSON.stringify(text)).length - 2
}

/** Seconds since anything came from the chat: good, asked, dead (ux.md §4). */
const HEART_FAIR_MS = 15_000
const HEART_POOR_MS = 45_000
/** An answer takes a moment: a question is sent when it turns fair. */
const ANSWER_MS = 3_000

/** @param quietMs since the last packet; null = none yet */
export function heartbeatLevel(quietMs: number | null): 'good' | 'fair' | 'poor' | 'unknown' {
  if (quietMs === null) return 'unknown'
  if (quietMs > HEART_POOR_MS) return 'poor'
  return quietMs > HEART_FAIR_MS + ANSWER_MS ? 'fair' : 'good'
}

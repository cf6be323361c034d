import type { RingRow } from '../../../room/chat-store'
import { linksIn } from './links'

export const FEED_FILTERS = ['all', 'questions', 'first', 'guests', 'flagged'] as const
export type FeedFilter = (typeof FEED_FILTERS)[number]

/** From this level on somebody is a regular: 500 points, some 250 messages (backend/levels). */
export const FAN_LEVEL = 5

/** What is found in a row, once. */
interface Facts {
  readonly question: boolean
  readonly flagged: boolean
  /** What a search looks through. */
  readonly lower: string
}

const known = new WeakMap<RingRow, Facts>()
const NOTHING: Facts = { question: false, flagged: false, lower: '' }

/** Asks, by its mark, or by the words with which English and Chinese questions begin or end. */
export function isQuestion(text: string): boolean {
  const said = text.trim()
  if (/[?？]/.test(said.replace(/https?:\S+/gi, ''))) return true
  if (/(吗|嗎|呢|么|嘛)[。.！!~～…\s]*$/.test(said)) return true
  if (/(什么|什麼|怎么|怎麼|为什么|為什麼|哪里|哪裡|哪个|谁|多少|几点|如何|是不是|有没有|能不能|可不可以)/.test(said)) return true
  return /^(who|what(?! an? )|when|where|why|how|which|is|are|am|do|does|did|can|could|will|would|should|has|have|any)\s+\S+\s+\S/i.test(said)
}

/** Flagged: the word list covered something, it was taken back, or it would lead somewhere else. */
export function factsOf(row: RingRow): Facts {
  if (row.kind === 'house') return NOTHING
  const before = known.get(row)
  if (before !== undefined) return before
  const facts = {
    question: isQuestion(row.text),
    flagged: row.masked === true || row.takenBack === true || linksIn(row.text).length > 0,
    lower: `${row.nick}\n${row.text}`.toLowerCase(),
  }
  known.set(row, facts)
  return facts
}

/** @param search '' = everything; found in name and text, in any case */
export function isShown(row: RingRow, filter: FeedFilter, search: string): boolean {
  const wanted = search.trim().toLowerCase()
  if (wanted !== '' && !factsOf(row).lower.includes(wanted)) return false
  switch (filter) {
    case 'all':
      return true
    case 'questions':
      return factsOf(row).question
    case 'first':
      return row.kind === 'said' && row.first === true
    case 'guests':
      return row.kind === 'said' && (row.role !== 'viewer' || row.level >= FAN_LEVEL)
    case 'flagged':
      return factsOf(row).flagged
  }
}

export interface News {
  readonly messages: number
  readonly questions: number
  /** There were more than are kept. */
  readonly more: boolean
}

/** What came after the row `since`. */
export function newsSince(ring: readonly RingRow[], since: number, filter: FeedFilter, search: string): News {
  let messages = 0
  let questions = 0
  for (let at = ring.length - 1; at >= 0; at -= 1) {
    const row = ring[at]
    if (row === undefined || row.no <= since) break
    if (!isShown(row, filter, search)) continue
    messages += 1
    if (factsOf(row).question) questions += 1
  }
  return { messages, questions, more: (ring[0]?.no ?? 0) > since + 1 }
}

import { RoomApiError } from './api-request'

/** Why the room said no, as a key of `refusalTexts`, with what its sentence needs. */
export interface Refusal {
  readonly reason: RefusalReason
  /** Seconds to wait; 0 = not known, or nothing to wait for. */
  readonly seconds: number
  /** UNIX seconds; 0 = not at a known time. */
  readonly until: number
  /** Sentences of the API in the browser's language, to be shown instead; '' = none. */
  readonly message: string
  readonly remedy: string
}

/** Codes of IM and of the house (docs/backend.md), and of the SDK itself (2xxx). */
const REASON_OF_CODE = {
  2025: 'offline',
  2101: 'not-here',
  2801: 'offline',
  2805: 'offline',
  2996: 'too-fast',
  10007: 'not-here',
  10010: 'no-room',
  10015: 'no-room',
  10016: 'refused',
  10017: 'muted',
  10023: 'too-fast',
  10101: 'blocked',
  10102: 'muted',
  10103: 'slow-mode',
  10104: 'word',
  10105: 'refused',
  10106: 'too-many-likes',
  10107: 'refused',
  70001: 'signed-out',
  80002: 'too-long',
} as const satisfies Readonly<Record<number, string>>

export type RefusalReason = (typeof REASON_OF_CODE)[keyof typeof REASON_OF_CODE] | 'unknown' | 'api'

/** Reads an error of the SDK or of the API. */
export function refusalOf(error: unknown): Refusal {
  const none = { seconds: 0, until: 0, message: '', remedy: '' }
  if (error instanceof RoomApiError) {
    if (error.code === 'auth.blocked') return { ...none, reason: 'blocked' }
    if (error.kind === 'refused' && error.remedy !== '') return { ...none, reason: 'api', message: error.message, remedy: error.remedy }
    return { ...none, reason: error.kind === 'refused' ? 'unknown' : 'offline' }
  }
  const code = numberOf(error, 'code')
  const detail = detailOf(error)
  const reason: RefusalReason = code in REASON_OF_CODE ? REASON_OF_CODE[code as keyof typeof REASON_OF_CODE] : 'unknown'
  return { ...none, reason, seconds: numberOf(detail, 'seconds'), until: numberOf(detail, 'until') }
}

/** The house puts its detail into the text of the error, as JSON. */
function detailOf(error: unknown): unknown {
  const text = typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : ''
  const at = text.indexOf('{')
  if (at < 0) return null
  try {
    return JSON.parse(text.slice(at, text.lastIndexOf('}') + 1))
  } catch (problem) {
    if (problem instanceof SyntaxError) return null
    throw problem
  }
}

function numberOf(value: unknown, name: 'code' | 'seconds' | 'until'): number {
  if (typeof value !== 'object' || value === null) return 0
  const found = Number((value as Readonly<Record<string, unknown>>)[name])
  return Number.isFinite(found) && found > 0 ? found : 0
}

type Texts = Readonly<Record<RefusalReason, string>>

const en: Texts = {
  offline: 'The chat did not answer. Your message was not sent: send it again.',
  'not-here': 'You were not in the room. The page has come in again: send it once more.',
  'no-room': 'This room does not exist any more.',
  'too-fast': 'That was too fast. Wait a moment and send it again.',
  refused: 'The room did not take this message.',
  muted: 'You are muted and cannot write now.',
  blocked: 'You were removed from this room.',
  'slow-mode': 'Slow mode is on: wait a moment between messages.',
  word: 'A word in this message is not allowed here. Choose other words.',
  'too-many-likes': 'That was very much liking. Some of it was not counted.',
  'signed-out': 'Your visit has ended. Load the page again.',
  'too-long': 'This message is too long. Shorten it.',
  unknown: 'The room could not take this. Try again in a moment.',
  api: '{message} {remedy}',
}
const zh: Texts = {
  offline: '聊天服务没有响应，消息未发送，请重新发送。',
  'not-here': '你已不在直播间，页面已重新进入，请再发送一次。',
  'no-room': '该直播间已不存在。',
  'too-fast': '发送过于频繁，请稍后再试。',
  refused: '直播间未接受这条消息。',
  muted: '你已被禁言，暂时不能发言。',
  blocked: '你已被移出该直播间。',
  'slow-mode': '已开启慢速模式，请稍候再发言。',
  word: '消息包含不允许的词语，请更换措辞。',
  'too-many-likes': '点赞过于频繁，部分点赞未计入。',
  'signed-out': '会话已结束，请刷新页面。',
  'too-long': '消息过长，请缩短。',
  unknown: '直播间暂时无法处理，请稍后再试。',
  api: '{message}{remedy}',
}

/** The sentence of each refusal. */
export const refusalTexts = { en, 'zh-CN': zh } as const

import type { ChatRow } from '../../../room/chat-store'

/**
 * Whom and what an action is about: taken from the row under the pointer, or in focus, at the moment of the press. The list may move under the
 * pointer afterwards; the target does not.
 */
export interface ModerationTarget {
  readonly userId: string
  readonly nick: string
  /** 0 = the room has not numbered the message (yet): the person can be acted on, the message not. */
  readonly msgSeq: number
  readonly rowId: string
  readonly text: string
}

/** @returns null for what the room itself said */
export function targetOf(row: ChatRow): ModerationTarget | null {
  return row.kind === 'said' ? { userId: row.userId, nick: row.nick, msgSeq: row.msgSeq, rowId: row.id, text: row.text } : null
}

/** Somebody without a message: from a list of people. */
export function personTarget(userId: string, nick: string): ModerationTarget {
  return { userId, nick, msgSeq: 0, rowId: '', text: '' }
}

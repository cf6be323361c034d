/**
 * What an edition of Tencent Chat allows in a live room. The studio shows these limits, the embedded Chat server keeps them, so that a
 * show rehearsed here meets the same walls in the cloud. Sources: documents im:50407 and im:48734 (members), im:47999 (history), im:49440
 * (broadcast), im:50296 (ban), im:53428 (counters).
 */
export interface EditionLimits {
  /** Members that the member list of an AVChatRoom returns, newest first. */
  readonly listedMembers: number
  /** Messages that a newcomer is given, and how old they may be. 0 = none. */
  readonly historyMessages: number
  readonly historyHours: number
  /** Broadcasts to all AVChatRooms a second; 0 = not in this edition. */
  readonly broadcastsPerSecond: number
  /** Remove a member and keep them out for a time. */
  readonly ban: boolean
  readonly counters: boolean
  /** Group.CallbackOnMemberStateChange. */
  readonly memberStateCallback: boolean
  /** Chat messages that a room delivers each second; above it the rest is dropped, lowest priority first. */
  readonly messagesPerSecond: number
}

const BASIC: EditionLimits = {
  listedMembers: 30,
  historyMessages: 0,
  historyHours: 0,
  broadcastsPerSecond: 0,
  ban: false,
  counters: false,
  memberStateCallback: false,
  messagesPerSecond: 40,
}
const PRO: EditionLimits = {
  listedMembers: 1_000,
  historyMessages: 20,
  historyHours: 24,
  broadcastsPerSecond: 1,
  ban: true,
  counters: true,
  memberStateCallback: true,
  messagesPerSecond: 40,
}

export const EDITIONS = {
  trial: BASIC,
  standard: BASIC,
  pro: PRO,
  'pro-plus': { ...PRO, broadcastsPerSecond: 5 },
  enterprise: { ...PRO, broadcastsPerSecond: 5 },
} as const satisfies Record<string, EditionLimits>

export type Edition = keyof typeof EDITIONS

export const EDITION_NAMES = Object.keys(EDITIONS) as readonly Edition[]

/** The room on one's own machine holds nothing back. */
export const DEFAULT_EDITION: Edition = 'enterprise'

export function isEdition(text: string): text is Edition {
  return text in EDITIONS
}

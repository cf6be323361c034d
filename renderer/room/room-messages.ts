import { CLIENT_KINDS, readMessageTag, readRoomMessage, type Role, type RoomMessage } from '../../electron/shared/room-message'
import type { RoomSnapshot } from '../../electron/shared/room-api'

/** A message of the SDK, as far as it is read here. */
export interface SdkMessage {
  readonly ID: string
  readonly type: string
  readonly to: string
  readonly from: string
  readonly nick?: string
  readonly sequence?: number
  readonly cloudCustomData?: string
  readonly payload: { readonly text?: unknown; readonly data?: unknown; readonly operationType?: unknown }
}

/** What somebody said, with what the backend says of them. */
export interface Said {
  /** Of the SDK; unique among what this page has. */
  readonly id: string
  /** The room's number; 0 = not known yet. */
  readonly msgSeq: number
  readonly userId: string
  readonly nick: string
  readonly level: number
  readonly role: Role
  readonly text: string
  /** The word list covered a part of it. */
  readonly masked?: boolean
}

export type Heard =
  | { readonly kind: 'said'; readonly said: Said }
  | { readonly kind: 'room'; readonly message: RoomMessage; readonly msgSeq: number; readonly id: string }
  /** IM's own word that this page's person is out. */
  | { readonly kind: 'out' }

/** Codes of a system notice: taken out of the group, banned from it. */
const OUT_NOTICES: ReadonlySet<unknown> = new Set([4, 21])

/**
 * Reads one message of the SDK; null = nothing that pages show.
 * @param admin who speaks for the backend. Where its callbacks do not arrive, IM lets everybody send everything: the sender is all that tells
 */
export function readSdkMessage(message: SdkMessage, roomId: string, admin: string): Heard | null {
  if (message.type === 'TIMGroupSystemNoticeElem') return OUT_NOTICES.has(message.payload.operationType) ? { kind: 'out' } : null
  if (message.to !== roomId) return null
  const msgSeq = message.sequence ?? 0
  if (message.type === 'TIMCustomElem') {
    const { data } = message.payload
    const room = typeof data === 'string' ? readRoomMessage(data) : null
    return room === null || (message.from !== admin && !CLIENT_KINDS.has(room.kind)) ? null : { kind: 'room', message: room, msgSeq, id: message.ID }
  }
  if (message.type !== 'TIMTextElem' || typeof message.payload.text !== 'string') return null
  const tag = readMessageTag(message.cloudCustomData ?? '')
  return {
    kind: 'said',
    said: {
      id: message.ID,
      msgSeq,
      userId: message.from,
      nick: tag?.nick || message.nick || message.from,
      level: tag?.level ?? 0,
      role: tag?.role ?? 'viewer',
      text: message.payload.text,
      ...(tag?.masked === true ? { masked: true } : {}),
    },
  }
}

/** The latest messages that a snapshot brings. */
export function readHistory(snapshot: RoomSnapshot): readonly Said[] {
  return snapshot.history.map(({ msgSeq, userId, text, tag }) => {
    const read = readMessageTag(tag)
    return {
      id: `history-${msgSeq}`,
      msgSeq,
      userId,
      nick: read?.nick || userId,
      level: read?.level ?? 0,
      role: read?.role ?? 'viewer',
      text,
      ...(read?.masked === true ? { masked: true } : {}),
    }
  })
}

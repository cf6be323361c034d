import type { RingRow } from '../../../../../../renderer/room/chat-store'

type SaidRow = Extract<RingRow, { kind: 'said' }>
let no = 0

/** A row as the ring has it, its number higher than that of the one before. */
export function said(change: Partial<SaidRow> = {}): SaidRow {
  no += 1
  return {
    kind: 'said',
    no,
    id: `m${no}`,
    msgSeq: no,
    userId: 'g-ann',
    nick: 'Ann',
    level: 1,
    role: 'viewer',
    text: 'hello',
    own: false,
    sending: false,
    ...change,
  }
}

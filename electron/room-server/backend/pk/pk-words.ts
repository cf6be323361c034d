import { PK_RESULT_KEPT_MS, type PkView, type PkWord } from '../../../shared/pk'
import type { RoomMessageOf } from '../../../shared/room-message'
import { mirrored, type Pk } from './pk-machine'

/** A PK as it is said to the room. An offer is not. */
export function announcement(rev: number, pk: Pk): RoomMessageOf<'pk'> {
  const message = { v: 1, kind: 'pk', rev } as const
  if (pk.state === 'none' || pk.state === 'offered')
    return { ...message, pkId: '', state: 'none', other: { nick: '' }, own: 0, others: 0, endsAt: 0, result: null }
  const { pkId, nick, own, others } = pk
  return { ...message, pkId, state: pk.state, other: { nick }, own, others, endsAt: endsAt(pk), result: pk.state === 'ended' ? pk.result : null }
}

/** A PK as the crew sees it. @param others what is known of the other room */
export function viewOf(rev: number, pk: Pk, others: { readonly away: boolean; readonly rooms: readonly string[] }, nowMs: number): PkView {
  const about = { rev, otherAway: others.away && pk.state === 'running', rooms: [...others.rooms] }
  if (pk.state === 'none')
    return {
      ...about,
      ...{ pkId: '', state: 'none', side: null, userId: '', other: { nick: '' } },
      ...{ own: 0, others: 0, seconds: 0, remainingMs: 0, endsAt: 0, result: null },
    }
  const { pkId, state, userId, nick, seconds } = pk
  return {
    ...about,
    ...{ pkId, state, userId, seconds, other: { nick }, endsAt: endsAt(pk), remainingMs: remainingMs(pk, nowMs) },
    side: pk.state === 'offered' ? 'host' : pk.side,
    own: pk.state === 'offered' ? 0 : pk.own,
    others: pk.state === 'offered' ? 0 : pk.others,
    result: pk.state === 'ended' ? pk.result : null,
  }
}

/** A PK as the host tells it to whom it is with; to anybody else there is none. */
export function wordOf(pk: Pk, userId: string, hostNick: string, nowMs: number): PkWord {
  const nothing = { pkId: '', own: 0, others: 0, seconds: 0, elapsedMs: 0, remainingMs: 0, result: null } as const
  if (pk.state === 'none' || pk.userId !== userId) return { ...nothing, state: 'none', nick: hostNick }
  const { pkId, state, seconds } = pk
  const about = { pkId, state, seconds, nick: hostNick, remainingMs: remainingMs(pk, nowMs) }
  if (pk.state === 'offered') return { ...nothing, ...about }
  const elapsedMs = pk.state === 'running' ? Math.min(Math.max(0, nowMs - pk.fromMs), PK_RESULT_KEPT_MS) : seconds * 1_000
  const result = pk.state === 'ended' && pk.result !== null ? mirrored(pk.result) : null
  return { ...about, elapsedMs, own: pk.others, others: pk.own, result }
}

function endsAt(pk: Pk): number {
  return pk.state === 'running' ? Math.ceil(pk.untilMs / 1_000) : pk.state === 'ended' ? Math.floor(pk.endedMs / 1_000) : 0
}

function remainingMs(pk: Pk, nowMs: number): number {
  return pk.state === 'offered' || pk.state === 'running' ? Math.max(0, pk.untilMs - nowMs) : 0
}

import { z } from 'zod'
import { PK_FINAL_WAIT_MS, PK_OFFER_MS, PK_RESULT_KEPT_MS, pkCoinsSchema, pkResultSchema, type PkResult, type PkWord } from '../../../shared/pk'

const ms = z.number().int().nonnegative()
const names = { pkId: z.string(), /** The other room's anchor here; '' where this room is the guest. */ userId: z.string(), nick: z.string() }

/** The PK of one room, as it is kept. Times are UNIX ms of this machine. */
export const pkSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('none') }),
  /** By this room; an offer to it is only heard of. */
  z.object({ state: z.literal('offered'), ...names, seconds: z.number(), untilMs: ms }),
  z.object({
    state: z.literal('running'),
    side: z.enum(['host', 'guest']),
    ...names,
    seconds: z.number(),
    /** Gift orders of this room count from here on … */
    fromMs: ms,
    /** … and not any more from here on. */
    untilMs: ms,
    /** Then it is over also where the other room has said no last word. */
    decideByMs: ms,
    own: pkCoinsSchema,
    others: pkCoinsSchema,
    /** The other room's sum is its last. */
    othersFinal: z.boolean(),
  }),
  z.object({
    state: z.literal('ended'),
    side: z.enum(['host', 'guest']),
    ...names,
    seconds: z.number(),
    own: pkCoinsSchema,
    others: pkCoinsSchema,
    /** Null = the host was not there to tell it. */
    result: pkResultSchema.nullable(),
    endedMs: ms,
  }),
])
export type Pk = z.infer<typeof pkSchema>
export type RunningPk = Extract<Pk, { state: 'running' }>

export const NO_PK: Pk = { state: 'none' }

/** So long after the end a guest waits for the host's word before it says that it does not know the result. */
export const UNDECIDED_MS = 60_000

/** What the other room says of its sum. */
export interface Score {
  readonly pkId: string
  readonly coins: number
  readonly final: boolean
}

export type PkEvent =
  | { readonly type: 'offer'; readonly pkId: string; readonly userId: string; readonly nick: string; readonly seconds: number }
  | { readonly type: 'answer'; readonly pkId: string; readonly userId: string; readonly accept: boolean }
  /** By the crew: an offer is taken back, a run ended early, a result put away. */
  | { readonly type: 'stop' }
  | { readonly type: 'show-over' }
  /** Time passed. @param own coins of this room in the run so far @param others null = nothing new */
  | { readonly type: 'count'; readonly own: number; readonly others: Score | null }
  /** The process is new: the other room gets its time for a last word. */
  | { readonly type: 'resume' }
  /** To the guest. */
  | { readonly type: 'host-says'; readonly word: PkWord; readonly nick: string }
  /** The guest has disconnected. */
  | { readonly type: 'left' }

/** `busy`: there is one already. `none`: none that this could be done to. `not-yours`: the other room's to decide. */
export type PkRefusal = 'busy' | 'none' | 'not-yours'
export type PkStep = { readonly ok: true; readonly pk: Pk } | { readonly ok: false; readonly reason: PkRefusal }

/** The PK after an event; the same object where nothing changes. Pure. */
export function pkStep(pk: Pk, event: PkEvent, nowMs: number): PkStep {
  switch (event.type) {
    case 'offer': {
      if (pk.state === 'offered' || pk.state === 'running') return no('busy')
      const { pkId, userId, nick, seconds } = event
      return ok({ state: 'offered', pkId, userId, nick, seconds, untilMs: nowMs + PK_OFFER_MS })
    }
    case 'answer':
      if (pk.state !== 'offered' || pk.pkId !== event.pkId || pk.userId !== event.userId || nowMs >= pk.untilMs) return no('none')
      return ok(event.accept ? begun(pk, nowMs) : NO_PK)
    case 'stop':
      if (pk.state === 'none') return no('none')
      if (pk.state === 'running' && pk.side === 'guest') return no('not-yours')
      return ok(pk.state === 'running' ? ended(pk, pk, 'stopped', nowMs) : NO_PK)
    case 'show-over':
      if (pk.state === 'offered') return ok(NO_PK)
      return ok(pk.state === 'running' && pk.side === 'host' ? ended(pk, pk, 'stopped', nowMs) : pk)
    case 'count':
      return ok(counted(pk, event, nowMs))
    case 'resume':
      if (pk.state !== 'running' || pk.side !== 'host' || pk.decideByMs >= nowMs + PK_FINAL_WAIT_MS) return ok(pk)
      return ok({ ...pk, decideByMs: nowMs + PK_FINAL_WAIT_MS })
    case 'host-says':
      return ok(told(pk, event.word, event.nick, nowMs))
    case 'left':
      return ok(pk.state === 'running' && pk.side === 'guest' ? ended(pk, pk, null, nowMs) : pk)
  }
}

/** When time itself changes it next, UNIX ms; null = never. While it runs, counting changes it, too. */
export function pkDueMs(pk: Pk): number | null {
  switch (pk.state) {
    case 'none':
      return null
    case 'offered':
      return pk.untilMs
    case 'running':
      return pk.side === 'host' && pk.othersFinal ? pk.untilMs : pk.decideByMs
    case 'ended':
      return pk.endedMs + PK_RESULT_KEPT_MS
  }
}

/** The other side's view of a result. */
export function mirrored(result: PkResult): PkResult {
  return result === 'won' ? 'lost' : result === 'lost' ? 'won' : result
}

function ok(pk: Pk): PkStep {
  return { ok: true, pk }
}

function no(reason: PkRefusal): PkStep {
  return { ok: false, reason }
}

function begun({ pkId, userId, nick, seconds }: Extract<Pk, { state: 'offered' }>, nowMs: number): Pk {
  const untilMs = nowMs + seconds * 1_000
  const span = { fromMs: nowMs, untilMs, decideByMs: untilMs + PK_FINAL_WAIT_MS }
  return { state: 'running', side: 'host', pkId, userId, nick, seconds, ...span, own: 0, others: 0, othersFinal: false }
}

function ended(
  { side, pkId, userId, nick, seconds }: RunningPk,
  { own, others }: { readonly own: number; readonly others: number },
  result: PkResult | null,
  nowMs: number,
): Pk {
  return { state: 'ended', side, pkId, userId, nick, seconds, own, others, result, endedMs: nowMs }
}

function counted(pk: Pk, { own, others: said }: Extract<PkEvent, { type: 'count' }>, nowMs: number): Pk {
  if (pk.state !== 'running') return (pkDueMs(pk) ?? Infinity) <= nowMs ? NO_PK : pk
  const news = said !== null && said.pkId === pk.pkId && !pk.othersFinal ? said : null
  const others = news?.coins ?? pk.others
  const othersFinal = pk.othersFinal || (news?.final ?? false)
  const now = own === pk.own && others === pk.others && othersFinal === pk.othersFinal ? pk : { ...pk, own, others, othersFinal }
  if ((pkDueMs(now) ?? Infinity) > nowMs) return now
  return ended(now, now, now.side === 'guest' ? null : own > others ? 'won' : own < others ? 'lost' : 'drawn', nowMs)
}

/** The host's word begins a run and ends it. Its sums in between are counted with one's own. */
function told(pk: Pk, word: PkWord, nick: string, nowMs: number): Pk {
  const { pkId, seconds, elapsedMs, own, others } = word
  const hosting = pk.state === 'offered' || (pk.state === 'running' && pk.side === 'host')
  if (hosting) return pk
  const known = (pk.state === 'running' || pk.state === 'ended') && pk.side === 'guest' && pk.pkId === pkId
  const undecided = known && (pk.state === 'running' || pk.result === null)
  if (word.state === 'running') {
    if (known && (pk.state === 'running' || !undecided)) return pk
    const fromMs = Math.max(0, nowMs - elapsedMs)
    const untilMs = fromMs + seconds * 1_000
    const span = { fromMs, untilMs, decideByMs: Math.max(untilMs, nowMs) + UNDECIDED_MS }
    return { state: 'running', side: 'guest', pkId, userId: '', nick, seconds, ...span, own, others, othersFinal: false }
  }
  if (word.state === 'ended' && undecided)
    return { state: 'ended', side: 'guest', pkId, userId: '', nick, seconds, own, others, result: word.result, endedMs: nowMs }
  // The host knows nothing of it any more, or is at another one already.
  return pk.state === 'running' ? ended(pk, pk, null, nowMs) : pk
}

/** Until a moment, until the show ends, or for ever. */
export type MuteTerm = { readonly kind: 'timed'; readonly untilMs: number } | { readonly kind: 'show' } | { readonly kind: 'forever' }

export interface Mute {
  /** Given by the caller, unique. */
  readonly muteId: string
  readonly userId: string
  readonly term: MuteTerm
  /** Who did it, and why, for the audit log. */
  readonly byId: string
  readonly why: string
}

/** What was done to one viewer; kept in the audit log, and enough to undo it. */
export interface MuteChange {
  readonly userId: string
  readonly before: Mute | null
  readonly after: Mute | null
}

export type UndoResult =
  /** What is to be said to Chat now. */
  | { readonly ok: true; readonly change: MuteChange }
  /** Somebody has decided anew since; their decision stands. */
  | { readonly ok: false; readonly reason: 'changed-since' }

/** `forbid_send_msg` for ever (im:34951). */
export const CHAT_MUTE_FOREVER_SEC = 4_294_967_295

/** Who may not speak in one room. A later decision about a viewer replaces the earlier one. Time is given. */
export class MuteBook {
  readonly #mutes = new Map<string, Mute>()

  /** @param stored mutes as they stood, for example after a restart */
  constructor(stored: Iterable<Mute> = []) {
    for (const mute of stored) this.#mutes.set(mute.userId, mute)
  }

  mute(mute: Mute, nowMs: number): MuteChange {
    const change = { userId: mute.userId, before: this.of(mute.userId, nowMs), after: mute }
    this.#put(change)
    return change
  }

  /** @returns null if the viewer was not muted */
  unmute(userId: string, nowMs: number): MuteChange | null {
    const before = this.of(userId, nowMs)
    if (before === null) return null
    const change = { userId, before, after: null }
    this.#put(change)
    return change
  }

  /** Puts back what stood before the change, unless its time is over by now. An undo is a change, and can be undone. */
  undo(change: MuteChange, nowMs: number): UndoResult {
    const current = this.of(change.userId, nowMs)
    const expected = change.after !== null && isOver(change.after.term, nowMs) ? null : change.after
    if ((current?.muteId ?? null) !== (expected?.muteId ?? null)) return { ok: false, reason: 'changed-since' }
    const back = change.before !== null && isOver(change.before.term, nowMs) ? null : change.before
    const undone = { userId: change.userId, before: current, after: back }
    this.#put(undone)
    return { ok: true, change: undone }
  }

  /** The mute in force; null = may speak. */
  of(userId: string, nowMs: number): Mute | null {
    const mute = this.#mutes.get(userId)
    if (mute === undefined) return null
    if (!isOver(mute.term, nowMs)) return mute
    this.#mutes.delete(userId)
    return null
  }

  /** All mutes in force. */
  list(nowMs: number): Mute[] {
    return [...this.#mutes.keys()].map((userId) => this.of(userId, nowMs)).filter((mute) => mute !== null)
  }

  /** The show is over: lifts what was for the show. */
  endShow(nowMs: number): MuteChange[] {
    return this.list(nowMs)
      .filter((mute) => mute.term.kind === 'show')
      .map((mute) => this.unmute(mute.userId, nowMs))
      .filter((change) => change !== null)
  }

  /** When a timed mute runs out next, to tell the viewer's page; null = none. */
  nextEndMs(nowMs: number): number | null {
    const ends = this.list(nowMs).flatMap((mute) => (mute.term.kind === 'timed' ? [mute.term.untilMs] : []))
    return ends.length === 0 ? null : Math.min(...ends)
  }

  #put(change: MuteChange): void {
    if (change.after === null) this.#mutes.delete(change.userId)
    else this.#mutes.set(change.userId, change.after)
  }
}

/** @returns ms left, 0 = over; null = no end that a clock knows (the show, for ever) */
export function remainingMs(term: MuteTerm, nowMs: number): number | null {
  return term.kind === 'timed' ? Math.max(0, term.untilMs - nowMs) : null
}

/** `MuteTime` for Chat, seconds: rounded up, so that Chat never lets speak before the book does; 0 lifts. The show's end is ours to tell. */
export function chatMuteSec(mute: Mute | null, nowMs: number): number {
  if (mute === null) return 0
  const left = remainingMs(mute.term, nowMs)
  return left === null ? CHAT_MUTE_FOREVER_SEC : Math.min(CHAT_MUTE_FOREVER_SEC, Math.ceil(left / 1_000))
}

function isOver(term: MuteTerm, nowMs: number): boolean {
  return term.kind === 'timed' && nowMs >= term.untilMs
}

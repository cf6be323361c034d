import { TIMES } from '../limits'

/** A connection that is signed in. */
export interface Peer {
  readonly userId: string
  readonly instance: number
  readonly platform: string
  readonly clientIp: string
  send(frame: Buffer): void
  /** Tells the client that it was signed out: 1 by another login, 3 by REST. */
  kick(type: number): void
  /** Nothing of this login counts any more. */
  signedOut(): void
}

interface Absence {
  readonly sinceMs: number
  /** The page said that it closes; a line that breaks does not. */
  readonly closed: boolean
  told: boolean
}

export interface PresenceEvents {
  /** The last page said that it closes. */
  closed(userId: string): void
  /** Absent for 30 s. `closed`: it had been said. */
  offline(userId: string, closed: boolean): void
  /** Back after `closed` or `offline`; `resumed`: by the login from before. */
  back(userId: string, was: { readonly offline: boolean }, resumed: boolean): void
  /** Absent for 45 s: out of the rooms. */
  gone(userId: string): void
}

/** Who is connected, and who was until a moment ago. */
export class SessionBook {
  readonly #peers = new Map<string, Set<Peer>>()
  /** In the order of leaving, so that a sweep looks at the oldest only. */
  readonly #absent = new Map<string, Absence>()

  get users(): number {
    return this.#peers.size
  }

  peersOf(userId: string): readonly Peer[] {
    return [...(this.#peers.get(userId) ?? [])]
  }

  connected(userId: string): boolean {
    return this.#peers.has(userId)
  }

  attach(peer: Peer, events: PresenceEvents, resumed: boolean): void {
    const peers = this.#peers.get(peer.userId)
    if (peers === undefined) this.#peers.set(peer.userId, new Set([peer]))
    else peers.add(peer)
    const absence = this.#absent.get(peer.userId)
    if (absence === undefined) return
    this.#absent.delete(peer.userId)
    if (absence.told || absence.closed) events.back(peer.userId, { offline: absence.told }, resumed)
  }

  /** The line is gone; the user may come back within the grace. */
  detach(peer: Peer, nowMs: number, events: PresenceEvents, closed: boolean): void {
    const peers = this.#peers.get(peer.userId)
    if (peers === undefined || !peers.delete(peer) || peers.size > 0) return
    this.#peers.delete(peer.userId)
    this.setAbsent(peer.userId, nowMs, closed)
    if (closed) events.closed(peer.userId)
  }

  /** Signed out: no grace. */
  forget(userId: string): void {
    this.#absent.delete(userId)
  }

  setAbsent(userId: string, nowMs: number, closed: boolean): void {
    this.#absent.delete(userId)
    this.#absent.set(userId, { sinceMs: nowMs, closed, told: false })
  }

  sweep(nowMs: number, events: PresenceEvents): void {
    for (const [userId, absence] of this.#absent) {
      const absentMs = nowMs - absence.sinceMs
      if (absentMs < TIMES.offlineAfterMs) return
      if (!absence.told) {
        absence.told = true
        events.offline(userId, absence.closed)
      }
      if (absentMs < TIMES.leaveAfterMs) continue
      this.#absent.delete(userId)
      events.gone(userId)
    }
  }
}

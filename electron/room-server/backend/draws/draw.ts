import { createHash, createHmac } from 'node:crypto'

/** What has to be true of who enters. Absent = open to all. */
export interface DrawConditions {
  /** Level of the viewer at the time of the comment, at least. */
  readonly minLevel?: number
  /** Only those who follow the anchor. */
  readonly followersOnly?: boolean
}

export interface DrawSetup {
  readonly drawId: string
  /** A comment enters if it contains the keyword; case, width and space around do not count. */
  readonly keyword: string
  /** Window by the time of the comment, first ms included, last excluded. */
  readonly opensAtMs: number
  readonly closesAtMs: number
  /** How many win: 1 to `DRAW_LIMITS.winners`. */
  readonly winners: number
  readonly conditions: DrawConditions
  /** Lower-case hex; told to the room together with the rest of the set-up, before the window opens. */
  readonly seedSha256: string
}

/** A comment that may be an entry. */
export interface DrawComment {
  readonly userId: string
  readonly text: string
  readonly atMs: number
  readonly level: number
  readonly follows: boolean
}

export type EntryRefusal = 'no-keyword' | 'not-open-yet' | 'closed' | 'entered-already' | 'level-too-low' | 'not-following'
export type EntryVerdict = { readonly ok: true } | { readonly ok: false; readonly reason: EntryRefusal }

/** All that anyone needs to draw again and compare; docs/draw-proof.md has the script. */
export interface DrawProof {
  readonly v: 1
  readonly algorithm: typeof DRAW_ALGORITHM
  readonly drawId: string
  readonly keyword: string
  readonly opensAtMs: number
  readonly closesAtMs: number
  readonly winnersWanted: number
  readonly seedSha256: string
  /** Lower-case hex, told only now. */
  readonly seed: string
  /** User ids of all entries, in order of their UTF-8 bytes. */
  readonly entries: readonly string[]
  /** The first has won the first place. */
  readonly winners: readonly string[]
}

export const DRAW_ALGORITHM = 'hmac-sha256-lowest'
/** Bytes of a seed: as many as the hash has, so that guessing the seed is as hard as finding a second one. */
export const SEED_BYTES = 32

/** @param seed 32 random bytes, hex. @returns what is published before the draw: SHA-256 of the seed's bytes, hex. @throws RangeError for another form of seed */
export function seedHash(seed: string): string {
  return createHash('sha256').update(seedBytes(seed)).digest('hex')
}

/** Whether a comment enters. @param entered user ids that are in already: one entry a person, however often they write */
export function judgeEntry(setup: DrawSetup, entered: ReadonlySet<string>, comment: DrawComment): EntryVerdict {
  const refused = (reason: EntryRefusal): EntryVerdict => ({ ok: false, reason })
  if (!plain(comment.text).includes(plain(setup.keyword))) return refused('no-keyword')
  if (comment.atMs < setup.opensAtMs) return refused('not-open-yet')
  if (comment.atMs >= setup.closesAtMs) return refused('closed')
  if (entered.has(comment.userId)) return refused('entered-already')
  if (setup.conditions.minLevel !== undefined && comment.level < setup.conditions.minLevel) return refused('level-too-low')
  if (setup.conditions.followersOnly === true && !comment.follows) return refused('not-following')
  return { ok: true }
}

/**
 * Chooses the winners. Each entry gets the ticket HMAC-SHA-256(key = the seed's bytes, message = drawId + "\n" + user id, UTF-8); the
 * lowest tickets win, compared as bytes. Order and number of the other entries change no ticket. The draw's id is in it, so that a
 * seed used twice by mistake does not choose the same people.
 * @throws RangeError if the seed is not the one promised
 */
export function draw(setup: DrawSetup, seed: string, entered: Iterable<string>): DrawProof {
  if (seedHash(seed) !== setup.seedSha256) throw new RangeError('the seed is not the one whose hash was published')
  const entries = [...new Set(entered)].sort(byBytes)
  return {
    v: 1,
    algorithm: DRAW_ALGORITHM,
    drawId: setup.drawId,
    keyword: setup.keyword,
    opensAtMs: setup.opensAtMs,
    closesAtMs: setup.closesAtMs,
    winnersWanted: setup.winners,
    seedSha256: setup.seedSha256,
    seed,
    entries,
    winners: lowest(setup.drawId, seed, entries, setup.winners),
  }
}

/** Why a proof does not hold; null = it holds. What only the room knows (who commented) it cannot tell. */
export function checkProof(proof: DrawProof): 'seed' | 'entries' | 'winners' | null {
  if (!/^[0-9a-f]{64}$/.test(proof.seed) || seedHash(proof.seed) !== proof.seedSha256) return 'seed'
  if (new Set(proof.entries).size !== proof.entries.length) return 'entries'
  const winners = lowest(proof.drawId, proof.seed, proof.entries, proof.winnersWanted)
  const same = winners.length === proof.winners.length && winners.every((winner, place) => winner === proof.winners[place])
  return same ? null : 'winners'
}

/** Keyword and comment as they are compared. Empty keywords are for the set-up's schema to refuse. */
function plain(text: string): string {
  return text.normalize('NFKC').toLowerCase().trim()
}

function lowest(drawId: string, seed: string, entries: readonly string[], count: number): string[] {
  const key = seedBytes(seed)
  return entries
    .map((userId) => ({ userId, ticket: createHmac('sha256', key).update(`${drawId}\n${userId}`).digest('hex') }))
    .sort((a, b) => (a.ticket < b.ticket ? -1 : a.ticket > b.ticket ? 1 : 0))
    .slice(0, count)
    .map((entry) => entry.userId)
}

function seedBytes(seed: string): Buffer {
  if (!/^[0-9a-f]{64}$/.test(seed)) throw new RangeError(`a seed is ${SEED_BYTES} bytes in lower-case hex`)
  return Buffer.from(seed, 'hex')
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

import { hmac } from '@noble/hashes/hmac'
import { sha256 } from '@noble/hashes/sha2'
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils'
import type { DrawProof } from '../../../../electron/shared/crew-api'

export type ProofFault = 'seed' | 'entries' | 'winners'

/**
 * Draws again from what the proof says, as docs/draw-proof.md does.
 * @param promised hash of the seed as it was told before the draw
 * @returns what does not hold; empty = the draw is right
 */
export function faultsOf(proof: DrawProof, promised: string): readonly ProofFault[] {
  if (!/^[0-9a-f]{64}$/.test(proof.seed)) return ['seed']
  const seed = hexToBytes(proof.seed)
  const ticket = (userId: string): string => bytesToHex(hmac(sha256, seed, utf8ToBytes(`${proof.drawId}\n${userId}`)))
  const winners = proof.entries
    .map((userId) => ({ userId, ticket: ticket(userId) }))
    .sort((a, b) => (a.ticket < b.ticket ? -1 : 1))
    .slice(0, proof.winnersWanted)
    .map(({ userId }) => userId)
  const faults: ProofFault[] = []
  if (bytesToHex(sha256(seed)) !== promised) faults.push('seed')
  if (new Set(proof.entries).size !== proof.entries.length) faults.push('entries')
  if (JSON.stringify(winners) !== JSON.stringify(proof.winners)) faults.push('winners')
  return faults
}

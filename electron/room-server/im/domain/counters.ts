import { CODES, ImError } from '../codes'
import { SIZES } from '../limits'

export type CounterMode = 'Set' | 'Increase' | 'Decrease'
export type Counters = ReadonlyMap<string, bigint>

const MAX = 2n ** 63n - 1n
const MIN = -(2n ** 63n)

/**
 * Counters are signed 64-bit numbers (im:53428); a key that is not there starts at 0.
 * @throws ImError 10004 beyond 20 keys of 128 bytes, or beyond 64 bits
 */
export function writeCounters(current: Counters, items: readonly { readonly key: string; readonly value: bigint }[], mode: CounterMode): Counters {
  const next = new Map(current)
  for (const { key, value } of items) {
    const bytes = Buffer.byteLength(key)
    if (bytes === 0 || bytes > SIZES.counterKey) throw new ImError(CODES.INVALID_PARAMETER, `a counter's key has 1 to ${SIZES.counterKey} bytes`)
    const before = next.get(key) ?? 0n
    const after = mode === 'Set' ? value : mode === 'Increase' ? before + value : before - value
    if (after > MAX || after < MIN) throw new ImError(CODES.INVALID_PARAMETER, `the counter ${key} leaves 64 bits`)
    next.set(key, after)
  }
  if (next.size > SIZES.counterKeys) throw new ImError(CODES.INVALID_PARAMETER, `more than ${SIZES.counterKeys} counters`)
  return next
}

/** JSON has no 64-bit numbers: within what a double holds exactly it is a number, which is what the SDK's `Value` is. */
export function counterNumber(value: bigint): number {
  return Number(value)
}

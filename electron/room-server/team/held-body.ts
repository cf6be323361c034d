import type { IncomingMessage } from 'node:http'
import type { Allowance } from './allowance'

/** `no-room`: the allowance is used up. `broken`: it ended in the middle. */
export type HeldBody = { readonly kind: 'held'; readonly body: Buffer } | { readonly kind: 'too-large' | 'no-room' | 'broken' }

/**
 * Reads the body of a request or of an answer into memory. Where it does not come to its end, nothing of it is held, and what still comes is thrown away.
 * @param maxBytes of this one
 * @param allowance has to be given back the body's length, by whoever has the body
 */
export function holdBody(message: IncomingMessage, maxBytes: number, allowance: Allowance): Promise<HeldBody> {
  return new Promise((resolve) => {
    const parts: Buffer[] = []
    let size = 0
    const settle = (outcome: HeldBody): void => {
      message.off('data', take)
      message.off('end', end)
      message.off('close', broken)
      if (outcome.kind !== 'held') {
        allowance.give(size)
        message.resume()
      }
      resolve(outcome)
    }
    const take = (part: Buffer): void => {
      if (size + part.length > maxBytes) return settle({ kind: 'too-large' })
      if (!allowance.take(part.length)) return settle({ kind: 'no-room' })
      size += part.length
      parts.push(part)
    }
    const end = (): void => settle({ kind: 'held', body: Buffer.concat(parts) })
    const broken = (): void => settle({ kind: 'broken' })
    // Its close follows; without a listener an answer's error would end the process.
    message.on('error', () => message.destroy())
    message.on('data', take)
    message.on('end', end)
    message.on('close', broken)
  })
}

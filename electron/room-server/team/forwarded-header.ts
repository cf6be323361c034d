import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { RequestOrigin } from '../request-origin'

/** With which one instance tells another from whom a request is. */
export const FORWARDED_HEADER = 'x-anchordesk-forwarded'
/** How far the instances' clocks may be apart, and how long a header can be used. */
const VALID_MS = 60_000

type Signed = Pick<IncomingMessage, 'method' | 'url'>

/** @param secret of the instances, from the database */
export function signForwarded(secret: string, request: Signed, { address, secure }: RequestOrigin, nowMs: number): string {
  const facts = `${nowMs} ${secure ? 1 : 0} ${address}`
  return `${facts} ${signature(secret, request, facts)}`
}

/** Null: it is none of an instance's, for another request, or old. Nothing of it is believed then. */
export function readForwarded(secret: string, request: Signed, header: string, nowMs: number): RequestOrigin | null {
  const match = /^(\d{1,15}) ([01]) (\S{0,64}) ([0-9a-f]{64})$/.exec(header)
  if (match === null) return null
  const [, time = '', secure = '', address = '', sign = ''] = match
  const expected = signature(secret, request, `${time} ${secure} ${address}`)
  if (!timingSafeEqual(Buffer.from(sign), Buffer.from(expected))) return null
  return Math.abs(nowMs - Number(time)) > VALID_MS ? null : { address, secure: secure === '1' }
}

function signature(secret: string, { method, url }: Signed, facts: string): string {
  return createHmac('sha256', secret)
    .update(`${method ?? ''} ${url ?? ''} ${facts}`)
    .digest('hex')
}

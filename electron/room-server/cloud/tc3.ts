import { createHash, createHmac } from 'node:crypto'

/** Tencent Cloud's signature of API 3.0 (TC3-HMAC-SHA256), for requests by POST with JSON. */
export interface Tc3Request {
  readonly secretId: string
  readonly secretKey: string
  /** First label of the host, such as `trtc`. */
  readonly service: string
  /** With the port where there is one: as the Host header says it. */
  readonly host: string
  readonly contentType: string
  readonly payload: string
  /** UNIX seconds. The cloud refuses what is more than 5 minutes off. */
  readonly timestampSec: number
}

const ALGORITHM = 'TC3-HMAC-SHA256'
const END = 'tc3_request'
const SIGNED_HEADERS = 'content-type;host'

/** The value of the Authorization header. */
export function signTc3({ secretId, secretKey, service, host, contentType, payload, timestampSec }: Tc3Request): string {
  // The day of UTC, wherever the server is.
  const date = new Date(timestampSec * 1_000).toISOString().slice(0, 10)
  const scope = `${date}/${service}/${END}`
  const canonical = ['POST', '/', '', `content-type:${contentType}`, `host:${host}`, '', SIGNED_HEADERS, sha256(payload)].join('\n')
  const toSign = [ALGORITHM, timestampSec, scope, sha256(canonical)].join('\n')
  const key = [date, service, END].reduce<Buffer>((under, part) => hmac(under, part), Buffer.from(`TC3${secretKey}`))
  return `${ALGORITHM} Credential=${secretId}/${scope}, SignedHeaders=${SIGNED_HEADERS}, Signature=${hmac(key, toSign).toString('hex')}`
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

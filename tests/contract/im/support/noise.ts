import { deflateSync, gzipSync } from 'node:zlib'
import type { Chance } from './random'

/** Values that break readers which trust what they get. */
const ODD_VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  4_294_967_296,
  0.5,
  '',
  '\u0000',
  '\ud800',
  'x'.repeat(5_000),
  '文'.repeat(2_000),
  '../../../etc/passwd',
  "'; DROP TABLE groups; --",
  [],
  [[]],
  [null],
  {},
  { __proto__: null, constructor: { prototype: { polluted: true } } },
  { toString: 1, valueOf: 'x', length: -1 },
  Array.from({ length: 600 }, (_, i) => `user_${i}`),
]

/** A body with one part changed, dropped, doubled or put elsewhere. */
export function mutated(chance: Chance, value: unknown): unknown {
  if (Array.isArray(value) && value.length > 0 && chance.below(3) > 0) {
    const at = chance.below(value.length)
    return value.flatMap((one, index) => (index !== at ? [one] : chance.below(5) === 0 ? [one, one] : [mutated(chance, one)]))
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const entries = Object.entries(value)
    if (entries.length > 0 && chance.below(6) > 0) {
      const [name] = chance.of(entries)
      const kind = chance.below(6)
      return Object.fromEntries(
        entries.flatMap(([key, inner]): [string, unknown][] => {
          if (key !== name) return [[key, inner]]
          if (kind === 0) return []
          if (kind === 1) return [['__proto__', inner]]
          return [[key, mutated(chance, inner)]]
        }),
      )
    }
  }
  return chance.of(ODD_VALUES)
}

/** Bytes that may or may not be JSON, from a whole body on. */
export function garbled(chance: Chance, body: unknown): Buffer {
  const whole = Buffer.from(JSON.stringify(body) ?? '')
  switch (chance.below(8)) {
    case 0:
      return chance.bytes(chance.below(300))
    case 1:
      return whole.subarray(0, chance.below(whole.length + 1))
    case 2: {
      const bytes = Buffer.from(whole)
      for (let i = 0; i < 3 && bytes.length > 0; i += 1) bytes[chance.below(bytes.length)] = chance.below(256)
      return bytes
    }
    case 3:
      return Buffer.concat([Buffer.from('COMP'), chance.below(2) === 0 ? gzipSync(whole) : chance.bytes(40)])
    case 4:
      return Buffer.from(`${'['.repeat(2_000)}${']'.repeat(2_000)}`)
    case 5:
      return deflateSync(whole)
    case 6:
      return Buffer.from(whole.toString('utf8').replace(/"([A-Za-z_]+)":/, '"$1":"twice","$1":'))
    default:
      return Buffer.from(JSON.stringify(mutated(chance, mutated(chance, body))) ?? 'undefined')
  }
}

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'TRACE', 'CONNECT', 'FRIDGE', '']
const TARGETS = [
  '/',
  '/v4/group_open_http_svc/create_group',
  '/v4/group_open_http_svc/send_group_msg?sdkappid=1&identifier=administrator&usersig=x&random=1&contenttype=json',
  '/v4/../../../../etc/passwd',
  '/v4/%2e%2e/%2e%2e/etc/passwd',
  '/v4/%',
  '/binfo',
  '/binfo?sdkappid=%00',
  '/info?sdkappid=1400000001',
  '//',
  '*',
  `/${'a'.repeat(9_000)}`,
  'http://example.com/',
  '/watch/',
  '/live/x.flv',
]
const HEADERS = [
  'Content-Length: 5',
  'Content-Length: -1',
  'Content-Length: 99999999999999999999',
  'Content-Length: 3\r\nContent-Length: 4',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: chunked, identity',
  'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 99\r\nSec-WebSocket-Key: short',
  'Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings',
  'Expect: 100-continue',
  'Host: evil.example.com',
  'Origin: https://evil.example.com',
  'Content-Type: multipart/form-data',
  'Content-Encoding: gzip',
  `X-Long: ${'y'.repeat(9_000)}`,
  ' folded: header',
  'no colon',
]

/** What goes over a TCP connection to an HTTP server, well-formed by accident only. */
export function httpNoise(chance: Chance, body: unknown): Buffer {
  if (chance.below(8) === 0) return chance.bytes(1 + chance.below(400))
  const version = chance.of(['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/9.9', 'SIP/2.0', ''])
  const headers = Array.from({ length: chance.below(4) }, () => chance.of(HEADERS))
  const start = `${chance.of(METHODS)} ${chance.of(TARGETS)} ${version}`
  return Buffer.concat([Buffer.from([start, 'Host: 127.0.0.1', ...headers, '', ''].join('\r\n')), garbled(chance, body)])
}

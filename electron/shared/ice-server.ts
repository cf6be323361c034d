import { z } from 'zod'
import type { ErrorCode } from './errors'

/** STUN and TURN servers: with them the stage and co-anchors outside of the local network find a way to each other. */

/** So many can be given, in the app and on the command line. */
export const MAX_ICE_SERVERS = 8
/** Of a user name and of a credential, characters. */
export const ICE_TEXT_MAX = 512

const HOST = String.raw`(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])`
const STUN_URL = new RegExp(`^stuns?:${HOST}(?::(\\d{1,5}))?$`)
const TURN_URL = new RegExp(`^turns?:${HOST}(?::(\\d{1,5}))?(?:\\?transport=(?:udp|tcp))?$`)

/** As it is saved. The credential is a secret: main keeps it under the id. */
export const iceServerConfigSchema = z.strictObject({
  /** Main's name of a secret ends in it. */
  id: z.string().min(1).max(48),
  url: z.string().max(ICE_TEXT_MAX),
  /** '' for STUN. */
  username: z.string().max(ICE_TEXT_MAX),
})
export type IceServerConfig = z.infer<typeof iceServerConfigSchema>

/** As the studio sees it. */
export interface IceServerView {
  readonly config: IceServerConfig
  readonly hasCredential: boolean
}

/** So long does a test of a server take at most, milliseconds. */
export const ICE_PROBE_MS = 5_000

/** What a test of a server found. */
export const iceProbeSchema = z.discriminatedUnion('outcome', [
  z.strictObject({
    outcome: z.literal('reachable'),
    /** Where others see this machine (STUN), or where media is passed on (TURN): host and port. null = the server sees this machine at an address that it has itself. */
    address: z.string().max(80).nullable(),
    /** Until it answered, milliseconds: for STUN one round trip, for TURN two or more. */
    ms: z.number().int().nonnegative(),
  }),
  /** STUN's own error code, 300 … 699; 401 = user name and credential are not the right ones. */
  z.strictObject({ outcome: z.literal('refused'), code: z.number().int() }),
  z.strictObject({ outcome: z.literal('unknown-host') }),
  z.strictObject({ outcome: z.literal('no-answer') }),
])
export type IceProbeResult = z.infer<typeof iceProbeSchema>

/** One that passes media on, and wants to know for whom. */
export function isTurn(url: string): boolean {
  return url.startsWith('turn')
}

/**
 * Why browsers would not take a server: they refuse to make any connection with one that is wrong.
 * @returns null: nothing is wrong
 */
export function iceServerProblem({ url, username }: Pick<IceServerConfig, 'url' | 'username'>, hasCredential: boolean): ErrorCode | null {
  const match = (isTurn(url) ? TURN_URL : STUN_URL).exec(url)
  if (match === null || url.length > ICE_TEXT_MAX || Number(match[1] ?? 1) > 65_535 || match[1] === '0') return 'ice-server.address-invalid'
  if (!isTurn(url)) return null
  if (username === '') return 'ice-server.user-missing'
  return hasCredential ? null : 'ice-server.credential-missing'
}

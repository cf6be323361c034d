import { BlockList, isIP } from 'node:net'
import { familyOf, isIn } from './public-address'

/** What a team's server is told by its environment; beside it stands the command line. */
export interface TeamEnvironment {
  /** Of PostgreSQL. A secret: it has the password. */
  readonly databaseUrl: string
  /** A secret; null = /metrics is for the machine itself. */
  readonly metricsToken: string | null
  /** Names under which people reach the balancer, in lower case, without a port. */
  readonly publicHosts: readonly string[]
  /** Whose X-Forwarded-For and X-Forwarded-Proto are believed. */
  readonly trustedProxies: BlockList
  /** Not of the internet, and rooms here may be connected with rooms there. */
  readonly roomNetworks: BlockList
  /** Where the other instances reach this one; null = at its own address. */
  readonly instanceAddress: string | null
}

/** @returns null = this is no team's server; a text = what is wrong, without what it was set to */
export function readTeamEnvironment(environment: Readonly<Record<string, string | undefined>>): TeamEnvironment | string | null {
  const databaseUrl = environment['DATABASE_URL'] ?? ''
  if (databaseUrl === '') return null
  if (!isAddress(databaseUrl, /^postgres(ql)?:$/)) return 'DATABASE_URL takes an address such as postgres://user:password@host:5432/database'
  const metricsToken = environment['METRICS_TOKEN'] ?? ''
  if (metricsToken !== '' && !/^[\x21-\x7e]{16,256}$/.test(metricsToken)) return 'METRICS_TOKEN takes 16 to 256 printable characters'
  const publicHosts = list(environment['PUBLIC_HOST']).map((name) => name.toLowerCase())
  if (!publicHosts.every((name) => /^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(name)))
    return 'PUBLIC_HOST takes names such as room.example.com, with commas between them'
  const trustedProxies = blockList(list(environment['TRUSTED_PROXIES']))
  if (trustedProxies === null) return 'TRUSTED_PROXIES takes addresses and networks such as 10.0.0.5,10.1.0.0/16'
  const roomNetworks = blockList(list(environment['ROOM_NETWORKS']))
  if (roomNetworks === null) return 'ROOM_NETWORKS takes addresses and networks such as 10.0.0.5,10.1.0.0/16'
  const instanceAddress = environment['INSTANCE_ADDRESS'] ?? ''
  if (instanceAddress !== '' && !isAddress(instanceAddress, /^http:$/)) return 'INSTANCE_ADDRESS takes an address such as http://10.0.0.5:8360'
  return {
    databaseUrl,
    metricsToken: metricsToken === '' ? null : metricsToken,
    publicHosts,
    trustedProxies,
    roomNetworks,
    instanceAddress: instanceAddress === '' ? null : new URL(instanceAddress).origin,
  }
}

function list(text = ''): readonly string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

function isAddress(text: string, protocol: RegExp): boolean {
  try {
    return protocol.test(new URL(text).protocol)
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}

/** Null: one of them is none. */
function blockList(items: readonly string[]): BlockList | null {
  const made = new BlockList()
  for (const item of items) {
    const [address = '', bits, ...rest] = item.split('/')
    const family = familyOf(address)
    if (isIP(address) === 0 || rest.length > 0 || (bits !== undefined && (!/^\d{1,3}$/.test(bits) || Number(bits) > (family === 'ipv6' ? 128 : 32))))
      return null
    if (bits === undefined) made.addAddress(address, family)
    else made.addSubnet(address, Number(bits), family)
  }
  return made
}

/** Who asks, where a proxy that is believed says so: the last one whom it has not been told by another. */
export function behindProxies(
  direct: { readonly address: string; readonly secure: boolean },
  headers: Readonly<Record<string, string | string[] | undefined>>,
  trusted: BlockList,
): { readonly address: string; readonly secure: boolean } {
  const isTrusted = (address: string): boolean => isIn(trusted, address)
  if (!isTrusted(direct.address)) return direct
  const said = [headers['x-forwarded-for'] ?? []].flat().flatMap((line) => list(line))
  const address = said.reverse().find((one) => !isTrusted(one))
  const proto = [headers['x-forwarded-proto'] ?? []].flat().join(',')
  return { address: address !== undefined && isIP(address) !== 0 ? address : direct.address, secure: list(proto).at(-1) === 'https' }
}

import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os'

const ANY_IPV4 = '0.0.0.0'
const ANY_IPV6 = '::'

/** Only this machine can reach what listens here. */
export function isLoopback(host: string): boolean {
  return host.startsWith('127.') || host === '::1'
}

/** Where this machine itself finds what listens on `host`. */
export function localAddress(host: string): string {
  if (host === ANY_IPV4) return '127.0.0.1'
  return host === ANY_IPV6 ? '::1' : host
}

/** Where others on the network find it; null when they cannot. */
export function networkAddress(host: string): string | null {
  if (isLoopback(host)) return null
  if (host !== ANY_IPV4 && host !== ANY_IPV6) return host
  // A socket on :: takes IPv4 as well, and those addresses are the ones people can type.
  return ownAddress('IPv4') ?? (host === ANY_IPV6 ? ownAddress('IPv6') : null)
}

/** All under which others on the network may find this machine. */
export function networkAddresses(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(isReachable)
    .map(({ address }) => address)
}

/** As it stands in a URL. */
export function urlHost(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}

function ownAddress(family: NetworkInterfaceInfo['family']): string | null {
  for (const addresses of Object.values(networkInterfaces())) {
    const found = addresses?.find((one) => one.family === family && isReachable(one))
    if (found !== undefined) return found.address
  }
  return null
}

function isReachable({ internal, address }: NetworkInterfaceInfo): boolean {
  return !internal && !address.startsWith('fe80:')
}

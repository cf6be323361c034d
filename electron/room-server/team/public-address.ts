import { BlockList, isIP } from 'node:net'

/** Not of the internet: loopback, private, link-local (where clouds tell secrets), carriers' own, of tests, of many, of nobody. An IPv4 address in IPv6 counts as itself, also behind a translator (NAT64, RFC 6052; 6to4, RFC 3056). */
const INSIDE: readonly (readonly [address: string, bits: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 96],
  ['64:ff9b:1::', 48],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
]
const inside = new BlockList()
for (const [address, bits] of INSIDE) {
  inside.addSubnet(address, bits, familyOf(address))
  if (isIP(address) !== 4) continue
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number)
  inside.addSubnet(`64:ff9b::${address}`, 96 + bits, 'ipv6')
  inside.addSubnet(`2002:${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}::`, 16 + bits, 'ipv6')
}

/** @returns false: it is of some network inside, or none */
export function isPublic(address: string): boolean {
  return isIP(address) !== 0 && !isIn(inside, address)
}

export function isIn(list: BlockList, address: string): boolean {
  return isIP(address) !== 0 && list.check(address, familyOf(address))
}

export function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4'
}

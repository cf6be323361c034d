import { hostname } from 'node:os'

const LOOPBACK = /^127(\.\d{1,3}){3}$/
const NUMERIC = /^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:.]+\])$/i

/** Is `host` (a Host header) one of these? @param names in lower case */
export function isNamed(host: string, names: readonly string[]): boolean {
  return names.includes(host.replace(/:\d+$/, '').toLowerCase())
}

/**
 * Is `host` (a Host header) a name under which this server may be asked?
 * @param names further ones, in lower case
 */
export function isAllowedHost(host: string, shared: boolean, names: readonly string[] = []): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase()
  if (name === 'localhost' || name === '[::1]' || LOOPBACK.test(name)) return true
  if (isNamed(host, names)) return true
  if (!shared) return false
  const own = hostname().toLowerCase()
  // A numeric address cannot be rebound: whoever asks by it knows where this machine is.
  return NUMERIC.test(name) || name === own || name === `${own}.local`
}

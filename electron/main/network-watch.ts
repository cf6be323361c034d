import { networkInterfaces } from 'node:os'

const LOOK_EVERY_MS = 2_000

/** Tells when the network is back. Electron's main process has no online event: an address that appears is one. Ended by what it answers. */
export function watchNetwork(onOnline: () => void): () => void {
  const addresses = (): string[] => Object.values(networkInterfaces()).flatMap((all) => (all ?? []).filter((one) => !one.internal).map((one) => one.address))
  let known = new Set(addresses())
  const timer = setInterval(() => {
    const now = addresses()
    const appeared = now.some((address) => !known.has(address))
    known = new Set(now)
    if (appeared) onOnline()
  }, LOOK_EVERY_MS)
  return () => clearInterval(timer)
}

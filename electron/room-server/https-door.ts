import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import { hostname } from 'node:os'
import { AnchorError } from '../shared/errors'
import { networkAddresses } from './addresses'
import { keptCertificate } from './https-certificate'
import { listen } from './listen'
import { HTTP_LIMITS } from './options'
import type { Upgrades } from './upgrades'

export interface HttpsDoorOptions {
  readonly host: string
  /** 0 = any free; so it is too where somebody else has this one. */
  readonly port: number
  /** Where the certificate is kept. */
  readonly dataDir: string
  readonly answer: RequestListener
  readonly upgrades: Upgrades
  log(level: 'info' | 'warn', message: string): void
}

export interface HttpsDoor {
  readonly port: number
  close(): Promise<void>
}

/** The same server by HTTPS, for the pages that need a camera on other machines. @returns null: it is not there, and the room goes on without it */
export async function openHttpsDoor({ host, port, dataDir, answer, upgrades, log }: HttpsDoorOptions): Promise<HttpsDoor | null> {
  try {
    const certificate = await keptCertificate(dataDir, ownNames(), Date.now())
    const server = createServer({ ...HTTP_LIMITS, ...certificate }, answer)
    server.maxConnections = HTTP_LIMITS.maxConnections
    upgrades.listenOn(server)
    const opened = await listen(server, host, port, 'HTTPS').catch((error: unknown) => {
      if (port === 0 || !(error instanceof AnchorError) || error.code !== 'room-server.port-busy') throw error
      log('warn', `port ${port} is taken, another one is used`)
      return listen(server, host, 0, 'HTTPS')
    })
    return {
      port: opened,
      close: () => {
        server.closeAllConnections()
        return new Promise((resolve) => server.close(() => resolve()))
      },
    }
  } catch (error) {
    log('warn', `there is no HTTPS for co-anchors on other machines: ${error instanceof Error ? error.message : String(error)}`)
    return null
  }
}

/** Names by which this machine is reached. */
function ownNames(): readonly string[] {
  const own = hostname().toLowerCase()
  const hosts = /^[a-z0-9-]+$/.test(own) ? [own, `${own}.local`] : []
  return ['localhost', ...hosts, '127.0.0.1', '::1', ...networkAddresses()]
}

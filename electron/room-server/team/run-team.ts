import type { Logger } from 'pino'
import { EDITIONS, DEFAULT_EDITION } from '../../shared/edition'
import { AnchorError } from '../../shared/errors'
import { PROGRAM_ROOM } from '../../shared/room-server'
import type { BackendConfig } from '../backend/config'
import type { ChatApp } from '../chat-app-file'
import type { RoomServerCommandLine } from '../command-line'
import { sentence } from '../listen'
import { DEFAULT_ADMIN } from '../options'
import type { TeamEnvironment } from './environment'
import { TeamServer } from './team-server'

export interface RunTeamOptions {
  readonly commandLine: RoomServerCommandLine
  readonly environment: TeamEnvironment
  readonly app: ChatApp
  /** Of CSS and of Tencent's cloud API; left out: not served. */
  readonly keys: Pick<BackendConfig, 'css' | 'cloudKeys'>
  readonly webRoot: string
  readonly logger: Logger
}

/** Runs one instance of a team's server, until it is told to end or has to. */
export async function runTeam({ commandLine, environment, app, keys, webRoot, logger }: RunTeamOptions): Promise<void> {
  const { chat, host, httpPort, title } = commandLine
  const log = (level: 'info' | 'warn', message: string): void => logger[level](message)
  const server = new TeamServer({
    host,
    httpPort,
    webRoot,
    title,
    environment,
    backend: {
      chat: {
        restBase: () => chat.cloudRest ?? '',
        callbackToken: chat.callbackToken,
        wire: 'cloud',
        sdkAppId: app.sdkAppId,
        secretKey: app.secretKey,
        admin: chat.admins[0] ?? DEFAULT_ADMIN,
        edition: EDITIONS[chat.edition ?? DEFAULT_EDITION],
      },
      ...keys,
      programRoom: chat.programRoom ?? PROGRAM_ROOM,
      title: title === '' ? 'AnchorDesk' : title,
      log,
    },
    iceServers: chat.iceServers,
    deposed: () => process.exit(1),
    log,
  })
  try {
    const { http, shared } = await server.start()
    // However often it is asked to, it ends once, and in order.
    const stop = (): void => {
      void server.stop().then((inOrder) => {
        log(inOrder ? 'info' : 'warn', inOrder ? 'stopped' : 'stopped, but not in order')
        process.exit(inOrder ? 0 : 1)
      })
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
    const session = await server.anchorSession('Anchor').catch((error: unknown) => {
      log('warn', `there is no session of the anchor yet: ${error instanceof Error ? error.message : String(error)}`)
      return null
    })
    if (server.ending) return
    process.stdout.write(`${JSON.stringify({ event: 'ready', http, shared, sdkAppId: app.sdkAppId, anchorToken: session?.token ?? null })}\n`)
  } catch (error) {
    if (!(error instanceof AnchorError)) throw error
    process.stderr.write(`room-server: ${sentence(error)}\n`)
    process.exitCode = 1
  }
}

import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import pino from 'pino'
import { AnchorError } from '../shared/errors'
import type { RoomSession } from '../shared/room-api'
import { keptChatApp, type ChatApp } from './chat-app-file'
import { parseRoomServerCommandLine, ROOM_SERVER_HELP, type ChatCommandLine, type RoomServerCommandLine } from './command-line'
import { RoomServer } from './room-server'
import { sentence } from './listen'
import { keptStreamKey } from './stream-key-file'
import { readTeamEnvironment } from './team/environment'

/** Runs the room server from a shell, without Electron. */
export async function runHeadless(argv: readonly string[]): Promise<void> {
  const parsed = parseRoomServerCommandLine(argv)
  if (parsed.kind === 'help') {
    process.stdout.write(ROOM_SERVER_HELP)
    return
  }
  if (parsed.kind === 'error') {
    process.stderr.write(`room-server: ${parsed.message}\nTry --help.\n`)
    process.exitCode = 2
    return
  }
  const { options } = parsed
  const logger = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ fd: 2, sync: true }))
  const dataDir = resolve(options.dataDir ?? 'room-data')
  const { chat } = options
  const app = chatApp(chat, dataDir)
  if (app === null) {
    process.stderr.write('room-server: the file of --secret-key-file holds no key of 8 to 256 characters.\n')
    process.exitCode = 2
    return
  }
  const team = readTeamEnvironment(process.env)
  const refused = typeof team === 'string' ? team : team === null ? null : unfitForTeam(options)
  if (typeof team === 'string' || refused !== null) {
    process.stderr.write(`room-server: ${refused}\n`)
    process.exitCode = 2
    return
  }
  const webRoot = options.webRoot ?? join(__dirname, '..', 'web')
  const keys = {
    ...(chat.css === null ? {} : { css: { ...chat.css, key: secretIn(chat.css.keyFile) } }),
    ...(chat.cloud === null ? {} : { cloudKeys: { ...chat.cloud, secretKey: secretIn(chat.cloud.secretKeyFile) } }),
  }
  if (team !== null) {
    // A part of its own: who runs the room on one machine has no use for it.
    const { runTeam } = await import('./team/run-team')
    await runTeam({ commandLine: options, environment: team, app, keys, webRoot, logger })
    return
  }
  const server = new RoomServer({
    ...options,
    portFallback: false,
    streamKey: options.streamKey ?? keptStreamKey(dataDir),
    chat: {
      dataDir,
      app,
      callback: chat.callback,
      ...(chat.callbackSeconds === null ? {} : { callbackMs: chat.callbackSeconds * 1_000 }),
      delivery: chat.delivery,
      allowedOrigins: chat.allowedOrigins,
      iceServers: chat.iceServers,
      cloud: chat.cloudRest === null ? null : { restBase: chat.cloudRest, callbackToken: chat.callbackToken },
      ...keys,
      ...(chat.programRoom === null ? {} : { programRoom: chat.programRoom }),
      ...(chat.admins.length === 0 ? {} : { admins: chat.admins }),
      ...(chat.edition === null ? {} : { edition: chat.edition }),
    },
    webRoot,
    log: (level, message) => logger[level](message),
  })
  try {
    const { http, wire, rtmp, watch, play, ingest, secureGuest } = await server.start()
    // Before the line is written: whoever reads it may end us at once.
    let stopped: Promise<void> | null = null
    // However often it is asked to, it ends once, and in order.
    const stop = (): void => {
      stopped ??= server.close().then(() => logger.info('stopped'))
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
    // Like the ingest's key, a secret for whoever started this.
    const anchorToken = (await anchorSession(server))?.token ?? null
    process.stdout.write(`${JSON.stringify({ event: 'ready', http, wire, rtmp, watch, play, ingest, secureGuest, sdkAppId: app.sdkAppId, anchorToken })}\n`)
  } catch (error) {
    if (!(error instanceof AnchorError)) throw error
    process.stderr.write(`room-server: ${sentence(error)}\n`)
    process.exitCode = 1
    return
  }
}

/** Null where there is no business, or IM does not answer yet. */
async function anchorSession(server: RoomServer): Promise<RoomSession | null> {
  try {
    return await server.anchorSession('Anchor')
  } catch (error) {
    if (error instanceof Error) return null
    throw error
  }
}

/** Null: the file has no key. @throws Error when it cannot be read */
function chatApp(chat: ChatCommandLine, dataDir: string): ChatApp | null {
  if (chat.app === null) return keptChatApp(dataDir)
  const secretKey = chat.app.secretKey ?? readFileSync(resolve(chat.secretKeyFile ?? ''), 'utf8').trim()
  return secretKey.length < 8 || secretKey.length > 256 ? null : { sdkAppId: chat.app.sdkAppId, secretKey }
}

/** @throws Error when it cannot be read */
function secretIn(file: string): string {
  const secret = readFileSync(resolve(file), 'utf8').trim()
  if (secret === '') throw new Error(`${file} is empty`)
  return secret
}

/** What is wrong with the command line of a team's server; null = nothing. */
function unfitForTeam({ publicUrl, chat: { cloudRest, callbackToken } }: RoomServerCommandLine): string | null {
  if (publicUrl !== null) return '--public-url is for a server by itself: with DATABASE_URL names are in PUBLIC_HOST'
  if (cloudRest === null) return 'DATABASE_URL needs --im: the chat here belongs to one machine'
  // Without one whatever comes from this machine is believed, and behind a proxy that is everything.
  return callbackToken === null ? 'DATABASE_URL needs --callback-token: the callbacks of a team are signed' : null
}

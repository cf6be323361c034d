import { join } from 'node:path'
import { CLOUD_REST } from '../shared/cloud'
import { AnchorError } from '../shared/errors'
import { roomServerCommandSchema, type RoomServerCommand, type RoomServerReport } from '../shared/room-server'
import { keptChatApp } from './chat-app-file'
import { runHeadless } from './headless'
import type { ChatOptions } from './options'
import { Rehearsal } from './rehearsal/rehearsal'
import { RoomServer } from './room-server'

/** The room-server process: a utility process of main, or a program of its own from a shell. */

type ListenCommand = Extract<RoomServerCommand, { type: 'listen' }>

const REPORT_EVERY_MS = 1_000

/** Plain Node has no parent port; Electron's types do not know that. */
const parent: Electron.ParentPort | undefined = process.parentPort

if (parent === undefined) void runHeadless(process.argv.slice(2))
else serveMain(parent)

function serveMain(port: Electron.ParentPort): void {
  const report = (message: RoomServerReport): void => port.postMessage(message)
  let server: RoomServer | null = null
  /** While there is one, it is what the studio and the show are in. */
  let rehearsal: Rehearsal | null = null
  let listened: ListenCommand | null = null
  let last = ''
  /** One after the other: two at once would leave a server that nobody owns. */
  let opening: Promise<void> = Promise.resolve()
  let saying: Promise<void> = Promise.resolve()

  const tell = (): void => {
    const shown = rehearsal?.server ?? server
    if (shown === null) return
    const stream = shown.report()
    const line = JSON.stringify(stream)
    if (line === last) return
    last = line
    report({ type: 'stream', ...stream })
  }
  const timer = setInterval(tell, REPORT_EVERY_MS)

  port.on('message', (event) => {
    const parsed = roomServerCommandSchema.safeParse(event.data)
    if (!parsed.success) {
      report({ type: 'log', level: 'warn', message: 'a command was not understood' })
      return
    }
    const command = parsed.data
    if (command.type === 'set-title') server?.setTitle(command.title)
    else if (command.type === 'set-ice-servers') opening = opening.then(() => server?.setIceServers(command.iceServers))
    else if (command.type === 'show') (rehearsal ?? server)?.show(command.state, command.engine)
    else if (command.type === 'listen') opening = opening.then(() => open(command))
    else if (command.type === 'say-notice') saying = saying.then(() => sayNotice(command))
    else if (command.type === 'open-anchor-session') void openAnchorSession(command.nick)
    else if (command.type === 'rehearse') opening = opening.then(() => rehearse(command))
    else if (command.type === 'end-rehearsal') opening = opening.then(endRehearsal)
    else {
      clearInterval(timer)
      void Promise.all([opening, saying])
        .then(() => Promise.all([rehearsal?.close(), server?.close()]))
        .then(() => process.exit(0))
    }
  })

  async function open(command: ListenCommand): Promise<void> {
    listened = command
    await server?.close()
    try {
      const next = new RoomServer({
        ...command,
        chat: chatOf(command),
        log: (level, message) => report({ type: 'log', level, message }),
      })
      server = next
      next.onChange(tell)
      report({ type: 'listening', addresses: await next.start() })
      tell()
    } catch (error) {
      const known = error instanceof AnchorError ? error : new AnchorError('room-server.failed', { cause: error, context: { reason: String(error) } })
      report({ type: 'failed', error: known.toInfo() })
    }
  }

  async function rehearse({ durationMs, language, title }: Extract<RoomServerCommand, { type: 'rehearse' }>): Promise<void> {
    if (rehearsal !== null || listened === null) return
    try {
      const next = new Rehearsal({
        dataDir: listened.dataDir,
        webRoot: listened.webRoot,
        title,
        language,
        durationMs,
        log: (level, message) => report({ type: 'log', level, message }),
        onChange: tell,
        onCut: () => report({ type: 'rehearsal-cut' }),
        onDone: () => report({ type: 'rehearsal-done' }),
      })
      rehearsal = next
      report({ type: 'rehearsal-open', addresses: await next.open() })
    } catch (error) {
      report({ type: 'log', level: 'warn', message: `the rehearsal did not begin: ${error instanceof Error ? error.message : String(error)}` })
      await endRehearsal()
    }
  }

  async function endRehearsal(): Promise<void> {
    const ended = rehearsal
    const figures = (await ended?.close()) ?? null
    rehearsal = null
    report({ type: 'rehearsal-over', figures })
    tell()
  }

  async function sayNotice({ requestId, notice, ifStill }: Extract<RoomServerCommand, { type: 'say-notice' }>): Promise<void> {
    try {
      report({ type: 'notice-said', requestId, before: (await (rehearsal?.server ?? server)?.sayNotice(notice, ifStill)) ?? null })
    } catch (error) {
      report({ type: 'log', level: 'warn', message: `the notice was not said: ${error instanceof Error ? error.message : String(error)}` })
      report({ type: 'notice-said', requestId, before: null })
    }
  }

  async function openAnchorSession(nick: string): Promise<void> {
    try {
      report({ type: 'anchor-session', session: (await (rehearsal ?? server)?.anchorSession(nick)) ?? null })
    } catch (error) {
      report({ type: 'log', level: 'warn', message: `the anchor's session was not opened: ${error instanceof Error ? error.message : String(error)}` })
      report({ type: 'anchor-session', session: null })
    }
  }
  report({ type: 'ready' })
}

/** The IM here, or Tencent's with an app of the user's own. Its rooms are others, and so is where they are kept. */
function chatOf({ dataDir, cloud, iceServers }: ListenCommand): ChatOptions {
  if (cloud === undefined) return { dataDir, app: keptChatApp(dataDir), iceServers }
  const { sdkAppId, secretKey, restBase = CLOUD_REST, callbackToken = null } = cloud
  return { dataDir: join(dataDir, `cloud-${sdkAppId}`), app: { sdkAppId, secretKey }, iceServers, cloud: { restBase, callbackToken } }
}

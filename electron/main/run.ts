import { join } from 'node:path'
import { app, powerMonitor, session } from 'electron'
import type { CommandLine } from '../shared/cli'
import { MAX_DESTINATIONS } from '../shared/destination'
import { AnchorError, type ErrorInfo } from '../shared/errors'
import { JOIN_SCHEME, joinAddress, parseJoinLink } from '../shared/join-link'
import { mainText, type MainText } from '../shared/locales/main-text'
import { STAGE_ORIGIN, TRTC_ORIGIN } from '../shared/origins'
import { serveApp } from './app-protocol'
import { resolveCapture } from './capture'
import { CoAnchorWindow } from './co-anchor-window'
import { Desk } from './desk'
import { catchFatal } from './fatal'
import { guardPermissions } from './guards'
import { openGateway } from './ipc-gateway'
import { LineLimiter } from './line-limiter'
import { openLog } from './log'
import { watchNetwork } from './network-watch'
import { NoticeBoard } from './notice-board'
import { PowerSave } from './power-save'
import { Quit } from './quit'
import { SecretStore } from './secret-store'
import { SettingsStore } from './settings-store'
import { StateFile } from './state-file'
import { systemCipher } from './system-cipher'
import { findTrtcSdk } from './trtc-sdk'
import { createVerbs } from './verbs'

/**
 * Puts the app together once Electron is ready and its folder is there. Everything made here ends in `Quit`'s `shutDown`.
 * @param links that the system handed over before the app was ready
 * @throws AnchorError destination.limit
 */
export function run(commandLine: CommandLine, links: readonly string[]): void {
  const dataDir = app.getPath('userData')
  const built = join(__dirname, '..')
  const assets = join(dataDir, 'assets')
  const { log, file: logFile } = openLog(dataDir)
  const notices = new NoticeBoard()
  const onProblem = (error: ErrorInfo): void => {
    log.warn({ code: error.code, context: error.context }, 'problem')
    notices.add(error)
  }
  catchFatal({ log, flush: () => logFile.flushNow(), onProblem, exit: (code) => app.exit(code) })
  const lines = new LineLimiter((level, message) => log[level](message))
  const settings = new SettingsStore({ folder: dataDir, onProblem })
  if (settings.current.destinations.length + commandLine.destinations.length > MAX_DESTINATIONS) {
    throw new AnchorError('destination.limit', { context: { limit: MAX_DESTINATIONS } })
  }
  const secrets = new SecretStore({ folder: dataDir, cipher: systemCipher, onProblem })
  const stateFile = new StateFile(dataDir, (error) => onProblem(error.toInfo()))
  const text = (): MainText => mainText(settings.current.language, app.getLocale())

  for (const [one, drawer] of [
    [session.defaultSession, STAGE_ORIGIN],
    [session.fromPartition('stage'), STAGE_ORIGIN],
    [session.fromPartition('trtc'), TRTC_ORIGIN],
  ] as const) {
    serveApp(one, { pages: join(built, 'renderer'), assets }, drawer)
    guardPermissions(one)
  }

  const powerSave = new PowerSave()
  let failed: ErrorInfo | null = null
  const desk = new Desk({
    built,
    dataDir,
    commandLine,
    settings,
    secrets,
    notices,
    stateFile,
    log,
    lines,
    findTrtcSdk: () => findTrtcSdk({ isPackaged: app.isPackaged, resources: process.resourcesPath, appFolder: app.getAppPath(), given: commandLine.trtcSdk }),
    announce: (event) => process.stdout.write(`${JSON.stringify(event)}\n`),
    onAirChanged: (onAir) => powerSave.set(onAir),
    onGoLiveFailed: (error) => {
      failed = error
      process.stderr.write(`AnchorDesk could not go live: ${text().error(error)}\n`)
      void quit.now()
    },
  })
  const coAnchorWindow = new CoAnchorWindow({ webRoot: join(built, 'web'), text, log: (level, message) => lines.line(level, message) })
  /** A link that the system hands over is somebody's click; what is none of ours is left alone. */
  const joinBy = (text: string | undefined): void => {
    const link = text === undefined ? null : parseJoinLink(text)
    if (link !== null) coAnchorWindow.open(link).catch((error: unknown) => log.warn({ err: error }, 'the co-anchor window did not open'))
  }
  stateFile.write('starting', settings.current.title, Date.now())
  const closeGateway = openGateway({
    verbs: createVerbs({ desk, coAnchorWindow, settings, stateFile, secrets, notices, dataDir }),
    studio: () => desk.processes.studioWindow?.webContents ?? null,
    stage: () => desk.processes.stageWindow?.webContents ?? null,
    trtc: () => desk.processes.trtcWindow?.webContents ?? null,
    onStageReport: (report) => desk.reports.stage(report, 'stage'),
    onTrtcReport: (report) => desk.reports.trtc(report),
    resolveCapture,
    log: (level, message, error) => (error === undefined ? lines.line(level, message) : log[level]({ err: error }, message)),
  })
  const stopWatching = watchNetwork(() => desk.networkOnline())
  powerMonitor.on('resume', () => desk.networkOnline())
  app.on('second-instance', (_event, argv) => {
    joinBy(argv.find((one) => one.startsWith(`${JOIN_SCHEME}:`)))
    desk.processes.studioWindow?.restore()
    desk.processes.studioWindow?.focus()
  })
  // macOS hands links over like this.
  app.on('open-url', (event, url) => {
    event.preventDefault()
    joinBy(url)
  })
  joinBy(commandLine.join === null ? links[0] : joinAddress(commandLine.join))
  /** Somebody would miss it. */
  const isOnAir = (): boolean => desk.show.isOnAir && !desk.rehearsal.isActive
  const quit = new Quit({
    studio: () => desk.processes.studioWindow,
    isOnAir,
    text,
    exitCode: () => (failed === null ? 0 : 1),
    shutDown: async (bySystem) => {
      stopWatching()
      closeGateway()
      coAnchorWindow.close()
      settings.flush()
      // A machine that goes down in the middle of a show: the next start offers to go on with it.
      const state = bySystem && isOnAir() ? 'live' : 'clean_exit'
      if (bySystem) stateFile.write(state, settings.current.title, Date.now())
      if (state === 'clean_exit') desk.show.leaveRoom()
      await desk.close()
      stateFile.write(state, settings.current.title, Date.now())
      log.info('clean exit')
      await logFile.close()
    },
  })
  stateFile.write('idle', settings.current.title, Date.now())
  if (commandLine.quitAfterSeconds !== null) setTimeout(() => void quit.now(), commandLine.quitAfterSeconds * 1_000)
}

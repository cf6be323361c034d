import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { app, powerMonitor, session } from 'electron'
import type { CommandLine } from '../shared/cli'
import type { ErrorInfo } from '../shared/errors'
import { mainText, type MainText } from '../shared/locales/main-text'
import { serveApp } from './app-protocol'
import { resolveCapture } from './capture'
import { Desk } from './desk'
import { guardPermissions } from './guards'
import { openGateway } from './ipc-gateway'
import { openLog } from './log'
import { watchNetwork } from './network-watch'
import { NoticeBoard } from './notice-board'
import { PowerSave } from './power-save'
import { Quit } from './quit'
import { SecretStore } from './secret-store'
import { SettingsStore } from './settings-store'
import { StateFile } from './state-file'
import { systemCipher } from './system-cipher'
import { createVerbs } from './verbs'

/** Puts the app together once Electron is ready. Everything made here ends in `Quit`'s `shutDown`. */
export function run(commandLine: CommandLine): void {
  const dataDir = app.getPath('userData')
  const built = join(__dirname, '..')
  const assets = join(dataDir, 'assets')
  mkdirSync(assets, { recursive: true })
  const log = openLog(dataDir)
  const notices = new NoticeBoard()
  const onProblem = (error: ErrorInfo): void => {
    log.warn({ code: error.code, context: error.context }, 'problem')
    notices.add(error)
  }
  const settings = new SettingsStore({ folder: dataDir, onProblem })
  const secrets = new SecretStore(dataDir, systemCipher)
  if (!secrets.kept) notices.add({ code: 'secrets.session-only', context: {} })
  const stateFile = new StateFile(dataDir, (error) => onProblem(error.toInfo()))
  const text = (): MainText => mainText(settings.current.language, app.getLocale())

  for (const one of [session.defaultSession, session.fromPartition('stage')]) {
    serveApp(one, { pages: join(built, 'renderer'), assets })
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
    announce: (event) => process.stdout.write(`${JSON.stringify(event)}\n`),
    onAirChanged: (onAir) => powerSave.set(onAir),
    onGoLiveFailed: (error) => {
      failed = error
      process.stderr.write(`AnchorDesk could not go live: ${text().error(error)}\n`)
    },
  })
  stateFile.write('starting', settings.current.title, Date.now())
  const closeGateway = openGateway({
    verbs: createVerbs({ desk, settings, secrets, notices, dataDir }),
    studio: () => desk.processes.studioWindow?.webContents ?? null,
    stage: () => desk.processes.stageWindow?.webContents ?? null,
    onStageReport: (report) => desk.stageReported(report),
    resolveCapture,
    log: (level, message, error) => log[level]({ err: error }, message),
  })
  const stopWatching = watchNetwork(() => desk.networkOnline())
  powerMonitor.on('resume', () => desk.networkOnline())
  app.on('second-instance', () => {
    desk.processes.studioWindow?.restore()
    desk.processes.studioWindow?.focus()
  })
  const quit = new Quit({
    studio: () => desk.processes.studioWindow,
    isOnAir: () => desk.show.isOnAir,
    text,
    exitCode: () => (failed === null ? 0 : 1),
    shutDown: async () => {
      stopWatching()
      closeGateway()
      settings.flush()
      await desk.close()
      stateFile.write('clean_exit', settings.current.title, Date.now())
      log.info('clean exit')
    },
  })
  if (commandLine.quitAfterSeconds !== null) setTimeout(() => void quit.now(), commandLine.quitAfterSeconds * 1_000)
}

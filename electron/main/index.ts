import { join, resolve } from 'node:path'
import { networkInterfaces } from 'node:os'
import { app, dialog, Menu, powerMonitor, powerSaveBlocker, safeStorage, session } from 'electron'
import { parseCommandLine, type CommandLine } from '../shared/cli'
import type { ErrorInfo } from '../shared/errors'
import { mainText } from '../shared/locales/main-text'
import { registerScheme, serveApp } from './app-protocol'
import { resolveCapture } from './capture'
import { Desk, ensureFolders } from './desk'
import { guardContents, guardPermissions } from './guards'
import { openGateway } from './ipc-gateway'
import { openLog } from './log'
import { NoticeBoard } from './notice-board'
import { SecretStore, type Cipher } from './secret-store'
import { SettingsStore } from './settings-store'
import { StateFile } from './state-file'
import { createVerbs } from './verbs'

const NETWORK_LOOK_MS = 2_000
const QUIT_DEADLINE_MS = 5_000

const parsed = parseCommandLine(process.argv.slice(app.isPackaged ? 1 : 2))
switch (parsed.kind) {
  case 'help':
    process.stdout.write(parsed.text)
    app.exit(0)
    break
  case 'version':
    process.stdout.write(`${app.getVersion()}\n`)
    app.exit(0)
    break
  case 'error':
    process.stderr.write(`AnchorDesk: ${parsed.message}\nTry --help.\n`)
    app.exit(2)
    break
  case 'run':
    start(parsed.options)
    break
}

function start(commandLine: CommandLine): void {
  if (commandLine.dataDir !== null) app.setPath('userData', resolve(commandLine.dataDir))
  registerScheme()
  // One run per data folder: the second only brings the first to the front.
  if (!app.requestSingleInstanceLock()) {
    process.stderr.write('AnchorDesk is running already with this data folder.\n')
    app.exit(0)
    return
  }
  guardContents(app)
  Menu.setApplicationMenu(process.platform === 'darwin' ? Menu.buildFromTemplate([{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'windowMenu' }]) : null)
  void app.whenReady().then(() => run(commandLine))
}

/** Linux only, and not known to every Electron we run on. 'basic_text' is a key that everybody knows. */
function storageBackend(): unknown {
  const ask: unknown = Reflect.get(safeStorage, 'getSelectedStorageBackend')
  return typeof ask === 'function' ? Reflect.apply(ask, safeStorage, []) : null
}

const systemCipher: Cipher = {
  isAvailable: () => safeStorage.isEncryptionAvailable() && storageBackend() !== 'basic_text',
  encrypt: (text) => safeStorage.encryptString(text),
  decrypt: (bytes) => safeStorage.decryptString(bytes),
}

function run(commandLine: CommandLine): void {
  const dataDir = app.getPath('userData')
  const built = join(__dirname, '..')
  ensureFolders(dataDir)
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

  const files = { pages: join(built, 'renderer'), assets: join(dataDir, 'assets') }
  for (const one of [session.defaultSession, session.fromPartition('stage')]) {
    serveApp(one, files)
    guardPermissions(one)
  }

  let blocker: number | null = null
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
    onAirChanged: (onAir) => {
      if (onAir) blocker ??= powerSaveBlocker.start('prevent-display-sleep')
      else if (blocker !== null) {
        powerSaveBlocker.stop(blocker)
        blocker = null
      }
    },
    onGoLiveFailed: (error) => {
      failed = error
      process.stderr.write(`AnchorDesk could not go live: ${mainText(settings.current.language, app.getLocale()).error(error)}\n`)
    },
  })
  stateFile.write('starting', settings.current.title, Date.now())
  const closeGateway = openGateway({
    verbs: createVerbs({ desk, settings, secrets, notices, dataDir }),
    studio: () => desk.studio.window?.webContents ?? null,
    stage: () => desk.stage.window?.webContents ?? null,
    onStageReport: (report) => desk.stageReported(report),
    resolveCapture,
    log: (level, message, error) => log[level]({ err: error }, message),
  })

  let quitting = false
  const quit = async (): Promise<void> => {
    if (quitting) return
    quitting = true
    const force = setTimeout(() => app.exit(1), QUIT_DEADLINE_MS)
    clearInterval(networkWatch)
    closeGateway()
    settings.flush()
    await desk.close()
    stateFile.write('clean_exit', settings.current.title, Date.now())
    log.info('clean exit')
    clearTimeout(force)
    app.exit(failed === null ? 0 : 1)
  }

  /** True when the show may be ended. The default is to keep going. */
  const mayQuit = (): boolean => {
    const { window } = desk.studio
    if (!desk.isOnAir || window === null) return true
    const text = mainText(settings.current.language, app.getLocale())
    const answer = dialog.showMessageBoxSync(window, {
      type: 'warning',
      message: text.quitTitle,
      detail: text.quitDetail,
      buttons: [text.keepGoing, text.endAndQuit],
      defaultId: 0,
      cancelId: 0,
    })
    return answer === 1
  }

  desk.studio.window?.on('close', (event) => {
    if (quitting) return
    event.preventDefault()
    if (mayQuit()) void quit()
  })
  app.on('before-quit', (event) => {
    if (quitting) return
    event.preventDefault()
    if (mayQuit()) void quit()
  })
  app.on('window-all-closed', () => void quit())
  app.on('second-instance', () => {
    desk.studio.window?.restore()
    desk.studio.window?.focus()
  })
  // Nobody is there to be asked.
  process.once('SIGTERM', () => void quit())
  process.once('SIGINT', () => void quit())
  powerMonitor.on('shutdown', () => void quit())
  powerMonitor.on('resume', () => desk.networkOnline())
  const networkWatch = watchNetwork(() => desk.networkOnline())
  if (commandLine.quitAfterSeconds !== null) setTimeout(() => void quit(), commandLine.quitAfterSeconds * 1_000)
}

/** Electron's main process has no online event: an address that appears is one. */
function watchNetwork(onOnline: () => void): NodeJS.Timeout {
  const addresses = (): string[] => Object.values(networkInterfaces()).flatMap((all) => (all ?? []).filter((one) => !one.internal).map((one) => one.address))
  let known = new Set(addresses())
  return setInterval(() => {
    const now = addresses()
    const appeared = now.some((address) => !known.has(address))
    known = new Set(now)
    if (appeared) onOnline()
  }, NETWORK_LOOK_MS)
}

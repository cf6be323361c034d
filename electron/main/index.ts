import { resolve } from 'node:path'
import { app, Menu } from 'electron'
import { parseCommandLine, type CommandLine } from '../shared/cli'
import { JOIN_SCHEME } from '../shared/join-link'
import { mainText } from '../shared/locales/main-text'
import { registerSchemes } from './app-protocol'
import { guardContents } from './guards'
import { popOutResponse } from './pop-out'
import { run } from './run'
import { failStart, prepareDataFolder } from './start-up'

const parsed = parseCommandLine(ownArguments())
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

/** In development Electron's own switches and the app's folder come first. */
function ownArguments(): string[] {
  if (app.isPackaged) return process.argv.slice(1)
  const folder = process.argv.findIndex((argument, index) => index > 0 && !argument.startsWith('-') && resolve(argument) === app.getAppPath())
  return process.argv.slice(Math.max(1, folder) + 1)
}

function start(commandLine: CommandLine): void {
  const fail = (error: unknown): void => void failStart(error, commandLine)
  try {
    if (commandLine.dataDir !== null) app.setPath('userData', resolve(commandLine.dataDir))
    prepareDataFolder(app.getPath('userData'))
    open(commandLine, fail)
  } catch (error) {
    fail(error)
  }
}

function open(commandLine: CommandLine, fail: (error: unknown) => void): void {
  registerSchemes()
  // From a build only: in development the system would start Electron without the app.
  if (app.isPackaged) app.setAsDefaultProtocolClient(JOIN_SCHEME)
  // One run per data folder: the second only brings the first to the front. That is no success for one that was to go live.
  if (!app.requestSingleInstanceLock()) {
    const text = mainText('system', 'en').error({ code: 'start.running-already', context: { path: app.getPath('userData') } })
    process.stderr.write(`AnchorDesk: ${text}\n`)
    app.exit(commandLine.goLive ? 1 : 0)
    return
  }
  guardContents(app, popOutResponse)
  // macOS hands a link that starts the app over before the app is ready.
  const early: string[] = []
  const onEarly = (event: { preventDefault(): void }, url: string): void => {
    event.preventDefault()
    early.push(url)
  }
  app.on('open-url', onEarly)
  Menu.setApplicationMenu(process.platform === 'darwin' ? Menu.buildFromTemplate([{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'windowMenu' }]) : null)
  void app
    .whenReady()
    .then(() => {
      app.off('open-url', onEarly)
      run(commandLine, early)
    })
    .catch(fail)
}

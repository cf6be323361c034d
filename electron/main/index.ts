import { resolve } from 'node:path'
import { app, Menu } from 'electron'
import { parseCommandLine, type CommandLine } from '../shared/cli'
import { registerScheme } from './app-protocol'
import { guardContents } from './guards'
import { run } from './run'

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

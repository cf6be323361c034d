import { closeSync, existsSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { app, dialog } from 'electron'
import type { CommandLine } from '../shared/cli'
import { AnchorError } from '../shared/errors'
import { mainText } from '../shared/locales/main-text'

/**
 * Makes the data folder and proves that it can be written. Before anything else: Electron's own lock tells a folder that
 * cannot be used from one that is in use only by silence.
 * @throws AnchorError start.data-folder { path, reason }
 */
export function prepareDataFolder(path: string): void {
  const proof = join(path, '.writable')
  try {
    makeFolder(join(path, 'assets'))
    closeSync(openSync(proof, 'w'))
    rmSync(proof)
  } catch (error) {
    throw new AnchorError('start.data-folder', { cause: error, context: { path, reason: (error as NodeJS.ErrnoException).code ?? String(error) } })
  }
}

/** Node's own recursive mkdir tries for ever where a folder that exists takes no new ones (/proc). */
function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return
  if (!existsSync(dirname(path))) makeFolder(dirname(path))
  mkdirSync(path)
}

/** A start that did not come to it: one sentence, in a dialog too where somebody sits there, and exit code 1. */
export async function failStart(error: unknown, commandLine: CommandLine): Promise<void> {
  const known = error instanceof AnchorError ? error : new AnchorError('start.failed', { cause: error, context: { reason: String(error).slice(0, 200) } })
  const text = mainText('system', app.isReady() ? app.getLocale() : 'en').error(known.toInfo())
  process.stderr.write(`AnchorDesk: ${text}\n`)
  if (!commandLine.goLive && commandLine.quitAfterSeconds === null) {
    await app.whenReady()
    dialog.showErrorBox('AnchorDesk', text)
  }
  app.exit(1)
}

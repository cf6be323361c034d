import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureElectron } from './electron.mjs'
import { ensurePackages } from './packages.mjs'
import { say, SetupError } from './say.mjs'
import { ensureSystem } from './system.mjs'

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..')

const OLDEST_NODE = [20, 19]

/**
 * Makes a clean clone ready: packages, system libraries, Electron. Needs nothing but Node and npm. Says what it does only
 * when there is something to do.
 * @returns path of the Electron executable, or null when it was not asked for
 */
export async function bootstrap({ system, electron }) {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    throw new SetupError(`Node ${OLDEST_NODE.join('.')} or later is needed; this is ${process.versions.node}.`)
  }
  await ensurePackages(ROOT)
  await ensureSystem(system)
  return electron ? ensureElectron(ROOT) : null
}

/** Runs a script's main function; set-up failures become one sentence and exit code 1. */
export async function main(work) {
  try {
    process.exitCode = await work()
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    say(error.message)
    process.exitCode = 1
  }
}

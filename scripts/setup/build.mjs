import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './bootstrap.mjs'
import { writeNotices } from './notices.mjs'
import { run } from './run.mjs'
import { say, SetupError } from './say.mjs'

const SOURCES = ['electron', 'renderer', 'resources', 'electron.vite.config.mts', 'vite.web.config.mts', 'package-lock.json', 'scripts/build-kernels.mjs']

/** Builds the app when anything it is made of changed since the last build. */
export async function ensureBuild() {
  const state = stateOf(SOURCES)
  const stamp = join(ROOT, 'out', '.stamp')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === state) return
  say('Building …')
  await step('the kernels', [join(ROOT, 'scripts', 'build-kernels.mjs')])
  await step('the app', [bin('electron-vite', 'bin', 'electron-vite.js'), 'build', '--logLevel', 'warn'])
  await step('the web pages', [bin('vite', 'bin', 'vite.js'), 'build', '-c', 'vite.web.config.mts', '--logLevel', 'error'])
  writeNotices(ROOT)
  writeFileSync(stamp, state)
}

export function bin(...path) {
  return join(ROOT, 'node_modules', ...path)
}

async function step(what, args) {
  const code = await run(process.execPath, args, { cwd: ROOT })
  if (code !== 0) throw new SetupError(`Building ${what} failed (exit ${code}).`)
}

/** Names, sizes and times of all files: quick, and any edit changes it. */
function stateOf(sources) {
  const hash = createHash('sha256')
  const visit = (path) => {
    const stat = statSync(path, { throwIfNoEntry: false })
    if (stat === undefined) return
    if (stat.isDirectory()) for (const name of readdirSync(path).sort()) visit(join(path, name))
    else if (!path.endsWith('.wasm')) hash.update(`${path} ${stat.size} ${stat.mtimeMs}\n`)
  }
  for (const source of sources) visit(join(ROOT, source))
  return hash.digest('hex')
}

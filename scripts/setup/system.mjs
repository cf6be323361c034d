import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { run } from './run.mjs'
import { say, SetupError } from './say.mjs'

/** Debian's packages by what they are for. */
export const DEBIAN_PACKAGES = {
  /** To show a window (Electron's own list), Chinese text and the gifts' signs; a display where there is none. */
  run: ['libgtk-3-0', 'libnss3', 'libasound2', 'libgbm1', 'xvfb', 'fonts-noto-cjk', 'fonts-noto-color-emoji'],
  /** Programs that no one here wrote, to test against. */
  test: ['ffmpeg', 'nginx', 'libnginx-mod-rtmp', 'chromium', 'openbox', 'procps', 'obs-studio', 'postgresql'],
  bench: ['xdotool'],
}

function isDebian() {
  if (process.platform !== 'linux' || !existsSync('/etc/os-release')) return false
  return /^(ID|ID_LIKE)=.*(debian|ubuntu)/m.test(readFileSync('/etc/os-release', 'utf8'))
}

/** Ubuntu 24.04 and Debian 13 renamed some libraries. */
const RENAMED = { 'libgtk-3-0': 'libgtk-3-0t64', libasound2: 'libasound2t64' }

function installed(name) {
  const names = RENAMED[name] === undefined ? [name] : [name, RENAMED[name]]
  return names.some((one) => spawnSync('dpkg-query', ['-W', '-f=${db:Status-Status}', one], { encoding: 'utf8' }).stdout === 'installed')
}

function available(name) {
  const policy = spawnSync('apt-cache', ['policy', name], { encoding: 'utf8' }).stdout ?? ''
  return /Candidate: (?!\(none\))/.test(policy)
}

/**
 * Installs what is missing when root; otherwise names it in one line and stops.
 * @param purposes keys of DEBIAN_PACKAGES
 */
export async function ensureSystem(purposes) {
  if (!isDebian()) return
  const missing = purposes.flatMap((purpose) => DEBIAN_PACKAGES[purpose]).filter((name) => !installed(name))
  if (missing.length === 0) return
  if (process.getuid?.() !== 0) {
    throw new SetupError(
      `Some system packages are missing. Run this line once, then try again:\n  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing.join(' ')}`,
    )
  }
  say(`Installing system packages: ${missing.join(' ')} …`)
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  if (!missing.every(available)) await run('apt-get', ['update', '-qq'], { env: environment })
  const names = missing.map((name) => (available(name) ? name : (RENAMED[name] ?? name)))
  const code = await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], { env: environment })
  if (code !== 0) throw new SetupError(`apt-get could not install: ${names.join(' ')}. What it said stands above.`)
}

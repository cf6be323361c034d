import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './run.mjs'
import { say, SetupError } from './say.mjs'

/** Installs node_modules when the lockfile changed since the last time. No install scripts run. */
export async function ensurePackages(root) {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  const stamp = join(root, 'node_modules', '.anchordesk-lock')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  say('Installing packages …')
  const code = await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root })
  if (code !== 0) throw new SetupError('npm ci failed. Is the package registry reachable? What npm said stands above; run the same command again.')
  writeFileSync(stamp, lock)
}

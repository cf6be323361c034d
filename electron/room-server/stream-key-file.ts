import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The headless server's stream key: made once, kept where only its user can read it. */
export function keptStreamKey(dataDir: string): string {
  const file = join(dataDir, 'stream-key')
  try {
    const kept = readFileSync(file, 'utf8').trim()
    if (/^[A-Za-z0-9_-]{16,128}$/.test(kept)) return kept
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  mkdirSync(dataDir, { recursive: true })
  const made = randomBytes(18).toString('base64url')
  writeFileSync(file, `${made}\n`, { mode: 0o600 })
  return made
}

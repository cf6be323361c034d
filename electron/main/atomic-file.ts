import { closeSync, copyFileSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { AnchorError } from '../shared/errors'

/**
 * Writes a whole file or nothing: into a new file, to the disk, then in one move. `keepCopy`: what was there stays as `.bak`.
 * @throws AnchorError disk.full { path } | settings.write-failed { reason }
 */
export function writeAtomically(path: string, content: string | Uint8Array, options: { keepCopy?: boolean; mode?: number } = {}): void {
  const next = `${path}.new`
  try {
    const file = openSync(next, 'w', options.mode ?? 0o600)
    try {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    if (options.keepCopy === true && existsSync(path)) copyFileSync(path, `${path}.bak`)
    renameSync(next, path)
  } catch (error) {
    rmSync(next, { force: true })
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
    if (code === 'ENOSPC' || code === 'EDQUOT') throw new AnchorError('disk.full', { cause: error, context: { path } })
    throw new AnchorError('settings.write-failed', { cause: error, context: { reason: code } })
  }
}

import { closeSync, copyFileSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { AnchorError } from '../shared/errors'

/**
 * Writes a whole file or nothing: into a new file, to the disk, then in one move. `keepCopy`: what was there stays as `.bak`.
 * @throws AnchorError disk.full { path } | settings.write-failed { reason }
 */
export function writeAtomically(path: string, content: string | Uint8Array, options: { keepCopy?: boolean } = {}): void {
  const next = `${path}.new`
  try {
    const file = openSync(next, 'w', 0o600)
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
    throw writeError(error, path)
  }
}

/**
 * The same without holding up the process while the disk works. When it is about to take the old file's place, `isWanted` is
 * asked: something newer may stand there by then. Not to be called again for a path before it is done.
 * @throws AnchorError disk.full { path } | settings.write-failed { reason }
 */
export async function writeAtomicallyAside(path: string, content: string, isWanted: () => boolean): Promise<void> {
  const next = `${path}.aside`
  try {
    const file = await open(next, 'w', 0o600)
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    if (isWanted()) renameSync(next, path)
    else await rm(next, { force: true })
  } catch (error) {
    await rm(next, { force: true })
    throw writeError(error, path)
  }
}

function writeError(error: unknown, path: string): AnchorError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
  if (code === 'ENOSPC' || code === 'EDQUOT') return new AnchorError('disk.full', { cause: error, context: { path } })
  return new AnchorError('settings.write-failed', { cause: error, context: { reason: code } })
}

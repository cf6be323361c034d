import { createHash } from 'node:crypto'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { nativeImage } from 'electron'
import { AnchorError } from '../shared/errors'

const MAX_BYTES = 32 * 1024 * 1024
export const IMAGE_EXTENSIONS = ['png', 'jpg', 'jpeg', 'webp', 'gif', 'bmp'] as const

/**
 * Copies a picture into the data folder under the hash of its content: a source then shows it though the original is moved.
 * @throws AnchorError source.image-unreadable { file } | disk.full { path }
 */
export async function importImage(file: string, assets: string): Promise<{ asset: string; name: string }> {
  const extension = extname(file).slice(1).toLowerCase()
  const unreadable = (cause?: unknown): AnchorError => new AnchorError('source.image-unreadable', { cause, context: { file: basename(file) } })
  if (!IMAGE_EXTENSIONS.some((one) => one === extension)) throw unreadable()
  let bytes: Buffer
  try {
    if ((await stat(file)).size > MAX_BYTES) throw unreadable()
    bytes = await readFile(file)
  } catch (error) {
    if (error instanceof AnchorError) throw error
    throw unreadable(error)
  }
  // What Electron cannot decode itself (webp, gif) is proved by the stage, which shows the error at the source.
  if ((extension === 'png' || extension.startsWith('jp')) && nativeImage.createFromBuffer(bytes).isEmpty()) throw unreadable()
  const asset = `${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}.${extension}`
  try {
    await writeFile(join(assets, asset), bytes)
  } catch (error) {
    throw new AnchorError((error as NodeJS.ErrnoException).code === 'ENOSPC' ? 'disk.full' : 'settings.write-failed', {
      cause: error,
      context: { path: assets, reason: 'assets' },
    })
  }
  return { asset, name: basename(file, extname(file)).slice(0, 80) }
}

import { AnchorError } from '../../../electron/shared/errors'
import { drawing, stillOf } from './canvas'
import type { Still } from './contract'
import { imageSize } from './image-size'

const MAX_BYTES = 64 * 1024 * 1024
const MAX_SIDE = 8_192

/**
 * Decodes a PNG, JPEG, WebP, GIF (its first picture) or BMP and scales it down to fit `maxWidth` × `maxHeight`.
 * Throws AnchorError 'source.image-unreadable' for anything else, for more than 64 MiB, and for a picture with a side
 * beyond 8,192 px; the size is read from the header first, so that a small file cannot unpack into gigabytes.
 */
export async function decodeImage(bytes: Blob, maxWidth: number, maxHeight: number, file = ''): Promise<Still> {
  const unreadable = (reason: string, cause?: unknown): AnchorError =>
    new AnchorError('source.image-unreadable', { cause: cause ?? new Error(reason), context: { file, reason } })
  if (bytes.size > MAX_BYTES) throw unreadable(`${bytes.size} bytes are more than ${MAX_BYTES}`)
  const size = imageSize(new Uint8Array(await bytes.arrayBuffer()))
  if (!size) throw unreadable('not a PNG, JPEG, WebP, GIF or BMP')
  if (size.width > MAX_SIDE || size.height > MAX_SIDE || size.width < 1 || size.height < 1) {
    throw unreadable(`${size.width}×${size.height} pixels; at most ${MAX_SIDE} on a side`)
  }
  let bitmap: ImageBitmap
  try {
    bitmap = await createImageBitmap(bytes)
  } catch (error) {
    throw unreadable('the picture is damaged', error)
  }
  try {
    const scale = Math.min(1, maxWidth / bitmap.width, maxHeight / bitmap.height)
    const made = drawing(Math.max(1, Math.round(bitmap.width * scale)), Math.max(1, Math.round(bitmap.height * scale)))
    made.context.imageSmoothingQuality = 'high'
    made.context.drawImage(bitmap, 0, 0, made.canvas.width, made.canvas.height)
    return stillOf(made)
  } finally {
    bitmap.close()
  }
}

import { readNotice, writeNotice, type NoticeField } from '../../../shared/notice-text'
import type { RichText } from '../../../shared/room-message'
import { ApiError } from '../api/api-error'

export type TextField = 'notice' | 'introduction'

export interface TextInput {
  readonly text: string
  readonly images: readonly string[]
}

/** What IM calls them. */
const FIELD: Readonly<Record<TextField, NoticeField>> = { notice: 'notification', introduction: 'introduction' }

/**
 * The form in which IM keeps a notice or introduction.
 * @throws ApiError text.too-long | text.image-not-https
 */
export function toGroupText(field: TextField, input: TextInput): string {
  const written = writeNotice(input, FIELD[field])
  if (written.ok) return written.stored
  throw written.reason === 'too-long'
    ? new ApiError('text.too-long', { bytes: written.bytes, limit: written.limitBytes })
    : new ApiError('text.image-not-https', { image: written.image.slice(0, 100) })
}

export function fromGroupText(stored: string): RichText {
  const { text, images } = readNotice(stored)
  return images.length === 0 ? { form: 'plain', text } : { form: 'rich', text, images: images.slice(0, 8) }
}

export function isHttps(address: string): boolean {
  try {
    return new URL(address).protocol === 'https:'
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}

import { utf8Bytes } from './notice-text'

/** The longest beginning of a text that has at most `limit` bytes of UTF-8, cut between characters. */
export function cutBytes(text: string, limit: number): string {
  let bytes = 0
  let end = 0
  for (const character of text) {
    bytes += utf8Bytes(character)
    if (bytes > limit) break
    end += character.length
  }
  return text.slice(0, end)
}

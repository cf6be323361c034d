/** In every runtime of this app, and in none of the libraries that this folder is checked against. */
declare const URL: new (address: string) => { readonly protocol: string; readonly username: string; readonly password: string; readonly href: string }

/** What Chat stores at most, bytes of UTF-8 (guide; im:34962). A Chinese character takes three. */
export const NOTICE_LIMIT_BYTES = { notification: 300, introduction: 240 } as const
/** Of a room's title and of its cover's address, bytes. */
export const TITLE_LIMIT_BYTES = 100
export const COVER_LIMIT_BYTES = 100
/** Of a person's name in a room, bytes. */
export const NICK_LIMIT_BYTES = 60
export type NoticeField = keyof typeof NOTICE_LIMIT_BYTES

/** Text is text: `<b>` is four characters, shown as they are. Images are addresses that begin with https. */
export interface Notice {
  readonly text: string
  readonly images: readonly string[]
}

export type NoticeFault =
  | { readonly reason: 'too-long'; readonly bytes: number; readonly limitBytes: number }
  /** Not an absolute https address, or one with a user name and password in it. */
  | { readonly reason: 'image-not-https'; readonly image: string }

export type NoticeResult = { readonly ok: true; readonly stored: string; readonly bytes: number } | ({ readonly ok: false } & NoticeFault)

/** Control characters but tab and line feed, and the marks that turn the direction of what follows: they only ever deceive. */
const DECEIVING = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu
/** Half of a pair: cannot be written as UTF-8. */
const LONE_SURROGATE = /\p{Cs}/gu

/** Bytes of UTF-8, as `Buffer.byteLength` counts them: half of a pair is written as U+FFFD, three bytes. */
export function utf8Bytes(text: string): number {
  let bytes = 0
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    bytes += code < 0x80 ? 1 : code < 0x8_00 ? 2 : code < 0x1_00_00 ? 3 : 4
  }
  return bytes
}

/**
 * The string for the group's profile: plain text, or with images the JSON form `{"text":…,"images":[…]}`. `readNotice` gives the same
 * notice back, apart from what `cleanNotice` takes out.
 */
export function writeNotice(notice: Notice, field: NoticeField): NoticeResult {
  const text = cleanNotice(notice.text)
  const images: string[] = []
  for (const image of notice.images) {
    const address = httpsAddress(image)
    if (address === null) return { ok: false, reason: 'image-not-https', image }
    images.push(address)
  }
  // A text that looks like the JSON form would be read as one: then it is put into one.
  const stored = images.length === 0 && parse(text) === null ? text : JSON.stringify({ text, images })
  const bytes = utf8Bytes(stored)
  const limitBytes = NOTICE_LIMIT_BYTES[field]
  return bytes > limitBytes ? { ok: false, reason: 'too-long', bytes, limitBytes } : { ok: true, stored, bytes }
}

/** Any string of a profile, whoever wrote it. What is not the JSON form is text; images that are not https are left out. */
export function readNotice(stored: string): Notice {
  const form = parse(stored)
  if (form === null) return { text: cleanNotice(stored), images: [] }
  return { text: cleanNotice(form.text), images: form.images.map(httpsAddress).filter((image) => image !== null) }
}

/** Line ends become `\n`, control and direction marks go, broken characters become U+FFFD. */
export function cleanNotice(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(DECEIVING, (sign) => (sign === '\n' || sign === '\t' ? sign : ''))
    .replace(LONE_SURROGATE, '\ufffd')
}

/** The address as it is stored; null = none that may be. */
export function httpsAddress(text: string): string | null {
  const url = parsedAddress(text)
  if (url === null) return null
  return url.protocol === 'https:' && url.username === '' && url.password === '' ? url.href : null
}

function parsedAddress(text: string): InstanceType<typeof URL> | null {
  try {
    return new URL(text)
  } catch (error) {
    if (error instanceof TypeError) return null
    throw error
  }
}

function parse(stored: string): { text: string; images: string[] } | null {
  if (!stored.startsWith('{')) return null
  let value: unknown
  try {
    value = JSON.parse(stored)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
  if (typeof value !== 'object' || value === null || !('text' in value) || typeof value.text !== 'string') return null
  const images: unknown[] = 'images' in value && Array.isArray(value.images) ? value.images : []
  return { text: value.text, images: images.filter((image) => typeof image === 'string') }
}

/** A piece of a message: what was written, or an address in it. */
export interface Piece {
  readonly text: string
  /** Where it would lead, as a browser reads it; null = text, or an address that the studio does not open. */
  readonly href: string | null
}

const ADDRESS = /\b(?:https?:\/\/|www\.)[^\s<>"'“”‘’「」《》，。！？、；：]+/gi
/** What ends a sentence, not an address. */
const AFTER = /[.,;:!?)\]}…]+$/

/** Addresses in a text, http as well: where they stand. Pure. */
export function linksIn(text: string): readonly { readonly start: number; readonly end: number }[] {
  return [...text.matchAll(ADDRESS)].map((match) => {
    const written = match[0].replace(closes(match[0]) ? /[.,;:!?…]+$/ : AFTER, '')
    return { start: match.index, end: match.index + written.length }
  })
}

/** Brackets that were opened inside belong to the address. */
function closes(address: string): boolean {
  return address.includes('(') && address.includes(')')
}

/** The address that main would open; null where it is not https, or hides where it leads. What main refuses is not offered. */
export function openable(written: string): string | null {
  const address = /^www\./i.test(written) ? `https://${written}` : written
  const url = readUrl(address)
  if (url === null) return null
  const { protocol, username, password, hostname, href } = url
  const named = /^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*$/.test(hostname)
  return protocol === 'https:' && username === '' && password === '' && named && href.length <= 2_048 ? href : null
}

/** `URL.canParse` is younger than the oldest Chromium that shows this. */
function readUrl(address: string): URL | null {
  try {
    return new URL(address)
  } catch (error) {
    if (error instanceof TypeError) return null
    throw error
  }
}

/** A text in pieces: joined they are the text. */
export function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = []
  let done = 0
  for (const { start, end } of linksIn(text)) {
    const written = text.slice(start, end)
    const href = openable(written)
    if (href === null) continue
    if (start > done) pieces.push({ text: text.slice(done, start), href: null })
    pieces.push({ text: written, href })
    done = end
  }
  if (done < text.length) pieces.push({ text: text.slice(done), href: null })
  return pieces
}

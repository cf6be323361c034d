import { readFile } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
}

export interface PageFile {
  readonly body: Buffer
  readonly contentType: string
  /** Its name carries a hash of its content. */
  readonly immutable: boolean
}

/** Files of the built pages, and nothing outside their folder. */
export class PageFiles {
  readonly #root: string

  constructor(root: string) {
    this.#root = normalize(root)
  }

  async read(path: string): Promise<PageFile | null> {
    let decoded: string
    try {
      decoded = decodeURIComponent(path)
    } catch (error) {
      if (error instanceof URIError) return null
      throw error
    }
    if (decoded.includes('\0') || decoded.includes('\\')) return null
    const name = decoded.endsWith('/') ? `${decoded}index.html` : decoded
    const file = normalize(join(this.#root, name))
    const contentType = CONTENT_TYPES[extname(file)]
    if (!file.startsWith(this.#root + sep) || contentType === undefined) return null
    try {
      return { body: await readFile(file), contentType, immutable: name.includes('/assets/') }
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return null
      throw error
    }
  }
}

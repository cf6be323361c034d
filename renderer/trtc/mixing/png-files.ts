import { stillPng } from '../art'
import type { Still } from '../scene-plan'
import type { StillFiles } from './mixing'

interface Files {
  mkdtempSync(prefix: string): string
  writeFileSync(path: string, data: Uint8Array): void
}
interface Paths {
  join(...parts: string[]): string
}

/** Texts and images as PNG files in a folder of this run: the mixing manager takes pictures by path alone. */
export class PngFiles implements StillFiles {
  #folder: string | null = null
  #count = 0

  async write(still: Still, width: number, height: number): Promise<string> {
    const files = window.require('node:fs') as Files
    const { join } = window.require('node:path') as Paths
    const { tmpdir } = window.require('node:os') as { tmpdir(): string }
    const png = await stillPng(still, width, height)
    this.#folder ??= files.mkdtempSync(join(tmpdir(), 'anchordesk-pictures-'))
    const path = join(this.#folder, `${this.#count++}.png`)
    files.writeFileSync(path, png)
    return path
  }
}

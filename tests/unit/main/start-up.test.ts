import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

vi.mock('electron', () => ({ app: {}, dialog: {} }))
const { prepareDataFolder } = await import('../../../electron/main/start-up')

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'anchordesk-start-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the data folder', () => {
  it('is made with all above it, and holds nothing but what is needed', () => {
    const path = join(folder, 'a', 'b')
    prepareDataFolder(path)
    prepareDataFolder(path)
    expect(readdirSync(path)).toEqual(['assets'])
  })

  it('that cannot be made or used is told, with what the system said', () => {
    writeFileSync(join(folder, 'file'), '')
    writeFileSync(join(folder, 'assets'), '')
    for (const [path, reason] of [
      [join(folder, 'file', 'below'), /ENOTDIR/],
      [join(folder, 'file'), /EEXIST|ENOTDIR/],
      [folder, /EEXIST/],
    ] as const) {
      expect(() => prepareDataFolder(path)).toThrow(
        expect.objectContaining({ code: 'start.data-folder', context: { path, reason: expect.stringMatching(reason) as string } }),
      )
    }
  })

  it.runIf(existsSync('/proc/self'))('in a place that takes no folders does not hold up the start', () => {
    expect(() => prepareDataFolder('/proc/nope')).toThrow(expect.objectContaining({ code: 'start.data-folder' }))
  })
})

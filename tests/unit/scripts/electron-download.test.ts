import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'

interface Setup {
  downloadedBytes(temp: string): number
}
const { downloadedBytes } = (await import(resolve('scripts/setup/electron.mjs'))) as Setup

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'anchordesk-setup-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('a download is under way while its bytes grow; what an earlier try left behind does not', () => {
  expect(downloadedBytes(join(folder, 'nowhere'))).toBe(0)
  const put = (name: string, bytes: number): void => {
    mkdirSync(join(folder, name), { recursive: true })
    writeFileSync(join(folder, name, 'electron.zip'), Buffer.alloc(bytes))
  }
  put('another-program', 500)
  put('electron-download-stale', 1_000)
  expect([downloadedBytes(folder), downloadedBytes(folder)]).toEqual([1_000, 1_000])
  put('electron-download-now', 10)
  expect(downloadedBytes(folder)).toBe(1_010)
})

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

interface Library {
  machineOf(file: string): string | null
  missingForTrtc(root: string, platform: string, arch: string): string[]
}
const { machineOf, missingForTrtc } = (await import(resolve('scripts/setup/trtc-library.mjs'))) as Library

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'anchordesk-trtc-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function pe(machine: number): Buffer {
  const head = Buffer.alloc(256)
  head.write('MZ', 0, 'latin1')
  head.writeUInt32LE(128, 0x3c)
  head.write('PE\0\0', 128, 'latin1')
  head.writeUInt16LE(machine, 132)
  return head
}

function machO(cpu: number): Buffer {
  const head = Buffer.alloc(256)
  head.writeUInt32LE(0xfeedfacf, 0)
  head.writeUInt32LE(cpu, 4)
  return head
}

function put(path: string, bytes: Buffer): string {
  const file = join(root, 'node_modules', 'trtc-electron-sdk', 'build', path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, bytes)
  return file
}

const LIBRARY = 'Release/trtc_electron_sdk.node'

describe('a native library', () => {
  it('is known by its header', () => {
    expect(machineOf(put('a', pe(0x8664)))).toBe('win32 x64')
    expect(machineOf(put('b', pe(0x14c)))).toBe('win32 ia32')
    expect(machineOf(put('c', machO(0x0100000c)))).toBe('darwin arm64')
    expect(machineOf(put('d', machO(0x01000007)))).toBe('darwin x64')
    expect(machineOf(put('e', Buffer.from('<html>404</html>'.repeat(10))))).toBeNull()
    expect(machineOf(put('f', Buffer.from('MZ')))).toBeNull()
    expect(machineOf(process.execPath)).toBe(`${process.platform} ${process.arch}`)
  })
})

describe('a package with TRTC', () => {
  it('lacks everything before the library was fetched, and the sentence says how', () => {
    expect(missingForTrtc(root, 'win32', 'x64')).toEqual([expect.stringContaining('npm run trtc:install -- --platform=win32 --arch=x64')])
  })

  it('for Windows needs the library of that processor, and the media server', () => {
    put(LIBRARY, pe(0x14c))
    expect(missingForTrtc(root, 'win32', 'x64')).toEqual([expect.stringContaining('is for win32 ia32'), expect.stringContaining('liteav_media_server.exe')])
    put(LIBRARY, pe(0x8664))
    put('Release/liteav_media_server.exe', pe(0x8664))
    expect(missingForTrtc(root, 'win32', 'x64')).toEqual([])
  })

  it('for macOS needs the library and the frameworks of each processor', () => {
    put('Release/arm64/trtc_electron_sdk.node', machO(0x0100000c))
    expect(missingForTrtc(root, 'darwin', 'arm64')).toEqual([expect.stringContaining('TXFFmpeg.framework')])
    put('mac-framework/arm64/TXFFmpeg.framework/TXFFmpeg', machO(0x0100000c))
    expect(missingForTrtc(root, 'darwin', 'arm64')).toEqual([])
    expect(missingForTrtc(root, 'darwin', 'x64')).toHaveLength(1)
  })

  it('is none for systems without', () => {
    expect(missingForTrtc(root, 'win32', 'ia32')[0]).toContain('libsql')
    expect(missingForTrtc(root, 'linux', 'x64')[0]).toContain('Windows and macOS')
  })
})

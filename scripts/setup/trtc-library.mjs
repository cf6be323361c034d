import { closeSync, existsSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'

/** Where npm put Tencent's package; its native library is fetched on its own (`npm run trtc:install`). */
export const TRTC_PACKAGE = join('node_modules', 'trtc-electron-sdk')
const LIBRARY = 'trtc_electron_sdk.node'

/** Systems that Tencent's library and everything else of the app run on. */
const TARGETS = { win32: ['x64'], darwin: ['x64', 'arm64'] }

/**
 * What a package with TRTC would lack.
 * @param root of the project
 * @param platform win32 | darwin
 * @param arch x64 | arm64 | ia32
 * @returns one sentence each; [] = nothing
 */
export function missingForTrtc(root, platform, arch) {
  if (platform === 'win32' && arch === 'ia32')
    return ['SQLite (libsql) has no build for 32-bit Windows: AnchorDesk is not packed for it, with TRTC or without.']
  if (!(TARGETS[platform] ?? []).includes(arch)) return [`Tencent offers TRTC for Windows and macOS; ${platform} on ${arch} is none of them.`]
  const build = join(root, TRTC_PACKAGE, 'build')
  // On macOS each processor has its own; on Windows the last one that was fetched lies there.
  const library = platform === 'darwin' ? join(build, 'Release', arch, LIBRARY) : join(build, 'Release', LIBRARY)
  if (!existsSync(library)) return [`${library} is missing. Run: npm run trtc:install -- --platform=${platform} --arch=${arch}`]
  const found = machineOf(library)
  const missing = []
  if (found === null) missing.push(`${library} is no library.`)
  else if (found !== `${platform} ${arch}`) missing.push(`${library} is for ${found}, not for ${platform} ${arch}.`)
  if (platform === 'darwin') {
    const frameworks = join(build, 'mac-framework', arch)
    const names = existsSync(frameworks) ? readdirSync(frameworks).filter((name) => name.endsWith('.framework')) : []
    // The one that packages are known to lack (issue 34 of TRTC_Electron).
    if (!names.includes('TXFFmpeg.framework')) missing.push(`${join(frameworks, 'TXFFmpeg.framework')} is missing: the app would not start TRTC.`)
  } else if (!existsSync(join(build, 'Release', 'liteav_media_server.exe'))) {
    missing.push(`${join(build, 'Release', 'liteav_media_server.exe')} is missing: scenes of several sources could not be mixed.`)
  }
  return missing
}

const PE_MACHINES = { 0x14c: 'ia32', 0x8664: 'x64', 0xaa64: 'arm64' }
const MACH_O_CPUS = { 0x01000007: 'x64', 0x0100000c: 'arm64' }
const ELF_MACHINES = { 62: 'x64', 183: 'arm64' }

/** What a native library runs on, by its header: "win32 x64", "darwin arm64", "linux x64"; null = it is none. */
export function machineOf(file) {
  const head = Buffer.alloc(1_024)
  const handle = openSync(file, 'r')
  const length = readSync(handle, head, 0, head.length, 0)
  closeSync(handle)
  if (length < 64) return null
  if (head.toString('latin1', 0, 2) === 'MZ') {
    const at = head.readUInt32LE(0x3c)
    const arch = at + 6 <= length && head.toString('latin1', at, at + 4) === 'PE\0\0' ? PE_MACHINES[head.readUInt16LE(at + 4)] : undefined
    return arch === undefined ? null : `win32 ${arch}`
  }
  if (head.readUInt32LE(0) === 0xfeedfacf) {
    const arch = MACH_O_CPUS[head.readUInt32LE(4)]
    return arch === undefined ? null : `darwin ${arch}`
  }
  if (head.readUInt32BE(0) === 0x7f454c46) {
    const arch = ELF_MACHINES[head.readUInt16LE(18)]
    return arch === undefined ? null : `linux ${arch}`
  }
  return null
}

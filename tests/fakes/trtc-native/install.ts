import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve, sep } from 'node:path'

export interface NativeCall {
  readonly name: string
  readonly args: readonly unknown[]
}

/** What a test in the same process holds of the double; see native.cjs. */
export interface Double {
  readonly calls: NativeCall[]
  raise(event: string, data?: object): void
  /** A frame of this stream (0 big, 2 sub). Twice when the size is new: the first only tells it. */
  frame(type: number, width: number, height: number): void
  remoteFrame(userId: string, width: number, height: number): void
  mixedFrame(): void
  mixingEvent(event: string, data: object): void
  readonly state: { cameras: object[]; microphones: object[]; screens: object[]; statisticsMs: number }
}

export interface InstalledDouble {
  /** The package: for `load-sdk` or ANCHORDESK's own setting. */
  readonly folder: string
  /** Only with behaviour `healthy`, from another process. */
  order(order: object): void
  /** What another process has written so far. */
  log(): readonly { readonly atMs: number; readonly name?: string; readonly args?: readonly unknown[]; readonly event?: string; readonly data?: unknown }[]
  /** A fresh SDK over a fresh double in this process. */
  load(): { readonly require: (path: string) => unknown; readonly double: Double }
  remove(): void
}

const PACKAGE = resolve('node_modules/trtc-electron-sdk')
const LIBRARY = join('build', 'Release', 'trtc_electron_sdk.node')

/**
 * A folder `trtc-electron-sdk` with the real package's own JavaScript, and the double as its native library: Node takes the folder of the library's name
 * for the module. Copied and not linked: Node asks for the library beside where a file really lies.
 * @param library false = as after an installation whose download failed
 */
export function installDouble(behaviour: 'manual' | 'healthy', { library = true } = {}): InstalledDouble {
  const root = mkdtempSync(join(tmpdir(), 'anchordesk-trtc-'))
  const folder = join(root, 'trtc-electron-sdk')
  mkdirSync(folder)
  cpSync(join(PACKAGE, 'liteav'), join(folder, 'liteav'), { recursive: true })
  cpSync(join(PACKAGE, 'package.json'), join(folder, 'package.json'))
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'), 'junction')
  if (library) {
    mkdirSync(join(folder, LIBRARY), { recursive: true })
    cpSync(resolve('tests/fakes/trtc-native/native.cjs'), join(folder, LIBRARY, 'native.cjs'))
    writeFileSync(
      join(folder, LIBRARY, 'index.js'),
      `module.exports = require('./native.cjs').makeDouble({ behaviour: ${JSON.stringify(behaviour)}, folder: ${JSON.stringify(folder)} })\n`,
    )
  }
  const require = createRequire(join(root, 'index.js'))
  return {
    folder,
    order: (order) => appendFileSync(join(folder, 'orders.jsonl'), `${JSON.stringify(order)}\n`),
    log() {
      const file = join(folder, 'calls.jsonl')
      if (!existsSync(file)) return []
      const text = readFileSync(file, 'utf8')
      return text
        .slice(0, text.lastIndexOf('\n') + 1)
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as ReturnType<InstalledDouble['log']>[number])
    },
    load() {
      for (const path of Object.keys(require.cache)) if (path.startsWith(folder + sep)) delete require.cache[path]
      const native = require(join(folder, LIBRARY)) as { double: Double }
      return { require: (path) => require(path) as unknown, double: native.double }
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the builds' own lists do not see: packages inside a worker's bundle, the runtime compiled into the kernels, SQLite's and TRTC's, which stay outside. */
const UNLISTED = [
  'mediabunny',
  '@mediabunny/aac-encoder',
  'assemblyscript',
  'libsql',
  '@neon-rs/load',
  'detect-libc',
  'trtc-electron-sdk',
  'yuv-canvas',
  'lodash.isequal',
]

const PREAMBLE = `AnchorDesk contains the software below. Electron's and Chromium's own notices are LICENSE.electron.txt and
LICENSES.chromium.html beside the program.

@mediabunny/aac-encoder contains the AAC encoder of FFmpeg (https://ffmpeg.org), compiled to WebAssembly, under the GNU Lesser
General Public License 2.1 or later. Its source and the way it was built are in that package's repository; the file with the
encoder can be replaced by one built from changed source.
`

/** Joins the licences of everything that was bundled into out/THIRD-PARTY-NOTICES.txt, which is shipped beside the program. */
export function writeNotices(root) {
  const found = new Map()
  for (const part of ['main', 'preload', 'renderer', 'web']) {
    const list = JSON.parse(readFileSync(join(root, 'out', part, 'licenses.json'), 'utf8'))
    for (const { name, version, identifier, text } of list) found.set(`${name} ${version}`, { identifier, text })
  }
  for (const name of UNLISTED) {
    const folder = join(root, 'node_modules', name)
    const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    found.set(`${name} ${version}`, { identifier: license, text: licenceText(folder) })
  }
  const parts = [...found].sort(([a], [b]) => a.localeCompare(b)).map(([name, { identifier, text }]) => `${name} (${identifier})\n\n${text ?? ''}`)
  writeFileSync(join(root, 'out', 'THIRD-PARTY-NOTICES.txt'), [PREAMBLE, ...parts].map((part) => `${part.trim()}\n`).join(`\n${'-'.repeat(80)}\n\n`))
}

function licenceText(folder) {
  const file = existsSync(folder) ? readdirSync(folder).find((name) => /^licen[sc]e/i.test(name)) : undefined
  return file === undefined ? null : readFileSync(join(folder, file), 'utf8')
}

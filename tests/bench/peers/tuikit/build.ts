import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { InlineConfig } from 'vite'

const run = promisify(execFile)
/** Tencent's own list of a live room's messages; no part of this project is built with it. */
const KIT = 'tuikit-atomicx-vue3@6.5.11'
const BASE = '@tencentcloud/uikit-base-component-vue3@1.5'
const folder = resolve('.cache/peers', KIT)
const HERE = resolve('tests/bench/peers/tuikit')

/** Fetches the kit where it is not there yet, and tells how its page is built. The engine below it is replaced. */
export async function kitPage(): Promise<InlineConfig> {
  if (!existsSync(join(folder, 'node_modules'))) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{ "private": true }')
    // Its peers are its engines, which are not used here.
    await run('npm', ['install', '--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund', KIT, BASE], { cwd: folder })
  }
  const engine = join(HERE, 'engine.cjs')
  const inKit = (name: string): string => join(folder, 'node_modules', name)
  return {
    resolve: {
      alias: [
        { find: /^@tencentcloud\/(tuiroom-engine-js|chat-uikit-engine-lite|tui-core-lite|lite-chat)$/, replacement: engine },
        { find: /^tuikit-atomicx-vue3\//, replacement: `${inKit('tuikit-atomicx-vue3')}/` },
        { find: /^@tencentcloud\/uikit-base-component-vue3$/, replacement: inKit('@tencentcloud/uikit-base-component-vue3') },
        { find: /^vue$/, replacement: resolve('node_modules/vue') },
      ],
    },
  }
}

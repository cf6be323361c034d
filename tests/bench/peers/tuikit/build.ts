import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { InlineConfig, Plugin } from 'vite'

const run = promisify(execFile)
/** Tencent's own list of a live room's messages; no part of this project is built with it. */
const KIT = 'tuikit-atomicx-vue3'
const VERSION = '6.5.11'
const BASE = '@tencentcloud/uikit-base-component-vue3'
const ENGINES = ['tuiroom-engine-js', 'chat-uikit-engine-lite', 'tui-core-lite', 'lite-chat'].map((name) => `@tencentcloud/${name}`)
const folder = resolve('.cache/peers', `${KIT}-${VERSION}`)
const inKit = (name: string): string => join(folder, 'node_modules', name)

/** Fetches the kit where it is not there yet, and tells how its page is built. The engines below it are replaced. */
export async function kitPage(): Promise<InlineConfig> {
  if (!existsSync(inKit(KIT))) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{ "private": true }')
    // Its peers are its engines, which are not used here.
    await run('npm', ['install', '--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund', `${KIT}@${VERSION}`, `${BASE}@1.5`], { cwd: folder })
  }
  const alias = [
    { find: new RegExp(`^${KIT}/`), replacement: `${inKit(KIT)}/` },
    { find: BASE, replacement: inKit(BASE) },
    { find: /^vue$/, replacement: resolve('node_modules/vue') },
  ]
  return { resolve: { alias }, plugins: [noEngines()] }
}

/** Each name that the kit takes from an engine is there and does nothing; what the bench speaks through is engine.mjs. */
function noEngines(): Plugin {
  const names = new Set<string>()
  for (const file of readdirSync(join(inKit(KIT), 'dist'), { recursive: true, encoding: 'utf8' }).filter((one) => one.endsWith('.js'))) {
    const text = readFileSync(join(inKit(KIT), 'dist', file), 'utf8')
    for (const [, list = '', from = ''] of text.matchAll(/import [^;{]*\{([^}]*)\} from "([^"]+)"/g))
      if (ENGINES.includes(from)) for (const one of list.split(',')) names.add((one.trim().split(' as ')[0] ?? '').trim())
  }
  names.delete('default')
  const own = JSON.stringify(resolve('tests/bench/peers/tuikit/engine.mjs'))
  const rest = [...names].filter((name) => name !== 'TUIRoomEvents' && name !== '').map((name) => `export const ${name} = anything('${name}')`)
  return {
    name: 'no-engines',
    enforce: 'pre',
    resolveId: (id) => (ENGINES.includes(id) ? '\0no-engine' : null),
    load: (id) =>
      id === '\0no-engine' ? `import { anything } from ${own}\nexport { default, instance, TUIRoomEvents } from ${own}\n${rest.join('\n')}` : null,
  }
}

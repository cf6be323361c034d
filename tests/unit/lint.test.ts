import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { ESLint } from 'eslint'
import { describe, expect, it } from 'vitest'

interface Violation {
  readonly file: string
  readonly code: string
  readonly rule: string
}

const violations = JSON.parse(readFileSync(resolve('tests/fixtures/lint/violations.json'), 'utf8')) as Violation[]
const eslint = new ESLint()

async function rulesBroken(file: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: resolve(file) })
  return (result?.messages ?? []).map((message) => message.ruleId ?? message.message)
}

describe('the linter', () => {
  it.each(violations)('refuses in $file: $code', async ({ file, code, rule }) => {
    expect(await rulesBroken(file, code)).toContain(rule)
  })

  it.each([
    [
      'electron/publisher/good.ts',
      "import { AnchorError } from '../shared/errors'\nimport { parsePublisher } from '../shared/publisher'\nexport const x = [AnchorError, parsePublisher]\n",
    ],
    ['electron/main/good.ts', "import { app } from 'electron'\nimport { readFileSync } from 'node:fs'\nexport const x = [app, readFileSync]\n"],
    ['renderer/studio/good.ts', "import { ref } from 'vue'\nimport { AnchorError } from '../../electron/shared/errors'\nexport const x = [ref, AnchorError]\n"],
    ['electron/main/ipc-gateway.ts', "import { ipcMain } from 'electron'\nexport const x = ipcMain\n"],
  ])('accepts in %s what belongs there', async (file, code) => {
    expect(await rulesBroken(file, code)).toEqual([])
  })
})

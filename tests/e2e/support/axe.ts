import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/**
 * What axe objects to on this page, a rule and its elements a line. It is put there through the debugger, past the page's own policy.
 * @param options of `axe.run`, beside the kind of results
 */
export async function violations(page: Page, options: object = {}): Promise<string[]> {
  await page.evaluate(AXE)
  const results = (await page.evaluate(`axe.run(document, ${JSON.stringify({ resultTypes: ['violations'], ...options })})`)) as AxeResults
  return results.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`)
}

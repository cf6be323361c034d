import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Page } from 'playwright-core'
import { until } from '../support/until'

const LOOK_DEADLINE_MS = 20_000

export const LOOKS = [
  { theme: 'dark', language: 'en' },
  { theme: 'dark', language: 'zh-CN' },
  { theme: 'light', language: 'en' },
  { theme: 'light', language: 'zh-CN' },
] as const
export type Look = (typeof LOOKS)[number]

/** Pictures of one state after the other, in each look, with a page that shows them side by side. */
export class Album {
  readonly folder: string
  readonly #states: string[] = []

  /** @param name of the folder under out/screenshots */
  constructor(name: string) {
    this.folder = resolve('out', 'screenshots', name)
    rmSync(this.folder, { recursive: true, force: true })
    mkdirSync(this.folder, { recursive: true })
  }

  async take(page: Page, state: string, { theme, language }: Look): Promise<void> {
    if (!this.#states.includes(state)) this.#states.push(state)
    await page.screenshot({ path: join(this.folder, `${state}.${theme}.${language}.png`), animations: 'disabled' })
  }

  /** The studio as it stands, in all looks. */
  async inEachLook(studio: Page, state: string): Promise<void> {
    for (const look of LOOKS) {
      await studio.evaluate((preferences) => window.anchor.call('preferences.set', preferences), look)
      const shown = (): Promise<string> => studio.evaluate(() => `${document.documentElement.dataset['theme']} ${document.documentElement.lang}`)
      await until(async () => ((await shown()) === `${look.theme} ${look.language}` ? true : null), LOOK_DEADLINE_MS, 'the look')
      await this.take(studio, state, look)
    }
  }

  close(): void {
    const rows = this.#states.map(
      (state) =>
        `<h2>${state}</h2><div>${LOOKS.map(({ theme, language }) => `<img loading="lazy" src="${state}.${theme}.${language}.png" alt="${state}, ${theme}, ${language}">`).join('')}</div>`,
    )
    const style = 'body{font:14px sans-serif;background:#888}div{display:grid;grid-template-columns:1fr 1fr;gap:8px}img{width:100%}'
    writeFileSync(join(this.folder, 'index.html'), `<!doctype html><meta charset="utf-8"><title>AnchorDesk</title><style>${style}</style>${rows.join('')}\n`)
  }
}

import type { Page } from 'playwright-core'
import { until } from '../../support/until'
import { sessionState } from './app'

/** Opens the editor of a new source. */
export async function addSource(studio: Page, kind: string): Promise<void> {
  await studio.getByTestId('add-source').click()
  await studio.getByTestId(`add-${kind}`).click()
}

export async function reach(studio: Page, state: string): Promise<void> {
  await until(async () => ((await sessionState(studio)) === state ? true : null), 20_000, state)
}

/** Goes live past whatever a busy test machine makes the checks say. */
export async function goLive(studio: Page): Promise<void> {
  await studio.getByTestId('go-live').click()
  await studio.locator('[data-check="encoder"]:not([data-verdict="running"])').waitFor()
  await until(async () => ((await studio.getByTestId('confirm-go-live').isEnabled()) ? true : null), 20_000, 'the checks')
  await studio.getByTestId('confirm-go-live').click()
  await until(async () => (/^(live|degraded)$/.test((await sessionState(studio)) ?? '') ? true : null), 20_000, 'live')
}

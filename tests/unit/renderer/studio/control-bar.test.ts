// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from 'vitest'
import type { Snapshot } from '../../../../electron/shared/snapshot'
import ControlBar from '../../../../renderer/studio/components/ControlBar.vue'
import { mounted } from './mounted'
import { snapshotWith } from './snapshot'

afterEach(() => void vi.unstubAllGlobals())

it.each<[string, Snapshot['app']['platform'], string | null, string]>([
  ['as they come', 'linux', null, 'Viewers see your pause card (Ctrl+Shift+B).'],
  ['on a Mac', 'darwin', null, 'Viewers see your pause card (⌘⇧B).'],
  ['when they are others', 'linux', 'Mod+Alt+U', 'Viewers see your pause card (Ctrl+Alt+U).'],
  ['when there are none', 'linux', '', 'Viewers see your pause card.'],
])('the cover says its keys %s', async (_when, platform, cover, title) => {
  vi.stubGlobal('requestAnimationFrame', () => 0)
  vi.stubGlobal('cancelAnimationFrame', () => undefined)
  const { app, settings } = snapshotWith()
  const snapshot = snapshotWith({ app: { ...app, platform }, settings: { ...settings, shortcuts: cover === null ? {} : { cover } } })
  const { wrapper } = await mounted(ControlBar, snapshot)
  expect(wrapper.get('[data-testid="cover"]').attributes('title')).toBe(title)
  wrapper.unmount()
})

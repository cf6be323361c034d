// @vitest-environment happy-dom
import type { VueWrapper } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { FULL_FRAME, NO_BEAUTY, type Beauty, type Source } from '../../../../electron/shared/scene'
import SourceEditor from '../../../../renderer/studio/components/SourceEditor.vue'
import { i18n } from '../../../../renderer/studio/i18n'
import { byName, mounted, type FakeMain } from './mounted'
import { snapshotWith } from './snapshot'

let wrapper: VueWrapper
let main: FakeMain
afterEach(() => {
  wrapper.unmount()
  i18n.global.locale.value = 'en'
  vi.unstubAllGlobals()
})

function camera(beauty: Beauty): Extract<Source, { kind: 'camera' }> {
  return { kind: 'camera', id: 'cam', name: '', deviceId: null, beauty, visible: true, transform: FULL_FRAME, syncOffsetMs: 0 }
}

async function open(engine: 'stage' | 'trtc', beauty: Beauty, platform: 'linux' | 'win32' = 'linux'): Promise<void> {
  const plain = snapshotWith()
  ;({ wrapper, main } = await mounted(SourceEditor, { ...plain, app: { ...plain.app, platform }, trtc: { ...plain.trtc, engine } }, { source: camera(beauty) }))
}

describe('a camera’s beauty', () => {
  it('is chosen where the program goes by TRTC, by controls with names', async () => {
    await open('trtc', { ...NO_BEAUTY, whiten: 2 })
    const smooth = byName('input', 'Smooth skin 0') as HTMLInputElement
    expect([smooth.type, smooth.min, smooth.max]).toEqual(['range', '0', '9'])
    await wrapper.get('[data-testid="beauty-smooth"]').setValue('6')
    expect(main.calls.at(-1)).toEqual({ verb: 'source.update', args: { id: 'cam', patch: { beauty: { ...NO_BEAUTY, whiten: 2, smooth: 6 } } } })
    await wrapper.get('[data-testid="beauty-style"]').setValue('smooth')
    expect(main.calls.at(-1)?.args).toMatchObject({ patch: { beauty: { style: 'smooth', whiten: 2 } } })
    expect(wrapper.text()).not.toContain('Windows')
    i18n.global.locale.value = 'zh-CN'
    await nextTick()
    expect(wrapper.text()).toContain('磨皮 0')
  })

  it('says what does nothing on Windows', async () => {
    await open('trtc', NO_BEAUTY, 'win32')
    expect(wrapper.text()).toContain('Rosy does nothing on Windows')
  })

  it('is not offered by RTMP, and where it was chosen one reads that viewers do not get it', async () => {
    await open('stage', NO_BEAUTY)
    expect(wrapper.text()).not.toContain('eauty')
    wrapper.unmount()
    await open('stage', { ...NO_BEAUTY, ruddy: 1 })
    expect(wrapper.find('[data-testid="beauty-smooth"]').exists()).toBe(false)
    expect(wrapper.text()).toContain('viewers see this camera as it is')
    byName('button', 'Switch off').click()
    expect(main.calls.at(-1)).toEqual({ verb: 'source.update', args: { id: 'cam', patch: { beauty: NO_BEAUTY } } })
  })
})

// @vitest-environment happy-dom
import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import CoAnchorStrip from '../../../../../renderer/studio/room/co-anchors/CoAnchorStrip.vue'
import TalkbackBanner from '../../../../../renderer/studio/room/co-anchors/TalkbackBanner.vue'
import { snapshotWith } from '../snapshot'
import { onTheMic, seated, tableOf, type Mic } from './on-the-mic'

const table = tableOf([seated('Ming', { seat: 1 }), seated('Bo')])
const Both = defineComponent({ setup: () => () => [h(TalkbackBanner), h(CoAnchorStrip, { snapshot: snapshotWith() })] })
let mic: Mic
let wrapper: VueWrapper
beforeEach(async () => {
  vi.stubGlobal('requestAnimationFrame', () => 0)
  vi.stubGlobal('cancelAnimationFrame', () => undefined)
  mic = await onTheMic({ table })
  wrapper = await mic.show(Both)
})
afterEach(() => {
  wrapper.unmount()
  vi.unstubAllGlobals()
})

const talked = (): unknown[] => mic.main.calls.filter(({ verb }) => verb === 'coAnchors.talkTo').map(({ args }) => args)
const banner = (): string | null => document.querySelector<HTMLElement>('[data-testid="talkback-banner"]')?.dataset['state'] ?? null
const button = (nick: string): ReturnType<VueWrapper['get']> => wrapper.get(`[data-user="u_${nick}"] [data-testid="tile-talk"]`)
const tile = (nick: string): ReturnType<VueWrapper['get']> => wrapper.get(`[data-testid="co-anchor-tile"][data-user="u_${nick}"]`)
const began = { userId: 'u_Ming' }
const ended = { userId: null }

async function stageTalksTo(talkingTo: string | null): Promise<void> {
  mic.stageTells({ table, talkingTo })
  await flushPromises()
}

describe('talkback', () => {
  it('is on while the button is held, and says so only when the stage does', async () => {
    await button('Ming').trigger('pointerdown', { button: 0 })
    expect(banner()).toBe('opening')
    expect(wrapper.text()).toContain('you are still on the air')
    await stageTalksTo('u_Ming')
    expect(banner()).toBe('on')
    expect(wrapper.text()).toContain('TALKBACK to Ming — not on the air')
    window.dispatchEvent(new Event('pointerup'))
    await flushPromises()
    expect(banner()).toBe('closing')
    await stageTalksTo(null)
    expect(banner()).toBeNull()
    expect(talked()).toEqual([began, ended])
  })

  it('is held by Shift+T on the tile, also from what stands in it', async () => {
    await tile('Ming').trigger('keydown', { key: 'T', code: 'KeyT', shiftKey: true })
    await tile('Ming').trigger('keydown', { key: 'T', code: 'KeyT', shiftKey: true, repeat: true })
    window.dispatchEvent(new KeyboardEvent('keyup', { key: 'T' }))
    await wrapper.get('[data-user="u_Ming"] [data-testid="tile-volume"]').trigger('keydown', { key: 'T', code: 'KeyT', shiftKey: true })
    window.dispatchEvent(new KeyboardEvent('keyup', { key: 'Shift' }))
    expect(talked()).toEqual([began, ended, began, ended])
  })

  it('is held by Space on the button', async () => {
    await button('Ming').trigger('keydown', { key: ' ' })
    window.dispatchEvent(new Event('pointerup'))
    expect(talked()).toEqual([began])
    window.dispatchEvent(new KeyboardEvent('keyup', { key: ' ' }))
    expect(talked()).toEqual([began, ended])
  })

  it.each<[string, () => void]>([
    ['the window is left', () => window.dispatchEvent(new Event('blur'))],
    ['the button was let go outside of the window', () => window.dispatchEvent(new PointerEvent('pointermove', { buttons: 0 }))],
    ['the pointer is taken away', () => window.dispatchEvent(new Event('pointercancel'))],
    [
      'the window is hidden',
      () => {
        vi.spyOn(document, 'hidden', 'get').mockReturnValueOnce(true)
        document.dispatchEvent(new Event('visibilitychange'))
      },
    ],
  ])('ends when %s', async (_, happens) => {
    await button('Ming').trigger('pointerdown', { button: 0 })
    happens()
    expect(talked()).toEqual([began, ended])
  })

  it('ends when the person goes, and is not begun with another meanwhile', async () => {
    await button('Ming').trigger('pointerdown', { button: 0 })
    await button('Bo').trigger('keydown', { key: ' ' })
    expect(talked()).toEqual([began])
    mic.stageTells({ table: tableOf([seated('Bo')], { rev: 2 }) })
    await flushPromises()
    expect(talked()).toEqual([began, ended])
  })

  it('ends with the stage, and holding on does not begin it again', async () => {
    await button('Ming').trigger('pointerdown', { button: 0 })
    await stageTalksTo('u_Ming')
    await stageTalksTo(null)
    expect(banner()).toBeNull()
    window.dispatchEvent(new Event('pointerup'))
    expect(talked()).toEqual([began])
  })

  it('that was refused is not shown as held', async () => {
    mic.main.answers.set('coAnchors.talkTo', { ok: false, error: { code: 'ipc.invalid', context: {} } })
    await button('Ming').trigger('pointerdown', { button: 0 })
    await flushPromises()
    expect(banner()).toBeNull()
  })

  it('ends with the page', async () => {
    await button('Ming').trigger('pointerdown', { button: 0 })
    wrapper.unmount()
    expect(talked()).toEqual([began, ended])
  })
})

// @vitest-environment happy-dom
import { flushPromises, type DOMWrapper, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { i18n } from '../../../../../renderer/studio/i18n'
import CoAnchorStrip from '../../../../../renderer/studio/room/co-anchors/CoAnchorStrip.vue'
import { useCoAnchors } from '../../../../../renderer/studio/room/co-anchors/co-anchors-store'
import { usePreview } from '../../../../../renderer/studio/stores/preview'
import { snapshotWith } from '../snapshot'
import { mediaWith, onTheMic, refused, seated, tableOf, type Mic } from './on-the-mic'

const ENTRIES = [seated('Ming', { seat: 1 }), seated('Ann', { seat: 4, spotlight: true }), seated('Bo'), seated('Li', { ready: false })]
let mic: Mic
let wrapper: VueWrapper
beforeEach(async () => {
  vi.stubGlobal('requestAnimationFrame', () => 0)
  vi.stubGlobal('cancelAnimationFrame', () => undefined)
  // A dialog of the platform is not there.
  HTMLDialogElement.prototype.showModal = () => undefined
  mic = await onTheMic({ table: tableOf(ENTRIES), media: { u_Bo: mediaWith(), u_Ming: mediaWith({ rttMs: 400 }) } })
  wrapper = await mic.show(CoAnchorStrip, { snapshot: snapshotWith() })
})
afterEach(() => {
  wrapper.unmount()
  vi.useRealTimers()
  vi.unstubAllGlobals()
  document.body.replaceChildren()
})

const tile = (nick: string): ReturnType<VueWrapper['get']> => wrapper.get(`[data-testid="co-anchor-tile"][data-user="u_${nick}"]`)
const part = (nick: string, name: string): Omit<DOMWrapper<HTMLButtonElement>, 'exists'> => tile(nick).get<HTMLButtonElement>(`[data-testid="tile-${name}"]`)
const edits = (): unknown[] => mic.crew.calls.filter(([name]) => name === 'edit').map(([, ...rest]) => rest)
async function press(nick: string, name: string): Promise<void> {
  await part(nick, name).trigger('click')
  await flushPromises()
}

describe('a tile of the greenroom', () => {
  it('says how they are: ready or not, checks and line in words', () => {
    expect(tile('Bo').attributes('data-place')).toBe('greenroom')
    expect(tile('Bo').attributes('aria-label')).toBe('Bo, in the greenroom, Ready')
    expect(tile('Bo').get('[data-check="camera"]').text()).toContain('Camera: fine')
    expect(tile('Bo').get('[data-check="echo"]').text()).toContain('Echo: has a problem')
    expect(tile('Bo').text()).toContain('Line good · 30 ms')
    expect(tile('Ming').text()).toContain('Line poor')
    expect(tile('Li').text()).toContain('Not ready yet')
  })

  it('puts on the air, and waits with the reason until they are ready', async () => {
    expect(part('Li', 'air').element.disabled).toBe(true)
    expect(document.getElementById(part('Li', 'air').attributes('aria-describedby') ?? '')?.textContent).toBe('Waits until Li presses Ready.')
    await press('Bo', 'air')
    expect(edits()).toEqual([['u_Bo', { onAir: true }]])
    expect(tile('Bo').attributes('data-place')).toBe('air')
  })

  it('puts on the air by Space on the tile itself, and says why not', async () => {
    await tile('Li').trigger('keydown', { key: ' ' })
    expect(wrapper.get('[data-testid="co-anchor-news"]').text()).toBe('Waits until Li presses Ready.')
    await part('Bo', 'hear').trigger('keydown', { key: ' ' })
    expect(edits()).toEqual([])
    await tile('Bo').trigger('keydown', { key: ' ' })
    await flushPromises()
    expect(edits()).toEqual([['u_Bo', { onAir: true }]])
  })

  it('keeps the focus with the person who goes on the air, or to the strip when they are gone', async () => {
    part('Bo', 'air').element.focus()
    await press('Bo', 'air')
    expect(document.activeElement).toBe(tile('Bo').element)
    part('Li', 'remove').element.focus()
    await press('Li', 'remove')
    expect(document.activeElement).toBe(wrapper.get('[data-testid="co-anchors-toggle"]').element)
  })

  it('is heard by the anchor alone, and not any more', async () => {
    await press('Bo', 'hear')
    expect(mic.main.calls.at(-1)).toEqual({ verb: 'coAnchors.hear', args: { userId: 'u_Bo' } })
    mic.stageTells({ table: tableOf(ENTRIES), hearing: 'u_Bo' })
    await flushPromises()
    expect(part('Bo', 'hear').attributes('aria-pressed')).toBe('true')
    expect(part('Bo', 'hear').attributes('title')).toBe('You hear Bo. Nobody else does.')
    await press('Bo', 'hear')
    expect(mic.main.calls.at(-1)).toEqual({ verb: 'coAnchors.hear', args: { userId: null } })
  })

  it('shows the picture that the stage sends of this one', () => {
    const put = vi.fn()
    const canvas = tile('Bo').get<HTMLCanvasElement>('.picture canvas').element
    vi.spyOn(canvas, 'getContext').mockReturnValue({
      createImageData: (width: number, height: number) => ({ width, height, data: new Uint8ClampedArray(width * height * 4) }),
      putImageData: put,
    } as unknown as RenderingContext)
    const paint = vi.spyOn(usePreview(), 'paintTile')
    expect(paint).not.toHaveBeenCalled()
    const { port1, port2 } = new MessageChannel()
    usePreview().open()
    window.dispatchEvent(new MessageEvent('message', { source: window, data: { type: 'anchordesk-port', use: 'preview' }, ports: [port1] }))
    port1.onmessage?.(new MessageEvent('message', { data: { type: 'tile', userId: 'u_Li', width: 2, height: 2, data: new Uint8Array(16) } }))
    expect(put).not.toHaveBeenCalled()
    port1.onmessage?.(new MessageEvent('message', { data: { type: 'tile', userId: 'u_Bo', width: 2, height: 2, data: new Uint8Array(16).fill(9) } }))
    expect(put.mock.calls[0]?.[0]).toMatchObject({ width: 2, height: 2, data: new Uint8ClampedArray(16).fill(9) })
    expect(canvas.width).toBe(2)
    usePreview().close()
    port2.close()
  })

  it('is removed at a press', async () => {
    await press('Bo', 'remove')
    expect(mic.crew.calls).toEqual([['unseat', 'u_Bo']])
  })

  it('leaves the tiles where they are when the backend says no, and tells why', async () => {
    mic.crew.refuse = refused('seat.not-ready')
    await press('Bo', 'air')
    expect(tile('Bo').attributes('data-place')).toBe('greenroom')
    expect(wrapper.get('[data-testid="co-anchor-trouble"]').text()).toBe('Bo: seat.not-ready. Wait.')
  })
})

describe('a tile on the air', () => {
  it('mutes, shows large and takes back', async () => {
    await press('Ming', 'mute')
    await press('Ming', 'spotlight')
    expect(part('Ming', 'mute').attributes('aria-label')).toBe('Unmute Ming, muted now')
    expect(part('Ann', 'spotlight').attributes('aria-pressed')).toBe('false')
    await press('Ming', 'back')
    expect(edits()).toEqual([
      ['u_Ming', { muted: true }],
      ['u_Ming', { spotlight: true }],
      ['u_Ming', { onAir: false }],
    ])
  })

  it('sends a volume that is dragged at a pace, and the last one', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const slider = tile('Ming').get<HTMLInputElement>('[data-testid="tile-volume"]')
    expect(slider.attributes('max')).toBe('200')
    for (const value of ['110', '150', '180']) await slider.setValue(value)
    expect(slider.attributes('aria-valuetext')).toBe('180 %')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(edits()).toEqual([
      ['u_Ming', { volume: 1.1 }],
      ['u_Ming', { volume: 1.8 }],
    ])
  })

  it('changes seats with its neighbour, by button and by Shift with an arrow', async () => {
    expect(part('Ming', 'left').element.disabled).toBe(true)
    expect(part('Ann', 'right').element.disabled).toBe(true)
    await press('Ming', 'right')
    await tile('Ann').trigger('keydown', { key: 'ArrowLeft', shiftKey: true })
    await flushPromises()
    expect(edits()[0]).toEqual(['u_Ming', { seat: 4 }])
    expect(edits()[1]?.[0 as never]).toBe('u_Ann')
  })

  it('goes to the next tile with an arrow', async () => {
    ;(tile('Ming').element as HTMLElement).focus()
    await tile('Ming').trigger('keydown', { key: 'ArrowRight' })
    expect(document.activeElement).toBe(tile('Ann').element)
  })

  it('is removed only after a second word', async () => {
    await press('Ann', 'remove')
    expect(mic.crew.calls).toEqual([])
    expect(document.querySelector('dialog')?.textContent).toContain('Ann is shown large now.')
    document.querySelector<HTMLElement>('[data-testid="confirm-remove"]')?.click()
    await flushPromises()
    expect(mic.crew.calls).toEqual([['unseat', 'u_Ann']])
    expect(wrapper.find('[data-user="u_Ann"]').exists()).toBe(false)
  })

  it('stays, named and counting, while its line is lost', async () => {
    mic.stageTells({ table: tableOf(ENTRIES), media: { u_Ming: mediaWith({ state: 'lost', lostAtMs: Date.now() - 8_500 }) } })
    await flushPromises()
    expect(tile('Ming').attributes('data-place')).toBe('lost')
    expect(tile('Ming').text()).toContain('Ming lost connection (8 s)')
    expect(wrapper.get('[data-testid="co-anchor-news"]').text()).toBe('Ming lost connection.')
  })
})

describe('the layouts', () => {
  const layout = (name: string): HTMLInputElement => wrapper.get<HTMLInputElement>(`[data-testid="layout-${name}"]`).element

  it('show the present one, and another at once when it is chosen', async () => {
    expect(layout('grid').checked).toBe(true)
    layout('speaker').checked = true
    await wrapper.get('[data-testid="layout-speaker"]').trigger('change')
    expect(useCoAnchors().table?.layout).toBe('speaker')
    await flushPromises()
    expect(mic.crew.calls).toEqual([['layout', 'speaker']])
    expect(layout('speaker').checked).toBe(true)
  })

  it('say that nobody sees the co-anchors when the anchor is shown alone', async () => {
    mic.stageTells({ table: tableOf(ENTRIES, { layout: 'solo', rev: 2 }) })
    await flushPromises()
    expect(wrapper.text()).toContain('co-anchors are heard, not seen')
  })
})

it('is in Chinese too', async () => {
  i18n.global.locale.value = 'zh-CN'
  await flushPromises()
  expect(tile('Bo').attributes('aria-label')).toBe('Bo，候场中，已准备好')
  i18n.global.locale.value = 'en'
})

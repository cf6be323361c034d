// @vitest-environment happy-dom
import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { RoomServerAddresses } from '../../../../../electron/shared/room-server'
import type { Snapshot } from '../../../../../electron/shared/snapshot'
import InviteSheet from '../../../../../renderer/studio/room/co-anchors/InviteSheet.vue'
import { snapshotWith } from '../snapshot'
import { onTheMic, refused, type Mic } from './on-the-mic'

const ADDRESSES: RoomServerAddresses = {
  http: 'http://127.0.0.1:8360',
  wire: 'ws://127.0.0.1:8360',
  watch: 'http://127.0.0.1:8360/watch/',
  play: '',
  rtmp: '',
  ingest: '',
  shared: null,
  secureGuest: null,
}
let mic: Mic
let wrapper: VueWrapper
beforeEach(() => {
  HTMLDialogElement.prototype.showModal = () => undefined
})
afterEach(() => {
  wrapper.unmount()
  vi.unstubAllGlobals()
})

async function open(addresses: RoomServerAddresses | null, more: Partial<Snapshot> = {}): Promise<void> {
  const change: Partial<Snapshot> = { ...more, roomServer: { running: addresses !== null, addresses, error: null, viewers: 0, publishing: false } }
  mic = await onTheMic({}, change)
  wrapper = await mic.show(InviteSheet, { snapshot: snapshotWith(change) })
}
const part = (name: string): ReturnType<VueWrapper['get']> => wrapper.get(`[data-testid="co-anchor-${name}"]`)
const link = (): string => wrapper.get<HTMLInputElement>('[data-testid="co-anchor-link"]').element.value

describe('a link for one co-anchor', () => {
  it('is made for the chosen time, says for whom and until when, and can be ended', async () => {
    await open(ADDRESSES)
    await wrapper.get('[data-testid="link-day"]').setValue(true)
    await part('make-link').trigger('click')
    await flushPromises()
    expect(mic.crew.calls).toEqual([['invite', 'coanchor', 86_400]])
    expect(link()).toBe('http://127.0.0.1:8360/guest/?room=program#invite=t')
    expect(wrapper.get('.link').text()).toContain('For one person, until')
    await part('end-link').trigger('click')
    await flushPromises()
    expect(mic.crew.calls.at(-1)).toEqual(['end', 'link-1'])
    expect(wrapper.find('[data-testid="co-anchor-link"]').exists()).toBe(false)
    expect(wrapper.text()).toContain('The link was ended.')
  })

  it('says that it works on this machine only, beside the switch that changes it', async () => {
    await open(ADDRESSES)
    expect(part('reach').text()).toBe('The room is not shared: the link works on this machine only.')
    await part('share').setValue(true)
    expect(mic.main.calls.at(-1)).toEqual({ verb: 'room.share', args: { shareOnNetwork: true } })
  })

  it('has the address for other machines where the room is shared', async () => {
    await open({ ...ADDRESSES, shared: 'http://192.168.1.5:8360/watch/', secureGuest: 'https://192.168.1.5:8361/guest/' })
    await part('make-link').trigger('click')
    await flushPromises()
    expect(link()).toBe('https://192.168.1.5:8361/guest/?room=program&http=8360#invite=t')
    expect(part('reach').text()).toContain('The link works on your network.')
  })

  it('says where it gives no camera when there is no secure address', async () => {
    await open({ ...ADDRESSES, shared: 'http://192.168.1.5:8360/watch/' })
    await part('make-link').trigger('click')
    await flushPromises()
    expect(link()).toBe('http://192.168.1.5:8360/guest/?room=program#invite=t')
    expect(part('reach').text()).toContain('browsers give this address no camera')
  })

  it('is made in a team’s room whatever the room server of this machine does', async () => {
    const roomPlace = { http: 'https://rooms.example.com', wire: 'wss://rooms.example.com', roomId: 'friday', watch: '', local: false }
    await open(null, { roomPlace })
    expect((part('make-link').element as HTMLButtonElement).disabled).toBe(false)
  })

  it('is not made without a room, and tells why it was refused', async () => {
    await open(null)
    expect((part('make-link').element as HTMLButtonElement).disabled).toBe(true)
    expect(wrapper.text()).toContain('The room of this machine is not up yet.')
    wrapper.unmount()
    await open(ADDRESSES)
    mic.crew.refuse = refused('limit.reached')
    await part('make-link').trigger('click')
    await flushPromises()
    expect(wrapper.get('[role="alert"]').text()).toBe('limit.reached. Wait.')
  })

  it('of somebody else opens their show, or says what is wrong with it', async () => {
    await open(ADDRESSES)
    mic.main.answers.set('coAnchor.join', { ok: false, error: { code: 'co-anchor.bad-link', context: {} } })
    await wrapper.get('[data-testid="join-link"]').setValue(' http://x/guest/ ')
    await wrapper.get('form').trigger('submit')
    await flushPromises()
    expect(mic.main.calls.at(-1)).toEqual({ verb: 'coAnchor.join', args: { link: 'http://x/guest/' } })
    expect(wrapper.find('[data-error="co-anchor.bad-link"]').exists()).toBe(true)
    mic.main.answers.clear()
    await wrapper.get('form').trigger('submit')
    await flushPromises()
    expect(wrapper.emitted('close')).toHaveLength(1)
  })

  it('is copied by selection', async () => {
    await open(ADDRESSES)
    await part('make-link').trigger('click')
    await flushPromises()
    const copy = vi.fn(() => true)
    document.execCommand = copy
    await part('copy-link').trigger('click')
    expect(copy).toHaveBeenCalledWith('copy')
    expect(wrapper.text()).toContain('Copied')
  })
})

// @vitest-environment happy-dom
import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CoAnchors } from '../../../../../electron/shared/co-anchor-line'
import { defaultSettings } from '../../../../../electron/shared/settings'
import type { Snapshot } from '../../../../../electron/shared/snapshot'
import { RoomApiError } from '../../../../../renderer/room/api-request'
import { useAsking } from '../../../../../renderer/room/asking-store'
import CoAnchorStrip from '../../../../../renderer/studio/room/co-anchors/CoAnchorStrip.vue'
import InviteToMic from '../../../../../renderer/studio/room/co-anchors/InviteToMic.vue'
import { useFeed } from '../../../../../renderer/studio/stores/feed'
import { useSheets } from '../../../../../renderer/studio/stores/sheets'
import { useStudioRoom } from '../../../../../renderer/studio/stores/studio-room'
import { snapshotWith } from '../snapshot'
import { applicationOf, mediaWith, onTheMic, refused, seated, tableOf, type Mic } from './on-the-mic'

let mic: Mic
let wrapper: VueWrapper
beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000, toFake: ['Date', 'setInterval', 'clearInterval'] })
})
afterEach(() => {
  wrapper.unmount()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

async function open(coAnchors: Partial<CoAnchors> = {}, before: (mic: Mic) => void = () => undefined, change: Partial<Snapshot> = {}): Promise<void> {
  vi.stubGlobal('requestAnimationFrame', () => 0)
  vi.stubGlobal('cancelAnimationFrame', () => undefined)
  mic = await onTheMic(coAnchors, change)
  before(mic)
  wrapper = await mic.show(CoAnchorStrip, { snapshot: snapshotWith(change) })
}
const toggle = (): ReturnType<VueWrapper['get']> => wrapper.get('[data-testid="co-anchors-toggle"]')
const isOpen = (): boolean => toggle().attributes('aria-expanded') === 'true'
async function ask(...nicks: string[]): Promise<void> {
  useAsking().applications = nicks.map((nick) => applicationOf(nick, { askedAtMs: Date.now() - 9_000, endsAtMs: Date.now() + 21_000 }))
  await flushPromises()
}
const cards = (): string[] => wrapper.findAll('[data-testid="application"]').map((card) => card.attributes('data-user') ?? '')

describe('the strip', () => {
  it('is a slim bar while nobody was there, and says how to change that', async () => {
    await open()
    expect(isOpen()).toBe(false)
    expect(wrapper.text()).toContain('Nobody is on the mic with you.')
    expect(wrapper.find('[data-testid="layouts"]').exists()).toBe(false)
    await toggle().trigger('click')
    expect(wrapper.text()).toContain('Invite somebody by a link, or from the people list.')
    await wrapper.get('.empty button').trigger('click')
    expect(useFeed().tab).toBe('people')
    await wrapper.get('[data-testid="co-anchor-invite"]').trigger('click')
    expect(useSheets().current).toEqual({ name: 'co-anchor-invite' })
  })

  it('says that loudspeakers echo, until there are none or the microphone takes it out', async () => {
    const onAir = { table: tableOf([seated('Ming', { seat: 1 })]) }
    const echo = (): boolean => wrapper.find('[data-testid="echo-hint"]').exists()
    await open({ table: tableOf([seated('Ming')]) })
    expect(echo(), 'heard by nobody').toBe(false)
    wrapper.unmount()
    await open(onAir)
    await wrapper.get('[data-testid="echo-hint"] button').trigger('click')
    expect(useSheets().current).toEqual({ name: 'source', id: 'microphone' })
    await wrapper.get('[data-testid="echo-hint"] [aria-label="I wear headphones"]').trigger('click')
    expect(echo()).toBe(false)
    wrapper.unmount()
    const settings = defaultSettings()
    const sources = settings.scene.sources.map((source) => (source.kind === 'microphone' ? { ...source, echoCancellation: true } : source))
    await open(onAir, () => undefined, { settings: { ...settings, scene: { sources } } })
    expect(echo()).toBe(false)
  })

  it('is of a team’s room whatever the room server of this machine does', async () => {
    const roomPlace = { http: 'https://rooms.example.com', wire: 'wss://rooms.example.com', roomId: 'friday', watch: '', local: false }
    const roomServer = { running: false, addresses: null, error: null, viewers: 0, publishing: false }
    await open({ table: tableOf([seated('Ming', { seat: 1 })]) }, undefined, { roomServer, roomPlace })
    expect(wrapper.text()).not.toContain('The room does not answer.')
  })

  it('reads the seats from the backend while the stage does not tell them', async () => {
    await open({}, ({ crew }) => (crew.table = tableOf([seated('Ming', { seat: 1 }), seated('Bo')])))
    expect(mic.crew.calls).toEqual([['seats']])
    expect(wrapper.get('[data-testid="co-anchor-counts"]').text()).toBe('1 on the air · 1 in the greenroom')
    expect(wrapper.text()).toContain('The stage is away for a moment')
  })

  it('says that it waits for the room, that it asks, and what went wrong', async () => {
    await open({}, () => (useStudioRoom().crew = null))
    await toggle().trigger('click')
    expect(wrapper.text()).toContain('The room of this machine is not up yet.')
    wrapper.unmount()
    let answer: () => void = () => undefined
    await open({}, ({ crew }) => {
      crew.gate = new Promise((resolve) => (answer = resolve))
      crew.refuse = new RoomApiError('unreachable')
    })
    await toggle().trigger('click')
    expect(wrapper.text()).toContain('Asking who is on the mic…')
    answer()
    await flushPromises()
    expect(wrapper.text()).toContain('The room did not answer')
    await wrapper.get('.main button').trigger('click')
    await flushPromises()
    expect(wrapper.text()).toContain('Nobody is on the mic with you.')
  })

  it('says that what is shown is old while the room is away', async () => {
    const table = tableOf([seated('Bo')])
    await open({ table }, undefined, { roomServer: { running: false, addresses: null, error: null, viewers: 0, publishing: false } })
    expect(wrapper.text()).toContain('This is who was on the mic last')
  })

  it('opens with the first person and keeps its place when they go; folded away it stays so', async () => {
    await open({ table: tableOf([]) })
    mic.stageTells({ table: tableOf([seated('Bo')], { rev: 2 }), media: { u_Bo: mediaWith() } })
    await flushPromises()
    expect(isOpen()).toBe(true)
    mic.stageTells({ table: tableOf([], { rev: 3 }) })
    await flushPromises()
    expect(isOpen()).toBe(true)
    await toggle().trigger('click')
    await ask('Wang')
    expect(isOpen()).toBe(false)
    expect(wrapper.text()).toContain('Wang asks for the mic · 21 s')
    await wrapper.get('.asks button').trigger('click')
    expect(cards()).toEqual(['u_Wang'])
  })
})

describe('applications', () => {
  it('come with name, level, wait and time left, and are spoken', async () => {
    await open({ table: tableOf([]) })
    await ask('Wang')
    const card = wrapper.get('[data-testid="application"]')
    expect(card.text()).toContain('Wang')
    expect(card.text()).toContain('Level 5 · waits 9 s')
    expect(card.get('[role="img"]').attributes('aria-label')).toBe('21 s left')
    expect(wrapper.get('[data-testid="co-anchor-news"]').text()).toBe('Wang, level 5, asks for the mic. 30 seconds to answer.')
  })

  it('are answered one at a time', async () => {
    await open({ table: tableOf([]) })
    await ask('Wang', 'Li')
    await wrapper.get('[data-user="u_Li"] [data-testid="application-admit"]').trigger('click')
    await wrapper.get('[data-user="u_Wang"] [data-testid="application-decline"]').trigger('click')
    await flushPromises()
    expect(mic.crew.calls).toEqual([['admit', 'u_Li']])
    expect(mic.asker.calls).toEqual([
      ['decline', 'i_Wang', 'declined'],
      ['accept', 'i_Li'],
    ])
  })

  it('are told that it is full', async () => {
    await open({ table: tableOf([]) }, ({ crew }) => (crew.refuse = refused('seat.full')))
    await ask('Wang')
    await wrapper.get('[data-testid="application-admit"]').trigger('click')
    await flushPromises()
    expect(mic.asker.calls).toEqual([['decline', 'i_Wang', 'full']])
    expect(wrapper.get('[data-testid="co-anchor-trouble"]').text()).toBe('Wang: seat.full. Wait.')
  })

  it('keep their places under the pointer: nothing else is pressed by what went', async () => {
    await open({ table: tableOf([]) })
    await ask('Wang', 'Li')
    await wrapper.get('.column').trigger('pointerenter')
    await ask('Li', 'Zhao')
    expect(cards()).toEqual(['u_Wang', 'u_Li', 'u_Zhao'])
    expect(wrapper.get<HTMLButtonElement>('[data-user="u_Wang"] [data-testid="application-admit"]').element.disabled).toBe(true)
    await wrapper.get('.column').trigger('pointerleave')
    expect(cards()).toEqual(['u_Li', 'u_Zhao'])
  })
})

describe('invitations', () => {
  const invitation = (state: 'waiting' | 'accepted' | 'declined'): void => {
    useAsking().invitations = [{ inviteId: 'i_Li', userId: 'u_Li', nick: 'Li', state, endsAtMs: Date.now() + 20_000 }]
  }

  it('stand in the strip with what came of them, and can be taken back', async () => {
    await open({ table: tableOf([]) })
    invitation('waiting')
    await flushPromises()
    expect(wrapper.get('[data-testid="invitation"]').text()).toContain('Li was asked · 20 s')
    await wrapper.get('[data-testid="invitation"] button').trigger('click')
    expect(mic.asker.calls).toEqual([['cancel', 'i_Li']])
    invitation('declined')
    await flushPromises()
    expect(wrapper.get('[data-testid="invitation"]').text()).toBe('Li said no.')
  })

  it('let in whoever says yes', async () => {
    await open({ table: tableOf([]) })
    invitation('accepted')
    await flushPromises()
    expect(mic.crew.calls).toEqual([['admit', 'u_Li']])
    expect(wrapper.find('[data-user="u_Li"][data-place="greenroom"]').exists()).toBe(true)
    expect(wrapper.find('[data-testid="invitation"]').exists()).toBe(false)
  })
})

describe('on a person’s card', () => {
  const button = (): ReturnType<VueWrapper['get']> => wrapper.get('[data-testid="invite-to-mic"]')
  async function card(here: boolean, coAnchors: Partial<CoAnchors> = { table: tableOf([]) }): Promise<void> {
    mic = await onTheMic(coAnchors)
    wrapper = await mic.show(InviteToMic, { userId: 'u_Li', name: 'Li', here })
  }

  it('they are asked, and the question is taken back', async () => {
    await card(true)
    await button().trigger('click')
    expect(mic.asker.calls).toEqual([['invite', 'u_Li', 'Li']])
    useAsking().invitations = [{ inviteId: 'i_Li', userId: 'u_Li', nick: 'Li', state: 'waiting', endsAtMs: Date.now() + 20_000 }]
    await flushPromises()
    expect(wrapper.text()).toContain('Li was asked · 20 s')
    await wrapper.get('button').trigger('click')
    expect(mic.asker.calls.at(-1)).toEqual(['cancel', 'i_Li'])
  })

  it.each<[string, boolean, Partial<CoAnchors>, string]>([
    ['is not in the room', false, { table: tableOf([]) }, 'Only somebody who is in the room can be asked.'],
    ['is on the mic', true, { table: tableOf([seated('Li')]) }, 'Already on the mic with you.'],
    ['finds no place', true, { table: tableOf(Array.from('abcdefgh', (nick) => seated(nick))) }, 'All places on the mic are taken.'],
  ])('whoever %s is not asked, with the reason', async (_, here, coAnchors, why) => {
    await card(here, coAnchors)
    expect((button().element as HTMLButtonElement).disabled).toBe(true)
    expect(wrapper.get('[role="status"]').text()).toBe(why)
  })
})

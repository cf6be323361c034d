// @vitest-environment happy-dom
import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RoomApiError } from '../../../../../renderer/room/api-request'
import { useRoom } from '../../../../../renderer/room/room-store'
import EnergyCard from '../../../../../renderer/studio/room/people/EnergyCard.vue'
import MarkerButton from '../../../../../renderer/studio/room/people/MarkerButton.vue'
import PeopleTab from '../../../../../renderer/studio/room/people/PeopleTab.vue'
import ViewerCount from '../../../../../renderer/studio/room/people/ViewerCount.vue'
import { useSheets } from '../../../../../renderer/studio/stores/sheets'
import { byName, mounted, type FakeMain } from '../mounted'
import { snapshotWith } from '../snapshot'
import { crewWith, enter, membersOf, person, type FakeCrew } from './room-with'

const LIVE = { name: 'live', liveSinceMs: 0 } as const
let wrapper: VueWrapper
let main: FakeMain
beforeEach(() => {
  vi.useFakeTimers()
  vi.setSystemTime(1_000_000)
  // A list has no height here.
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600)
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(44)
})
afterEach(() => {
  wrapper.unmount()
  vi.useRealTimers()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

async function show(component: Parameters<typeof mounted>[0], crew: FakeCrew | null, snapshot = snapshotWith()): Promise<void> {
  ;({ wrapper, main } = await mounted(component, snapshot))
  if (crew === null) return
  enter(crew)
  await vi.advanceTimersByTimeAsync(2_000)
  await flushPromises()
}
const rows = (): string[] => [...document.querySelectorAll('[data-user]')].map((row) => row.getAttribute('data-user') ?? '')

describe('the people', () => {
  it('are listed with what they are, and found by name', async () => {
    const crew = crewWith(membersOf([person('Ann', { role: 'producer' }), person('Bo', { follows: true, muted: true })]))
    await show(PeopleTab, crew)
    expect(rows()).toEqual(['g_Ann', 'g_Bo'])
    expect(wrapper.get('[data-user="g_Ann"]').text()).toContain('Producer')
    expect(wrapper.get('[data-user="g_Bo"]').text()).toMatch(/Level 2.*Bo.*Follows.*Muted/s)
    await wrapper.get('[data-testid="people-search"]').setValue('bo')
    expect(rows()).toEqual(['g_Bo'])
    byName('input', /^Crew 1$/).click()
    await flushPromises()
    expect(rows()).toEqual([])
    expect(wrapper.text()).toContain('Nobody here is like that.')
  })

  it('say how many they are, and how old that is', async () => {
    await show(PeopleTab, crewWith(membersOf([person('Ann'), person('Bo')])))
    expect(wrapper.get('[data-testid="online"]').text()).toContain('2 people here')
    vi.setSystemTime(Date.now() + 6_000)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(wrapper.get('[data-testid="online"]').text()).toContain('s ago')
  })

  it('are asked for again when the room’s number changes, together', async () => {
    const crew = crewWith(membersOf([person('Ann')]))
    await show(PeopleTab, crew)
    const before = crew.members.mock.calls.length
    for (const viewers of [2, 3, 4]) useRoom().viewers = viewers
    await flushPromises()
    await vi.advanceTimersByTimeAsync(1_600)
    expect(crew.members.mock.calls.length).toBe(before + 1)
  })

  it.each([
    [{ online: 1_284, complete: false, limit: 2 }, 'The list shows the newest 2 of 1,284: this edition lists no more.'],
    [{ online: 9, complete: false }, 'The list shows 2 of 9: not all of them were seen coming in.'],
    [{ online: null, complete: false, members: [] }, 'The room does not tell who is here'],
  ])('are not all, and the rule is said: %o', async (change, sentence) => {
    await show(PeopleTab, crewWith(membersOf([person('Ann'), person('Bo')], change)))
    expect(wrapper.get('[data-testid="people-rule"]').text()).toContain(sentence)
  })

  it('that nobody is among has a way on', async () => {
    await show(PeopleTab, crewWith(membersOf([])))
    byName('button', 'Copy the address').click()
    expect(main.calls.at(-1)).toEqual({ verb: 'copy.address', args: { what: 'watch' } })
  })

  it('that do not come are asked for again, and the last known ones stay', async () => {
    const crew = crewWith(membersOf([person('Ann')]))
    crew.members.mockRejectedValueOnce(new RoomApiError('unreachable'))
    await show(PeopleTab, crew)
    expect(wrapper.get('[role="alert"]').text()).toContain('The list of people did not come.')
    byName('button', 'Try again').click()
    await flushPromises()
    expect(rows()).toEqual(['g_Ann'])
    crew.members.mockRejectedValue(new RoomApiError('unreachable'))
    await vi.advanceTimersByTimeAsync(12_000)
    expect(wrapper.get('[data-testid="people-offline"]').text()).toContain('As of')
    expect(rows()).toEqual(['g_Ann'])
  })

  it('wait for a room that is not up', async () => {
    await show(PeopleTab, null)
    expect(wrapper.text()).toContain('The room of this machine is not up yet.')
  })

  it('can be walked through by the keyboard, and opened', async () => {
    await show(PeopleTab, crewWith(membersOf(Array.from({ length: 200 }, (_, index) => person(`p${index}`)))))
    expect(rows().length).toBeLessThan(60)
    const first = wrapper.get('[data-user="g_p0"]')
    expect(first.attributes('tabindex')).toBe('0')
    await first.trigger('keydown', { key: 'ArrowDown' })
    await flushPromises()
    expect(document.activeElement?.getAttribute('data-user')).toBe('g_p1')
    ;(document.activeElement as HTMLElement).click()
    expect(useSheets().current).toMatchObject({ name: 'person', target: { userId: 'g_p1', nick: 'p1', msgSeq: 0 } })
  })
})

describe('the number in the bar', () => {
  it('explains both numbers, and its trend', async () => {
    const crew = crewWith(membersOf([], { online: 4 }))
    await show(ViewerCount, crew)
    expect(wrapper.get('[data-testid="viewers"]').attributes('title')).toBe(
      '4 people are in the room: chat, likes, gifts. 3 players take the picture from this machine.',
    )
    useRoom().viewers = 9
    await flushPromises()
    expect(wrapper.text()).toContain('↑')
    expect(wrapper.text()).toContain('More than two minutes ago.')
  })

  it('tells its age when it is old', async () => {
    const crew = crewWith(membersOf([], { online: 4 }))
    await show(ViewerCount, crew)
    crew.online.mockRejectedValue(new RoomApiError('unreachable'))
    await vi.advanceTimersByTimeAsync(70_000)
    expect(wrapper.text()).toContain('1 min ago')
  })

  it('is not known without a room', async () => {
    await show(ViewerCount, null)
    expect(wrapper.text()).toContain('–')
  })
})

describe('the energy of the room', () => {
  const markers = [{ id: 1, atMs: 61_000, label: 'joke' }]

  it('is drawn over the show with its markers, and told in words', async () => {
    const crew = crewWith(membersOf([]))
    const samples = [
      { atMs: 10_000, online: 2, popularity: 20 },
      { atMs: 20_000, online: 3, popularity: 90 },
      { atMs: 30_000, online: null, popularity: 40 },
    ]
    crew.energy.mockResolvedValue({ show: 1, samples })
    await show(EnergyCard, crew, snapshotWith({ session: LIVE, markers }))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(wrapper.get('[data-testid="energy"]').attributes('aria-label')).toBe('The room has 40 now. Highest 90, at 00:20 1 marker')
    expect(wrapper.findAll('.marker')).toHaveLength(1)
    const label = wrapper.get('[data-marker="1"] input')
    await label.setValue('the joke')
    await label.trigger('change')
    expect(main.calls.at(-1)).toEqual({ verb: 'marker.rename', args: { id: 1, label: 'the joke' } })
    await label.setValue('half a wo')
    await wrapper.setProps({ snapshot: snapshotWith({ session: LIVE, markers: [...markers, { id: 2, atMs: 70_000, label: '' }] }) })
    expect((label.element as HTMLInputElement).value, 'what is being typed').toBe('half a wo')
    byName('button', 'Remove the marker at 01:01').click()
    expect(main.calls.at(-1)).toEqual({ verb: 'marker.remove', args: { id: 1 } })
  })

  it('has no curve before the show', async () => {
    await show(EnergyCard, crewWith(membersOf([])))
    expect(wrapper.text()).toContain('Its curve is drawn from the moment you are live.')
  })

  it('a marker that is set is told, whoever set it', async () => {
    await show(MarkerButton, null, snapshotWith({ session: LIVE }))
    byName('button', 'Set a marker at this moment').click()
    expect(main.calls.at(-1)).toEqual({ verb: 'marker.add', args: { label: '' } })
    await wrapper.setProps({ snapshot: snapshotWith({ session: LIVE, markers }) })
    expect(wrapper.text()).toContain('Marker set at 01:01.')
    await vi.advanceTimersByTimeAsync(4_100)
    expect(wrapper.text()).toBe('')
  })
})

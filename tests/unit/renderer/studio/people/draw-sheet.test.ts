// @vitest-environment happy-dom
import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { seedHash } from '../../../../../electron/room-server/backend/draws/draw'
import { RoomApiError } from '../../../../../renderer/room/api-request'
import BroadcastSheet from '../../../../../renderer/studio/room/people/BroadcastSheet.vue'
import DrawButton from '../../../../../renderer/studio/room/people/DrawButton.vue'
import DrawSheet from '../../../../../renderer/studio/room/people/DrawSheet.vue'
import { byName, mounted } from '../mounted'
import { snapshotWith } from '../snapshot'
import { useDraw } from '../../../../../renderer/studio/room/people/draw-store'
import { CLOSED, crewWith, enter, membersOf, NO_DRAW, OVER, RUNNING, type FakeCrew } from './room-with'

let wrapper: VueWrapper
let crew: FakeCrew
beforeEach(() => {
  crew = crewWith(membersOf([]))
})
afterEach(() => {
  wrapper.unmount()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

async function show(component: Parameters<typeof mounted>[0]): Promise<void> {
  ;({ wrapper } = await mounted(component, snapshotWith()))
  enter(crew)
  await useDraw().refresh()
  await flushPromises()
}

describe('the lucky draw', () => {
  it('is set up by the room’s rules, and started', async () => {
    await show(DrawSheet)
    byName('button', 'Start the draw').click()
    await flushPromises()
    expect(wrapper.text()).toContain('1 to 32 characters.')
    expect(crew.startDraw).not.toHaveBeenCalled()
    await wrapper.get('[data-testid="draw-keyword"]').setValue(' lucky ')
    byName('button', '3 min').click()
    crew.draws.mockResolvedValue(RUNNING)
    byName('button', 'Start the draw').click()
    await flushPromises()
    expect(crew.startDraw).toHaveBeenCalledWith({ title: '', keyword: 'lucky', seconds: 180, winners: 1, minLevel: 0, followersOnly: false })
    expect(wrapper.get('[data-testid="draw-entries"]').text()).toBe('3')
    expect(wrapper.text()).toContain('c0ffee')
  })

  it('shows who won when it ends, and draws again to check', async () => {
    crew.draws.mockResolvedValue(RUNNING)
    await show(DrawSheet)
    crew.draws.mockResolvedValue(CLOSED)
    const seedSha256 = seedHash(OVER.proof.seed)
    crew.drawOver.mockResolvedValue({ ...OVER, proof: { ...OVER.proof, seedSha256 } })
    byName('button', 'Draw now').click()
    await flushPromises()
    expect(crew.finishDraw).toHaveBeenCalledWith('d-1')
    expect(wrapper.get('[data-testid="draw-winners-list"]').text()).toContain('Bo')
    byName('button', 'Verify here').click()
    await flushPromises()
    // The room was promised another seed.
    expect(wrapper.get('[data-testid="draw-verdict"]').text()).toContain('NOT OK')
    useDraw().promised.clear()
    useDraw().shown = null
    await useDraw().look('d-1')
    await flushPromises()
    byName('button', 'Verify here').click()
    await flushPromises()
    expect(wrapper.get('[data-testid="draw-verdict"]').text()).toContain('OK: the same winners come out.')
    expect(wrapper.get('[data-testid="draw-verdict"]').text()).toContain('did not hear it')
    byName('button', 'New draw').click()
    await flushPromises()
    expect(wrapper.find('[data-testid="draw-keyword"]').exists()).toBe(true)
  })

  it('is called off only when that was asked for twice', async () => {
    crew.draws.mockResolvedValue(RUNNING)
    await show(DrawSheet)
    byName('button', 'Call it off').click()
    await flushPromises()
    expect(crew.cancelDraw).not.toHaveBeenCalled()
    expect(document.activeElement?.textContent?.trim()).toBe('Keep it running')
    crew.draws.mockResolvedValue({ ...NO_DRAW, draws: [{ drawId: 'd-1', title: '', keyword: 'lucky', state: 'cancelled', openedAt: 0 }] })
    byName('button', 'Call it off').click()
    await flushPromises()
    expect(crew.cancelDraw).toHaveBeenCalledWith('d-1')
    expect(wrapper.text()).toContain('called off')
  })

  it('says what the room refuses, and that it is away', async () => {
    await show(DrawSheet)
    await wrapper.get('[data-testid="draw-keyword"]').setValue('x')
    crew.startDraw.mockRejectedValueOnce(new RoomApiError('refused', { code: 'draw.running', message: 'One is running.', remedy: 'Wait for it.' }))
    byName('button', 'Start the draw').click()
    await flushPromises()
    expect(wrapper.text()).toContain('One is running. Wait for it.')
    crew.draws.mockRejectedValue(new RoomApiError('unreachable'))
    await useDraw().refresh()
    await flushPromises()
    expect(wrapper.get('[data-testid="draw-offline"]').text()).toContain('The room does not answer.')
  })

  it('is seen running from the bar, and its end too', async () => {
    vi.useFakeTimers({ now: (RUNNING.current?.until ?? 0) * 1_000 - 32_000 })
    crew.draws.mockResolvedValue(RUNNING)
    await show(DrawButton)
    expect(byName('button', 'Lucky draw: 00:32 left, 3 in it')).toBeDefined()
    crew.draws.mockResolvedValue(CLOSED)
    await vi.advanceTimersByTimeAsync(1_100)
    expect(byName('button', 'Lucky draw: it is over, see who won')).toBeDefined()
  })
})

describe('a broadcast', () => {
  it('says where it goes, asks once more, and tells how it went', async () => {
    ;({ wrapper } = await mounted(BroadcastSheet, snapshotWith()))
    wrapper.unmount()
    enter(crew)
    ;({ wrapper } = await mounted(BroadcastSheet, snapshotWith()))
    enter(crew)
    await flushPromises()
    await wrapper.get('[data-testid="broadcast-text"]').setValue(`  ${'x'.repeat(1_001)}  `)
    expect((byName('button', 'Next') as HTMLButtonElement).disabled).toBe(true)
    await wrapper.get('[data-testid="broadcast-text"]').setValue(' Back at 22:00 ')
    byName('button', 'Next').click()
    await flushPromises()
    expect(crew.broadcast).not.toHaveBeenCalled()
    byName('button', 'Send to all').click()
    await flushPromises()
    expect(crew.broadcast).toHaveBeenCalledWith('Back at 22:00')
    expect(wrapper.get('[data-testid="broadcast-sent"]').text()).toContain('this edition has no broadcast')
  })
})

// @vitest-environment happy-dom
import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defaultSettings } from '../../../../electron/shared/settings'
import type { HeldStatus } from '../../../../electron/shared/show-status'
import type { Snapshot } from '../../../../electron/shared/snapshot'
import { RoomApiError } from '../../../../renderer/room/api-request'
import type { CrewApi } from '../../../../renderer/room/crew-api'
import { useRoom } from '../../../../renderer/room/room-store'
import GoLiveSheet from '../../../../renderer/studio/components/GoLiveSheet.vue'
import StatusPicker from '../../../../renderer/studio/room/notice/StatusPicker.vue'
import StatusStrip from '../../../../renderer/studio/room/notice/StatusStrip.vue'
import TextEditor from '../../../../renderer/studio/room/notice/TextEditor.vue'
import { useNoticeDesk } from '../../../../renderer/studio/room/notice/notice-desk'
import { useStudioRoom } from '../../../../renderer/studio/stores/studio-room'
import { snapshotWith as roomSnapshot } from '../room/fake-room'
import { byName, mounted, type FakeMain } from './mounted'
import { snapshotWith } from './snapshot'

let wrapper: VueWrapper
let main: FakeMain
let posted: unknown[]
let refuses: RoomApiError | null
beforeEach(() => {
  posted = []
  refuses = null
})
afterEach(() => {
  wrapper.unmount()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** A room whose notice is what was posted last. */
function inRoom(role: 'anchor' | 'coanchor' = 'anchor'): void {
  const room = useRoom()
  const snapshot = roomSnapshot()
  room.load({ ...snapshot, room: { ...snapshot.room, rev: 1, title: '' }, me: { ...snapshot.me, userId: 'anchor', role, nick: 'Ada' } })
  useStudioRoom().crew = {
    setText: (field: string, text: string, images: readonly string[]) => {
      if (refuses !== null) return Promise.reject(refuses)
      posted.push([field, text, images])
      room.hear({ v: 1, kind: 'notice', notice: { form: 'plain', text }, rev: 2 })
      return Promise.resolve({})
    },
  } as unknown as CrewApi
}

async function open(component: Parameters<typeof mounted>[0], change: Partial<Snapshot> = {}, props: Record<string, unknown> = {}): Promise<void> {
  ;({ wrapper, main } = await mounted(component, snapshotWith(change), props))
}
const area = (): HTMLTextAreaElement => wrapper.get<HTMLTextAreaElement>('textarea').element
const count = (): string => wrapper.get('[data-testid="byte-count"]').text()
const post = (): HTMLButtonElement => wrapper.get<HTMLButtonElement>('[data-testid="post-notice"]').element

async function paste(text: string): Promise<boolean> {
  const event = new Event('paste', { bubbles: true, cancelable: true })
  Object.assign(event, { clipboardData: { getData: () => text } })
  area().dispatchEvent(event)
  await flushPromises()
  return !event.defaultPrevented
}

describe('the notice’s editor', () => {
  beforeEach(async () => {
    await open(TextEditor, {}, { field: 'notice' })
    inRoom()
    await flushPromises()
  })

  it('counts as the room does: text alone by its bytes, with pictures the form that is kept', async () => {
    await wrapper.get('textarea').setValue('字'.repeat(100))
    expect(count()).toBe('300 of 300 bytes')
    byName('button', 'Add a picture').click()
    await flushPromises()
    await wrapper.get('input').setValue('https://a.example/1.png')
    expect(count()).toBe(`${'{"text":"","images":["https://a.example/1.png"]}'.length + 300} of 300 bytes: 48 too many`)
    expect(post().disabled).toBe(true)
    await wrapper.get('input').setValue('http://a.example/1.png')
    expect(wrapper.text()).toContain('is no https address')
    expect(post().disabled).toBe(true)
  })

  it('takes all of what is pasted or nothing of it', async () => {
    await wrapper.get('textarea').setValue('!')
    expect(await paste('字'.repeat(100))).toBe(false)
    expect(area().value).toBe('!')
    expect(wrapper.get('[role="alert"]').text()).toContain('301 of 300 bytes')
    byName('button', /Paste all of it/).click()
    await flushPromises()
    expect(area().value).toHaveLength(101)
    expect(post().disabled).toBe(true)
    await wrapper.get('textarea').setValue('')
    expect(await paste('字'.repeat(100))).toBe(true)
  })

  it('warns of what apps would show as it is written', async () => {
    await wrapper.get('textarea').setValue('2 < 3 and <b>bold</b>')
    expect(wrapper.get('[data-testid="notice-markup"]').text()).toContain('“<b>”')
    expect(wrapper.get('[data-testid="notice-preview"]').text()).toBe('2 < 3 and <b>bold</b>')
  })

  it('keeps what was written when the room refuses, and says why', async () => {
    refuses = new RoomApiError('unreachable')
    await wrapper.get('textarea').setValue('Hello')
    await wrapper.get('form').trigger('submit')
    await flushPromises()
    expect(wrapper.get('[role="alert"]').text()).toContain('The room did not answer.')
    expect(area().value).toBe('Hello')
    refuses = null
    await wrapper.get('form').trigger('submit')
    await flushPromises()
    expect(posted).toEqual([['notice', 'Hello', []]])
    expect(useNoticeDesk().drafts.notice).toBeNull()
  })

  it('tells who may not, and lets them read', async () => {
    inRoom('coanchor')
    await flushPromises()
    expect(wrapper.text()).toContain('Only the anchor and the producer')
    expect(area().readOnly).toBe(true)
  })
})

const held = (change: Partial<HeldStatus['status']> = {}, noticeSaid = true): Pick<Snapshot, 'settings'> => ({
  settings: {
    ...defaultSettings(),
    showStatus: { status: { kind: 'be-right-back', text: '', notice: 'Back soon', ...change }, noticeSaid, noticeBefore: null, pausedBefore: false },
  },
})
const onAir = { session: { name: 'paused', liveSinceMs: 0, cause: null } } as const
const has = (testId: string): boolean => wrapper.find(`[data-testid="${testId}"]`).exists()

describe('the strip', () => {
  it('offers the way back for six seconds, longer under the pointer, and the way out all the time', async () => {
    await open(StatusStrip, onAir)
    vi.useFakeTimers()
    await wrapper.setProps({ snapshot: snapshotWith({ ...onAir, ...held() }) })
    expect(wrapper.get('[data-testid="status-strip"]').text()).toContain('“Be right back” is on')
    vi.advanceTimersByTime(5_000)
    await wrapper.get('.strips').trigger('pointerenter')
    vi.advanceTimersByTime(60_000)
    await flushPromises()
    expect(has('undo-status')).toBe(true)
    await wrapper.get('.strips').trigger('pointerleave')
    await vi.advanceTimersByTimeAsync(6_000)
    expect(has('undo-status')).toBe(false)
    byName('button', 'End the status').click()
    expect(main.calls.at(-1)?.verb).toBe('session.endStatus')
  })

  it('takes the end back too, but offers nothing after an undo or after the show', async () => {
    await open(StatusStrip, { ...onAir, ...held() })
    await wrapper.setProps({ snapshot: snapshotWith(onAir) })
    expect(has('status-ended')).toBe(true)
    byName('button', 'Undo').click()
    await wrapper.setProps({ snapshot: snapshotWith({ ...onAir, ...held() }) })
    expect(main.calls.at(-1)?.verb).toBe('session.undoStatus')
    expect(has('undo-status')).toBe(false)
  })

  it('says when the notice is not said, and says it again when told to', async () => {
    await open(StatusStrip, { ...onAir, ...held({}, false) })
    expect(wrapper.text()).toContain('Its notice is not posted')
    byName('button', 'Retry').click()
    expect(main.calls.at(-1)).toEqual({ verb: 'session.setStatus', args: { kind: 'be-right-back', text: '', notice: 'Back soon' } })
  })

  it('off air says that the card waits', async () => {
    await open(StatusStrip, held({ kind: 'starting-soon' }))
    expect(wrapper.text()).toContain('“Starting soon” waits')
  })
})

describe('the quick statuses', () => {
  it('are one press each; the own words need words', async () => {
    await open(StatusPicker)
    wrapper.get('[data-testid="status-last-10-minutes"]').element.dispatchEvent(new Event('click'))
    expect(main.calls.at(-1)).toEqual({
      verb: 'session.setStatus',
      args: { kind: 'last-10-minutes', text: 'Last 10 minutes', notice: 'The last 10 minutes of the show.' },
    })
    expect(wrapper.emitted('set')).toHaveLength(1)
    expect(wrapper.get<HTMLButtonElement>('[data-testid="status-custom"]').element.disabled).toBe(true)
    await wrapper.get('[data-testid="custom-text"]').setValue(' Back at nine ')
    await wrapper.get('form').trigger('submit')
    expect(main.calls.at(-1)?.args).toEqual({ kind: 'custom', text: 'Back at nine', notice: '' })
  })
})

describe('going live with a notice', () => {
  const checks = { running: false, finishedAtMs: Date.now(), results: [] }

  it('the stream starts whatever becomes of the notice; what failed is owed until it is done', async () => {
    await open(GoLiveSheet, { checks })
    inRoom()
    refuses = new RoomApiError('unreachable')
    await wrapper.get('[data-testid="go-live-notice"]').setValue('Tonight: songs')
    await wrapper.get('form').trigger('submit')
    await flushPromises()
    expect(main.calls.at(-1)?.verb).toBe('session.goLive')
    const notice = useNoticeDesk()
    expect(notice.owed).toMatchObject({ kind: 'refused' })
    refuses = null
    await notice.postOrOwe()
    expect(notice.owed).toBeNull()
    expect(posted).toEqual([['notice', 'Tonight: songs', []]])
  })

  it('one that is too long is owed, not cut', async () => {
    await open(GoLiveSheet, { checks })
    inRoom()
    await wrapper.get('[data-testid="go-live-notice"]').setValue('字'.repeat(101))
    await wrapper.get('form').trigger('submit')
    await flushPromises()
    expect(useNoticeDesk().owed).toEqual({ kind: 'too-long', bytes: 303, limit: 300 })
    expect(posted).toEqual([])
  })

  it('names the microphone that is heard', async () => {
    const settings = defaultSettings()
    await open(GoLiveSheet, { checks, settings, devices: { cameras: [], microphones: [{ id: 'yeti', label: 'Yeti' }], systemAudio: false } })
    expect(wrapper.text()).toContain('Microphone: system’s choice')
    const sources = settings.scene.sources.map((source) => (source.kind === 'microphone' ? { ...source, deviceId: 'yeti' } : source))
    await wrapper.setProps({
      snapshot: snapshotWith({
        checks,
        settings: { ...settings, scene: { sources } },
        devices: { cameras: [], microphones: [{ id: 'yeti', label: 'Yeti' }], systemAudio: false },
      }),
    })
    expect(wrapper.text()).toContain('Microphone: Yeti')
    expect(wrapper.text()).toContain('System audio: off')
  })
})

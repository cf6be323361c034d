// @vitest-environment happy-dom
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { getActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Component } from 'vue'
import type { Word } from '../../../../../electron/shared/crew-api'
import { RoomApiError } from '../../../../../renderer/room/api-request'
import { useChat } from '../../../../../renderer/room/chat-store'
import { i18n } from '../../../../../renderer/studio/i18n'
import AuditLog from '../../../../../renderer/studio/room/moderation/AuditLog.vue'
import ModerationToasts from '../../../../../renderer/studio/room/moderation/ModerationToasts.vue'
import { useModeration } from '../../../../../renderer/studio/room/moderation/moderation-store'
import PanicButton from '../../../../../renderer/studio/room/moderation/PanicButton.vue'
import PersonCard from '../../../../../renderer/studio/room/moderation/PersonCard.vue'
import RoomMeasures from '../../../../../renderer/studio/room/moderation/RoomMeasures.vue'
import { personTarget } from '../../../../../renderer/studio/room/moderation/target'
import { useWords } from '../../../../../renderer/studio/room/moderation/words-store'
import WordListEditor from '../../../../../renderer/studio/room/moderation/WordListEditor.vue'
import { snapshotWith } from '../snapshot'
import { crewRoom, said, type FakeCrew } from './fake-crew'
import type { FakeMain } from '../mounted'
import { useDesk } from '../../../../../renderer/studio/stores/desk'

let crew: FakeCrew
let main: FakeMain
let wrapper: VueWrapper

beforeEach(() => {
  ;({ crew, main } = crewRoom())
})
afterEach(() => {
  wrapper.unmount()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

async function open(component: Component, props: Record<string, unknown> = {}): Promise<void> {
  wrapper = mount(component, { props, global: { plugins: [getActivePinia() ?? [], i18n].flat() }, attachTo: document.body })
  await flushPromises()
}
const clockOnly = (): unknown => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })

describe('the panic button', () => {
  beforeEach(async () => {
    clockOnly()
    await open(PanicButton, { snapshot: snapshotWith() })
  })
  const button = (): ReturnType<VueWrapper['get']> => wrapper.get('button')

  it('does nothing when it is let go before 600 ms', async () => {
    await button().trigger('pointerdown', { button: 0 })
    expect(button().classes()).toContain('holding')
    await vi.advanceTimersByTimeAsync(599)
    await button().trigger('pointerup')
    await button().trigger('click')
    await vi.advanceTimersByTimeAsync(5_000)
    expect(crew.calls).toEqual([])
    expect(button().classes()).not.toContain('holding')
  })

  it('held by pointer or by key calms the room', async () => {
    await button().trigger('pointerdown', { button: 0 })
    await vi.advanceTimersByTimeAsync(600)
    expect(crew.calls.map(({ name }) => name)).toEqual(['mute-all', 'slow-mode'])
    expect(wrapper.get('[role="alert"]').text()).toContain('calmed')
    await useModeration().setMuteAll(false)
    await button().trigger('keydown', { key: ' ' })
    await button().trigger('keydown', { key: ' ', repeat: true })
    await vi.advanceTimersByTimeAsync(600)
    expect(crew.calls.at(-1)).toMatchObject({ name: 'mute-all', about: true })
  })

  it('leaves no timer behind', async () => {
    await button().trigger('pointerdown', { button: 0 })
    wrapper.unmount()
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('the strip', () => {
  it('lists what is in force, and takes each back', async () => {
    await open(RoomMeasures)
    expect(wrapper.text()).toBe('')
    await useModeration().panic({ muteAll: true, slowModeSec: 30, cover: false }, '')
    await flushPromises()
    expect(wrapper.findAll('[data-measure]').map((one) => one.attributes('data-measure'))).toEqual(['mute-all', 'slow-mode'])
    expect(wrapper.text()).toContain('Tencent delivers no group notice meanwhile')
    await wrapper.get('[data-measure="slow-mode"] button').trigger('click')
    await flushPromises()
    expect(crew.calls.at(-1)).toMatchObject({ name: 'slow-mode', about: 0 })
    expect(wrapper.findAll('[data-measure]')).toHaveLength(1)
  })
})

describe('the toasts', () => {
  it('stay six seconds, none of it under the pointer, and undo', async () => {
    clockOnly()
    await open(ModerationToasts)
    const moderation = useModeration()
    await moderation.act('mute-1', personTarget('u-bo', 'Bo'))
    await vi.advanceTimersByTimeAsync(0)
    expect(wrapper.text()).toContain('Bo is muted for 1 minute.')
    await wrapper.trigger('pointerenter')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(moderation.toasts).toHaveLength(1)
    await wrapper.get('[data-testid="undo-act"]').trigger('click')
    await vi.advanceTimersByTimeAsync(0)
    expect(crew.calls.at(-1)).toMatchObject({ name: 'undo', about: 1 })
    await wrapper.trigger('pointerleave')
    await vi.advanceTimersByTimeAsync(6_250)
    expect(moderation.toasts).toEqual([])
    wrapper.unmount()
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('the person card', () => {
  it('shows who it is and what was said, and acts with the reason', async () => {
    useChat().hear(said(1, 'u-bo'), said(2, 'u-cy'))
    useChat().flush()
    await open(PersonCard, { target: personTarget('u-bo', 'Bo') })
    expect(wrapper.text()).toContain('text 1')
    expect(wrapper.text()).not.toContain('text 2')
    await wrapper.get('[data-testid="reason"]').setValue('too loud')
    await wrapper.get('[data-act="mute-show"]').trigger('click')
    await flushPromises()
    expect(crew.calls).toEqual([{ name: 'mute', about: 'u-bo', reason: 'too loud' }])
    expect(wrapper.get('[data-testid="person-state"]').text()).toContain('Muted for this show')
    await wrapper.get('[data-act="unmute"]').trigger('click')
    await flushPromises()
    expect(wrapper.get('[data-testid="person-state"]').text()).toContain('May speak')
  })

  it('says a refusal where it was pressed', async () => {
    await open(PersonCard, { target: personTarget('u-bo', 'Bo') })
    crew.fail = new RoomApiError('refused', { code: 'moderation.protected', message: 'Cannot be moderated.', remedy: 'Ask the anchor.' })
    await wrapper.get('[data-act="block"]').trigger('click')
    await flushPromises()
    expect(wrapper.get('[role="alert"]').text()).toContain('Cannot be moderated. Ask the anchor.')
    expect(useModeration().toasts).toEqual([])
  })
})

describe('the audit log', () => {
  it('says that it is empty, and what to do when nobody answers', async () => {
    crew.fail = new RoomApiError('unreachable')
    await open(AuditLog)
    expect(wrapper.get('[role="alert"]').text()).toContain('did not answer')
    await wrapper.get('[role="alert"] button').trigger('click')
    await flushPromises()
    expect(wrapper.text()).toContain('Nothing has been done yet')
  })
})

describe('the word list', () => {
  const words = (count: number): Word[] => Array.from({ length: count }, (_, at) => ({ word: `word ${at}`, action: 'mask' }))

  it('with 10,000 words makes only the rows that are seen', async () => {
    crew.list = words(10_000)
    await open(WordListEditor)
    expect(wrapper.get('[data-testid="word-count"]').text()).toContain('10,000')
    expect(wrapper.findAll('[data-word]').length).toBeLessThan(100)
    await wrapper.get('[data-testid="search-words"]').setValue('word 9999')
    expect(wrapper.get('[data-testid="word-count"]').text()).toBe('1 found')
  })

  it('adds, imports by lines, and saves; what can never be found is shown', async () => {
    crew.list = words(2)
    await open(WordListEditor)
    await wrapper.get('[data-testid="lines"]').setValue(`darn\n\nword 1\n!!\n${'x'.repeat(65)}`)
    await wrapper.get('[data-testid="import"]').trigger('submit')
    expect(wrapper.text()).toContain('Added 2. Already there: 1. Not usable: 1.')
    await wrapper.get('[data-testid="save-words"]').trigger('click')
    await flushPromises()
    expect(crew.list.map(({ word, action }) => `${word}:${action}`)).toEqual(['darn:refuse', '!!:refuse', 'word 0:mask', 'word 1:refuse'])
    expect(wrapper.get('[data-testid="unusable"]').text()).toContain('!!')
  })

  it('loses nothing when it cannot be saved, also not by closing', async () => {
    crew.list = words(1)
    await open(WordListEditor)
    await wrapper.get('[data-testid="word"]').setValue('darn')
    await wrapper.get('[data-testid="add-word"]').trigger('submit')
    crew.fail = new RoomApiError('unreachable')
    await wrapper.get('[data-testid="save-words"]').trigger('click')
    await flushPromises()
    expect(wrapper.get('[role="alert"]').text()).toContain('Your list is kept here')
    wrapper.unmount()
    await open(WordListEditor)
    expect(useWords().draft.map(({ word }) => word)).toEqual(['darn', 'word 0'])
    expect(await useWords().save()).toBe(true)
    expect(crew.list).toHaveLength(2)
  })

  it('of a rehearsal is never saved over the real one', async () => {
    const words = useWords()
    await useDesk().open()
    await words.load()
    main.patch({ version: 2, changed: { rehearsal: { name: 'opening' } } })
    await flushPromises()
    crew.list = []
    await words.load()
    words.add(['only here'], 'refuse')
    main.patch({ version: 3, changed: { rehearsal: { name: 'off' } } })
    await flushPromises()
    expect([words.dirty, words.draft]).toEqual([false, []])
  })

  it('is full at 10,000', async () => {
    await open(WordListEditor)
    const result = useWords().add(
      words(10_001).map(({ word }) => word),
      'drop',
    )
    expect(result).toEqual({ added: 10_000, known: 0, bad: 0, full: true })
  })

  it('asks the server what would become of a text', async () => {
    await open(WordListEditor)
    await wrapper.get('[data-testid="try-text"]').setValue('darn it')
    await wrapper.get('[data-testid="try"]').trigger('submit')
    await flushPromises()
    expect(wrapper.get('[data-testid="verdict"]').text()).toContain('**** it')
    expect(wrapper.get('[data-testid="verdict"]').text()).toContain('Because of: darn')
  })
})

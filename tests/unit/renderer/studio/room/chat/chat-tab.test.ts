// @vitest-environment happy-dom
import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { nextTick } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useChat } from '../../../../../../renderer/room/chat-store'
import { useRoom } from '../../../../../../renderer/room/room-store'
import { useVisit } from '../../../../../../renderer/room/visit-store'
import { usePulse } from '../../../../../../renderer/room/pulse-store'
import ChatTab from '../../../../../../renderer/studio/room/chat/ChatTab.vue'
import { useStudioRoom } from '../../../../../../renderer/studio/stores/studio-room'
import { useSheets } from '../../../../../../renderer/studio/stores/sheets'
import { mounted } from '../../mounted'
import { snapshotWith } from '../../snapshot'
import { said } from './rows'

let wrapper: VueWrapper
const spoken: string[] = []
let refuse: unknown = null

beforeEach(async () => {
  spoken.length = 0
  refuse = null
  ;({ wrapper } = await mounted(ChatTab, snapshotWith()))
  useVisit().phase = 'inside'
  useVisit().chat = 'ready'
  useRoom().me = { userId: 'me', role: 'anchor', nick: 'Ada', level: 0 }
  const live = { say: (text: string) => Promise.resolve(refuse ?? (spoken.push(text), null)) }
  useStudioRoom().live = live as never
  await nextTick()
})
afterEach(() => {
  wrapper.unmount()
  vi.unstubAllGlobals()
})

async function hear(...texts: readonly string[]): Promise<void> {
  useChat().hear(...texts.map((text) => said({ text })))
  useChat().flush()
  await nextTick()
}
const rows = (): string[] => wrapper.findAll('[data-row]').map((row) => row.find('.text').text())
const chip = (): string => (wrapper.find('[data-testid="chat-chip"]').exists() ? wrapper.get('[data-testid="chat-chip"]').text() : '')

describe('the chat tab', () => {
  it('says that nobody spoke, then shows what is said as text', async () => {
    expect(wrapper.text()).toContain('No one has said anything yet')
    await hear('hello <b>anchor</b>')
    expect(rows()).toEqual(['hello <b>anchor</b>'])
    expect(wrapper.get('[data-row]').attributes('aria-label')).toBe('Level 1, new, Ann: hello <b>anchor</b>')
  })

  it('shows an address as text that asks before it leads away', async () => {
    await hear('look: https://example.com/a?b=1, or http://example.com')
    expect(rows()).toEqual(['look: https://example.com/a?b=1, or http://example.com'])
    expect(wrapper.findAll('[data-row] [role="link"]')).toHaveLength(1)
    await wrapper.get('[data-row] [role="link"]').trigger('click')
    expect(useSheets().current).toEqual({ name: 'link', url: 'https://example.com/a?b=1' })
  })

  it('draws the last rows alone', async () => {
    await hear(...Array.from({ length: 200 }, (_, at) => `m${at}`))
    expect(rows()).toHaveLength(30)
    expect(rows().at(-1)).toBe('m199')
  })

  it('stands still for a row in focus, counts what comes, and returns with Escape', async () => {
    await hear('one', 'two')
    await wrapper.get('[role="log"]').trigger('keydown', { key: 'k' })
    await nextTick()
    expect((document.activeElement as HTMLElement).textContent).toContain('two')
    await hear('three', 'four?')
    expect(rows()).toEqual(['one', 'two'])
    expect(chip()).toBe('↓ 2 new (1 question)')
    await wrapper.get('[role="log"]').trigger('keydown', { key: 'Escape' })
    expect(rows()).toEqual(['one', 'two', 'three', 'four?'])
    expect(chip()).toBe('')
  })

  it('hands on who is meant and the keys it does not know', async () => {
    await hear('one')
    await wrapper.get('[role="log"]').trigger('keydown', { key: 'k' })
    await nextTick()
    const row = wrapper.get('[data-row]')
    await row.trigger('keydown', { key: '2' })
    await row.trigger('keydown', { key: 'u' })
    expect(wrapper.emitted('key')?.[0]?.[1]).toMatchObject({ nick: 'Ann', text: 'one' })
    expect(wrapper.emitted('person')?.[0]?.[0]).toMatchObject({ nick: 'Ann', text: 'one' })
  })

  it('shows that something was taken back while it stood still', async () => {
    await hear('secret')
    await wrapper.get('[role="log"]').trigger('keydown', { key: 'k' })
    useChat().retract(useChat().ring[0]?.msgSeq ?? 0)
    await nextTick()
    expect(wrapper.get('[data-row]').text()).toContain('message taken back')
    expect(wrapper.get('[data-row]').text()).not.toContain('secret')
  })

  it('sends with Enter, never while a word is being composed, and keeps what was refused', async () => {
    const input = wrapper.get<HTMLTextAreaElement>('[data-testid="chat-input"]')
    await input.setValue('你好')
    await input.trigger('keydown', { key: 'Enter', isComposing: true })
    await input.trigger('keydown', { key: 'Enter', shiftKey: true })
    expect(spoken).toEqual([])
    await input.trigger('keydown', { key: 'Enter' })
    expect([spoken, input.element.value]).toEqual([['你好'], ''])
    refuse = { reason: 'word', seconds: 0, until: 0, message: '', remedy: '' }
    await input.setValue('bad')
    await input.trigger('keydown', { key: 'Enter' })
    await flushPromises()
    expect(input.element.value).toBe('bad')
    expect(wrapper.text()).toContain('A word in this message is not allowed here.')
  })

  it('says why nothing can be sent, and how much is too much', async () => {
    const input = wrapper.get<HTMLTextAreaElement>('[data-testid="chat-input"]')
    await input.setValue('字'.repeat(2_334))
    expect(wrapper.text()).toContain('Too long: 7,002 of 7,000 bytes.')
    expect(wrapper.get('button[type="submit"]').attributes('disabled')).toBeDefined()
    useVisit().chat = 'reconnecting'
    await input.setValue('short')
    expect(wrapper.text()).toContain('Chat is not connected. What you write is kept.')
  })

  it('never says 0 where losses are not known, and tells a quiet room from a dead one', async () => {
    expect(wrapper.get('[data-testid="chat-losses"]').text()).toBe('losses unknown')
    expect(wrapper.get('[data-testid="chat-heart"]').attributes('aria-label')).toBe('Nothing came from the chat yet.')
    usePulse().heard(0)
    await nextTick()
    expect(wrapper.get('[data-testid="chat-heart"]').attributes('aria-label')).toBe('The chat answers.')
  })
})

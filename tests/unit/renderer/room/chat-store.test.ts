import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CHAT_KEPT, useChat, type ChatRow } from '../../../../renderer/room/chat-store'
import { usePulse } from '../../../../renderer/room/pulse-store'

const row = (seq: number, userId = `g-${seq}`, id = `m${seq}`): ChatRow => ({
  ...{ kind: 'said', id, msgSeq: seq, userId, nick: userId, level: 0, role: 'viewer', text: `text ${seq}`, own: false, sending: false },
})

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  setActivePinia(createPinia())
})
afterEach(() => {
  useChat().clear()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('the ring', () => {
  it('numbers rows without gaps, and keeps the newest', () => {
    const chat = useChat()
    for (let seq = 1; seq <= CHAT_KEPT + 50; seq += 1) chat.hear(row(seq))
    vi.advanceTimersByTime(100)
    expect(chat.ring).toHaveLength(CHAT_KEPT)
    expect([chat.ring[0]?.no, chat.ring.at(-1)?.no]).toEqual([51, CHAT_KEPT + 50])
    expect(chat.arrived).toBe(CHAT_KEPT + 50)
  })

  it('takes its time while nobody sees the page', () => {
    vi.stubGlobal('document', { hidden: true })
    const chat = useChat()
    chat.hear(row(1))
    vi.advanceTimersByTime(249)
    expect(chat.ring).toHaveLength(0)
    vi.advanceTimersByTime(1)
    expect(chat.ring).toHaveLength(1)
  })

  it('marks the first message of a person, history and own ones not', () => {
    const chat = useChat()
    chat.hear(row(1, 'g-old', 'history-1'), row(2, 'g-new'), row(3, 'g-new'), row(4, 'g-old'), { ...row(5, 'me'), own: true } as ChatRow)
    chat.flush()
    expect(chat.ring.map((one) => one.kind === 'said' && one.first === true)).toEqual([false, true, false, false, false])
  })

  it('keeps what was taken back as a place without its text, for the crew alone', () => {
    const chat = useChat()
    chat.hear(row(1), row(2))
    chat.flush()
    const [held] = chat.ring
    chat.retract(1)
    expect(chat.rows.map(({ msgSeq }) => msgSeq)).toEqual([2])
    expect(chat.ring[0]).toMatchObject({ no: 1, msgSeq: 1, text: '', takenBack: true })
    expect(held !== undefined && chat.current(held)).toMatchObject({ text: '', takenBack: true })
  })

  it('tells who holds a row that fell out that it was taken back', () => {
    const chat = useChat()
    chat.hear(row(1))
    chat.flush()
    const [held] = chat.ring
    for (let seq = 2; seq <= CHAT_KEPT + 1; seq += 1) chat.hear(row(seq))
    chat.flush()
    chat.retract(1)
    expect(held !== undefined && chat.current(held)).toMatchObject({ text: '', takenBack: true })
  })

  it('lets the echo of an own message give way, whichever came first', () => {
    const chat = useChat()
    const own: ChatRow = { ...row(0, 'me', 'own-1'), own: true, sending: true } as ChatRow
    chat.put(own)
    chat.hear(row(7, 'me', 'echo'))
    chat.sent('own-1', 7)
    chat.hear(row(7, 'me', 'late'))
    chat.flush()
    expect(chat.ring.map(({ id, msgSeq }) => [id, msgSeq])).toEqual([['own-1', 7]])
  })

  it('holds nothing of a message that was refused', () => {
    const chat = useChat()
    chat.put({ ...row(0, 'me', 'own-1'), own: true, sending: true } as ChatRow)
    const [held] = chat.ring
    chat.drop('own-1')
    expect(chat.ring).toHaveLength(0)
    expect(held !== undefined && chat.current(held)).toMatchObject({ text: '' })
  })
})

describe('the pulse', () => {
  it('tells quiet from never heard, and counts messages, not answers', () => {
    const pulse = usePulse()
    expect(pulse.quietMs(1_000)).toBeNull()
    pulse.heard(30, 1_000)
    pulse.heard(0, 2_000)
    expect([pulse.quietMs(2_500), pulse.perSecond(2_500)]).toEqual([500, 10])
    expect(pulse.perSecond(9_000)).toBe(0)
    pulse.clear()
    expect(pulse.quietMs(9_000)).toBeNull()
  })
})

import { describe, expect, it } from 'vitest'
import { readSdkMessage } from '../../../../renderer/room/room-messages'
import { refusalOf, refusalTexts } from '../../../../renderer/room/refusal'
import { messages } from '../../../../renderer/web/watch/texts'

const ADMIN = 'administrator'
const base = { ID: 'x-1', to: 'program', from: 'g-1', sequence: 4 }

describe('messages of the SDK', () => {
  it('are read with the tag of the backend', () => {
    const tag = JSON.stringify({ live: { v: 1, level: 12, role: 'producer', nick: 'Ann', avatar: '' } })
    const message = { ...base, type: 'TIMTextElem', cloudCustomData: tag, nick: 'forged', payload: { text: '<b>hi</b>' } }
    expect(readSdkMessage(message, 'program', ADMIN)).toEqual({
      kind: 'said',
      said: { id: 'x-1', msgSeq: 4, userId: 'g-1', nick: 'Ann', level: 12, role: 'producer', text: '<b>hi</b>' },
    })
    expect(readSdkMessage({ ...message, cloudCustomData: '{{' }, 'program', ADMIN)).toMatchObject({ said: { nick: 'forged', level: 0, role: 'viewer' } })
  })

  it.each([
    ['another room', { ...base, to: 'other', type: 'TIMTextElem', payload: { text: 'a' } }],
    ['a kind of a newer server', { ...base, type: 'TIMCustomElem', payload: { data: '{"v":1,"kind":"hologram"}' } }],
    ['no JSON', { ...base, type: 'TIMCustomElem', payload: { data: '<script>' } }],
    ['nothing', { ...base, type: 'TIMCustomElem', payload: {} }],
    ['a picture', { ...base, type: 'TIMImageElem', payload: {} }],
    ['a tip', { ...base, type: 'TIMGroupTipElem', payload: { operationType: 1 } }],
  ])('are ignored: %s', (_name, message) => {
    expect(readSdkMessage(message, 'program', ADMIN)).toBeNull()
  })

  it('of the house are those of its own account: everybody may like, and nothing else', () => {
    const says = (from: string, kind: object): unknown =>
      readSdkMessage({ ...base, from, type: 'TIMCustomElem', payload: { data: JSON.stringify({ v: 1, ...kind }) } }, 'program', ADMIN)
    const mute = { kind: 'mute-all', on: true }
    expect(says(ADMIN, mute)).toMatchObject({ kind: 'room', message: mute })
    for (const from of ['g-1', 'anchor', '', 'Administrator', '@TIM#SYSTEM']) expect(says(from, mute), from).toBeNull()
    expect(says('g-1', { kind: 'broadcast', text: 'Send me your coins' })).toBeNull()
    expect(says('g-1', { kind: 'remove', userIds: ['g-2'], reason: '' })).toBeNull()
    expect(says('g-1', { kind: 'like', count: 3 })).toMatchObject({ kind: 'room', message: { kind: 'like', count: 3 } })
  })

  it.each([4, 21])('say that one is out (%i)', (operationType) => {
    expect(readSdkMessage({ ...base, type: 'TIMGroupSystemNoticeElem', payload: { operationType } }, 'program', ADMIN)).toEqual({ kind: 'out' })
  })
})

describe('refusals', () => {
  it.each([
    [10_017, '', 'muted'],
    [10_101, '{"reason":"blocked"}', 'blocked'],
    [10_104, '', 'word'],
    [10_016, '', 'refused'],
    [2_801, '', 'offline'],
    [99_999, '', 'unknown'],
  ])('%i is said as %s %s', (code, message, reason) => {
    expect(refusalOf({ code, message }).reason).toBe(reason)
  })

  it('read the house’s detail out of the text', () => {
    expect(refusalOf({ code: 10_102, message: 'x {"reason":"muted","until":99} y' })).toMatchObject({ reason: 'muted', until: 99 })
    expect(refusalOf({ code: 10_103, message: '{broken' })).toMatchObject({ reason: 'slow-mode', seconds: 0 })
    expect(refusalOf('nonsense').reason).toBe('unknown')
  })

  it('have a sentence in both languages, as everything of the page has', () => {
    expect(Object.keys(refusalTexts.en)).toEqual(Object.keys(refusalTexts['zh-CN']))
    const keys = (value: object): string[] => Object.entries(value).flatMap(([key, inner]) => (typeof inner === 'string' ? [key] : keys(inner as object)))
    expect(keys(messages.en)).toEqual(keys(messages['zh-CN']))
  })
})

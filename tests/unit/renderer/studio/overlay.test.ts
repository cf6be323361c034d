// @vitest-environment happy-dom
import type { VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { DEFAULT_OVERLAY, type OverlayBanner, type OverlayComment, type OverlayPin, type OverlaySettings } from '../../../../electron/shared/overlay'
import type { RoomMessage } from '../../../../electron/shared/room-message'
import { defaultSettings } from '../../../../electron/shared/settings'
import { useChat, type ChatRow } from '../../../../renderer/room/chat-store'
import { useGifts } from '../../../../renderer/room/gift-store'
import type { LaneCard } from '../../../../renderer/studio/room/gifts/lane'
import { useGiftLane } from '../../../../renderer/studio/room/gifts/lane-store'
import { useOverlay } from '../../../../renderer/studio/room/overlay/overlay-store'
import OverlayBar from '../../../../renderer/studio/room/overlay/OverlayBar.vue'
import OverlayControls from '../../../../renderer/studio/room/overlay/OverlayControls.vue'
import { useDesk } from '../../../../renderer/studio/stores/desk'
import { useStudioRoom } from '../../../../renderer/studio/stores/studio-room'
import { snapshotWith as roomWith } from '../room/fake-room'
import { byName, fakeMain, mounted, type FakeMain } from './mounted'
import { snapshotWith } from './snapshot'

const PIN: OverlayPin = { userId: 'u-bo', msgSeq: 7, name: 'Bo', text: 'hello' }
const snapshot = (overlay: Partial<OverlaySettings>, pinned: OverlayPin | null = null): ReturnType<typeof snapshotWith> =>
  snapshotWith({ settings: { ...defaultSettings(), overlay: { ...DEFAULT_OVERLAY, ...overlay } }, overlay: { pinned } })
const ROCKETS: LaneCard = {
  key: 'g-ann rocket',
  userId: 'g-ann',
  nick: 'Ann',
  gift: { giftId: 'rocket', name: { en: 'Rocket', 'zh-CN': '火箭' }, coins: 520, emoji: '🚀', effect: 'large' },
  count: 3,
  before: 0,
  series: 's',
  tier: 4,
  leftMs: 3_000,
}
const row = (id: string, change: Partial<Extract<ChatRow, { kind: 'said' }>> = {}): ChatRow => ({
  kind: 'said',
  id,
  msgSeq: 0,
  userId: 'u-bo',
  nick: 'Bo',
  level: 1,
  role: 'viewer',
  text: `word ${id}`,
  own: false,
  sending: false,
  ...change,
})

afterEach(() => vi.unstubAllGlobals())

describe('what is said', () => {
  let main: FakeMain
  let tell: (message: RoomMessage) => void
  let show: (card: LaneCard) => void
  let chat: ReturnType<typeof useChat>
  let overlay: ReturnType<typeof useOverlay>

  async function open(settings: Partial<OverlaySettings>, pinned: OverlayPin | null = null): Promise<void> {
    main = fakeMain(snapshot(settings, pinned))
    setActivePinia(createPinia())
    await useDesk().open()
    chat = useChat()
    useGifts().load(roomWith(), false)
    vi.spyOn(useStudioRoom(), 'listen').mockImplementation((listener) => {
      tell = listener
      return () => undefined
    })
    vi.spyOn(useGiftLane(), 'onShown').mockImplementation((listener) => {
      show = listener
      return () => undefined
    })
    overlay = useOverlay()
  }
  async function hear(...rows: ChatRow[]): Promise<void> {
    chat.hear(...rows)
    chat.flush()
    await nextTick()
  }
  const asked = <T>(verb: string): T[] => main.calls.filter((call) => call.verb === verb).map(({ args }) => args as T)
  const said = (): string[] => asked<{ comments: OverlayComment[] }>('overlay.say').flatMap(({ comments }) => comments.map(({ text }) => text))
  const taken = (): string[] => asked<{ ids: string[] }>('overlay.take').flatMap(({ ids }) => ids)

  it('goes out in program mode alone, and never what was masked, leads away, is not taken yet, or was said before', async () => {
    await open({})
    await hear(row('1'))
    expect(said()).toEqual([])

    await open({ comments: 'program' })
    await hear(
      row('history-2'),
      row('3', { text: 'a *** word', masked: true }),
      row('4', { text: 'see http://x.example' }),
      row('5', { sending: true }),
      row('6', { text: '\u202E\n' }),
      row('7', { nick: 'N'.repeat(99), text: ` two\nlines ${'x'.repeat(300)}` }),
    )
    const [first] = asked<{ comments: OverlayComment[] }>('overlay.say')
    expect(first?.comments).toEqual([{ id: '7', name: 'N'.repeat(60), text: `two lines ${'x'.repeat(190)}` }])
    await hear(...Array.from({ length: 30 }, (_, at) => row(`r${at}`)))
    expect(said().slice(1)).toEqual(Array.from({ length: 10 }, (_, at) => `word r${20 + at}`))
  })

  it('one’s own words go out once, when they were taken', async () => {
    await open({ comments: 'program' })
    chat.put(row('own-1', { own: true, sending: true }))
    await hear(row('echo', { own: true, msgSeq: 9, text: 'word own-1' }))
    chat.sent('own-1', 9)
    await nextTick()
    expect(said()).toEqual(['word own-1'])
    expect(taken()).toEqual([])
  })

  it('leaves at once when it is taken back, or its writer is muted or removed', async () => {
    await open({ comments: 'program' })
    await hear(
      row('1', { msgSeq: 1 }),
      row('2', { msgSeq: 2, userId: 'u-li' }),
      row('3', { msgSeq: 3, userId: 'u-li' }),
      row('4', { userId: 'u-al' }),
      row('5', { userId: 'u-al' }),
    )
    tell({ v: 1, kind: 'retract', msgSeq: 1, by: 'crew' })
    tell({ v: 1, kind: 'retract', msgSeq: 0, by: 'crew' })
    expect(taken()).toEqual(['1'])
    tell({ v: 1, kind: 'mute', userId: 'u-li', scope: 'show', until: 0, reason: '' })
    expect(taken()).toEqual(['1', '2', '3'])
    tell({ v: 1, kind: 'remove', userIds: ['u-al'], reason: '' })
    expect(taken()).toEqual(['1', '2', '3', '4', '5'])
    await hear(row('6'))
    chat.drop('6')
    await nextTick()
    expect(taken().at(-1)).toBe('6')
  })

  it('is drawn here, and nowhere else, in preview mode', async () => {
    await open({ comments: 'preview' })
    const seen: string[] = []
    overlay.screen = {
      say: (comments) => seen.push(...comments.map(({ text }) => text)),
      take: (ids) => seen.push(`- ${ids.join(' ')}`),
      banner: ({ text }: OverlayBanner) => seen.push(text),
    }
    await hear(row('1', { msgSeq: 1 }))
    tell({ v: 1, kind: 'retract', msgSeq: 1, by: 'review' })
    show({ ...ROCKETS, count: 2 })
    expect(seen).toEqual(['word 1', '- 1', 'sent 🚀 Rocket ×2'])
    expect([...said(), ...asked('overlay.banner')]).toEqual([])
  })

  it('gifts of the highest tier get a banner', async () => {
    await open({})
    show({ ...ROCKETS, count: 1, tier: 3 })
    show(ROCKETS)
    expect(asked('overlay.banner')).toEqual([{ banner: { id: 'g-ann rocket', name: 'Ann', text: 'sent 🚀 Rocket ×3' } }])
  })

  it('a pin goes when its message or its writer does, and only then', async () => {
    await open({}, PIN)
    tell({ v: 1, kind: 'retract', msgSeq: 8, by: 'crew' })
    tell({ v: 1, kind: 'mute', userId: 'u-li', scope: 'show', until: 0, reason: '' })
    expect(asked('overlay.pin')).toEqual([])
    tell({ v: 1, kind: 'retract', msgSeq: 7, by: 'crew' })
    expect(asked('overlay.pin')).toEqual([{ pinned: null }])
    overlay.pinRow(row('9', { msgSeq: 9, text: '', takenBack: true }))
    expect(asked('overlay.pin')).toHaveLength(1)
    overlay.pinRow(row('9', { msgSeq: 9 }))
    expect(asked('overlay.pin').at(-1)).toEqual({ pinned: { userId: 'u-bo', msgSeq: 9, name: 'Bo', text: 'word 9' } })
    overlay.pin({ nick: 'Li', text: 'one\ntwo' })
    expect(asked('overlay.pin').at(-1)).toEqual({ pinned: { userId: '', msgSeq: 0, name: 'Li', text: 'one two' } })
  })
})

describe('the controls', () => {
  let wrapper: VueWrapper
  let main: FakeMain
  afterEach(() => wrapper.unmount())
  beforeEach(() => {
    HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
      this.open = true
    }
  })

  it('say who sees it, and change one thing at a time', async () => {
    ;({ wrapper, main } = await mounted(OverlayControls, snapshot({ comments: 'program' })))
    expect((byName('input', 'Program') as HTMLInputElement).checked).toBe(true)
    expect(wrapper.get('[role="status"]').text()).toContain('Viewers see comments')
    byName('input', 'Preview only').dispatchEvent(new Event('change'))
    const speed = byName('select', /^Speed/) as HTMLSelectElement
    speed.value = 'fast'
    speed.dispatchEvent(new Event('change'))
    expect(main.calls.filter(({ verb }) => verb === 'overlay.set').map(({ args }) => args)).toEqual([
      { ...DEFAULT_OVERLAY, comments: 'preview' },
      { ...DEFAULT_OVERLAY, comments: 'program', speed: 'fast' },
    ])
  })

  it('put one’s own words on the picture', async () => {
    ;({ wrapper, main } = await mounted(OverlayControls, snapshot({}, PIN)))
    await wrapper.get('[data-testid="pin-words"]').setValue('Back at nine')
    await wrapper.get('form').trigger('submit')
    expect(main.calls.at(-1)).toEqual({ verb: 'overlay.pin', args: { pinned: { userId: '', msgSeq: 0, name: '', text: 'Back at nine' } } })
    byName('button', 'Unpin').click()
    expect(main.calls.at(-1)).toEqual({ verb: 'overlay.pin', args: { pinned: null } })
  })

  it('the mark tells the mode in words, the chip what is pinned; one press unpins', async () => {
    ;({ wrapper, main } = await mounted(OverlayBar, snapshot({ comments: 'program' }, PIN)))
    expect(wrapper.get('[data-testid="overlay"]').text()).toBe('Comments: on the program')
    expect(wrapper.get('[data-testid="pinned"]').text()).toBe('Pinned: Bo: hello')
    byName('button', 'Unpin').click()
    expect(main.calls.at(-1)).toEqual({ verb: 'overlay.pin', args: { pinned: null } })
  })
})

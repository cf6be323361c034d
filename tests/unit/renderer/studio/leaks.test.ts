// @vitest-environment happy-dom
import { flushPromises } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createApp, type Component } from 'vue'
import { NO_CO_ANCHORS } from '../../../../electron/shared/co-anchor-line'
import App from '../../../../renderer/studio/App.vue'
import GoLiveSheet from '../../../../renderer/studio/components/GoLiveSheet.vue'
import NoticeToasts from '../../../../renderer/studio/components/NoticeToasts.vue'
import StreamTab from '../../../../renderer/studio/components/StreamTab.vue'
import SessionBanner from '../../../../renderer/studio/components/SessionBanner.vue'
import SourceRail from '../../../../renderer/studio/components/SourceRail.vue'
import StageView from '../../../../renderer/studio/components/StageView.vue'
import StatusBar from '../../../../renderer/studio/components/StatusBar.vue'
import CoAnchorStrip from '../../../../renderer/studio/room/co-anchors/CoAnchorStrip.vue'
import TalkbackBanner from '../../../../renderer/studio/room/co-anchors/TalkbackBanner.vue'
import DrawSheet from '../../../../renderer/studio/room/people/DrawSheet.vue'
import PeopleTab from '../../../../renderer/studio/room/people/PeopleTab.vue'
import ChatTab from '../../../../renderer/studio/room/chat/ChatTab.vue'
import { i18n } from '../../../../renderer/studio/i18n'
import { useDesk } from '../../../../renderer/studio/stores/desk'
import { fakeMain } from './mounted'
import { KEYLESS, LOCAL, SAMPLE, snapshotWith } from './snapshot'

const TIMES = 50
const SNAPSHOT = snapshotWith({
  session: { name: 'live', liveSinceMs: 0 },
  destinations: [LOCAL, KEYLESS],
  healthHistory: [SAMPLE],
  coAnchors: {
    ...NO_CO_ANCHORS,
    table: {
      rev: 1,
      layout: 'grid',
      entries: [0, 1].map((seat) => ({ userId: `u${seat}`, nick: 'Bo', avatar: '', level: 1, seat, ready: true, muted: false, volume: 1, spotlight: false })),
    },
  },
  notices: [{ id: 1, atMs: 0, error: { code: 'disk.full', context: { path: '/' } }, count: 1 }],
})

// The first app of all starts a timer that looks for Vue's developer tools.
createApp({ render: () => null })

/** Listeners that are on window and document now. */
function countListeners(): () => number {
  const held = new Map<EventTarget, Map<string, Set<unknown>>>([
    [window, new Map()],
    [document, new Map()],
  ])
  for (const [target, byType] of held) {
    const add = target.addEventListener.bind(target)
    const remove = target.removeEventListener.bind(target)
    vi.spyOn(target, 'addEventListener').mockImplementation((type: string, listener: EventListenerOrEventListenerObject | null, options) => {
      byType.set(type, (byType.get(type) ?? new Set()).add(listener))
      add(type, listener, options)
    })
    vi.spyOn(target, 'removeEventListener').mockImplementation((type: string, listener: EventListenerOrEventListenerObject | null, options) => {
      byType.get(type)?.delete(listener)
      remove(type, listener, options)
    })
  }
  return () => [...held.values()].flatMap((byType) => [...byType.values()]).reduce((sum, listeners) => sum + listeners.size, 0)
}

/** The picture needs a browser's media. */
vi.mock('../../../../renderer/studio/picture-track', () => ({
  PictureTrack: class {
    show(): void {
      throw new Error('nothing is shown here')
    }
    close(): void {
      return undefined
    }
  },
}))

describe('mounted and unmounted 50 times', () => {
  let frames: Map<number, FrameRequestCallback>
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] })
    frames = new Map()
    let last = 0
    vi.stubGlobal('requestAnimationFrame', (callback: FrameRequestCallback) => {
      frames.set(++last, callback)
      return last
    })
    vi.stubGlobal('cancelAnimationFrame', (id: number) => frames.delete(id))
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
    vi.unstubAllGlobals()
  })

  it.each<[string, Component, Record<string, unknown>]>([
    ['the whole studio', App, {}],
    ['the status bar', StatusBar, { snapshot: SNAPSHOT }],
    ['the source rail', SourceRail, { snapshot: SNAPSHOT, selected: null }],
    ['the stage', StageView, { snapshot: SNAPSHOT, selected: null }],
    ['the stream tab', StreamTab, { snapshot: SNAPSHOT }],
    ['the chat tab', ChatTab, {}],
    ['the banner', SessionBanner, { snapshot: SNAPSHOT }],
    ['the toasts', NoticeToasts, {}],
    ['the people', PeopleTab, {}],
    ['the draw', DrawSheet, {}],
    ['the co-anchors', CoAnchorStrip, { snapshot: SNAPSHOT }],
    ['the talkback', TalkbackBanner, {}],
    ['the go-live sheet', GoLiveSheet, { snapshot: SNAPSHOT }],
  ])(
    '%s leaves no listener, timer or frame behind',
    async (_name, component, props) => {
      const main = fakeMain(SNAPSHOT)
      const pinia = createPinia()
      setActivePinia(pinia)
      if (component !== App) await useDesk().open()
      const held = main.listeners()
      const listeners = countListeners()
      for (let count = 0; count < TIMES; count++) {
        const host = document.body.appendChild(document.createElement('div'))
        const app = createApp(component, props).use(pinia).use(i18n)
        app.mount(host)
        await flushPromises()
        app.unmount()
        host.remove()
      }
      // A frame that was asked for once comes once; what asks again is a loop that goes on.
      const asked = [...frames.values()]
      frames.clear()
      for (const frame of asked) frame(0)
      await flushPromises()
      expect({ timers: vi.getTimerCount(), frames: frames.size, listeners: listeners(), patches: main.listeners() }).toEqual({
        timers: 0,
        frames: 0,
        listeners: 0,
        patches: held,
      })
    },
    90_000,
  )
})

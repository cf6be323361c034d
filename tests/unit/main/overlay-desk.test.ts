import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { OverlayDesk } from '../../../electron/main/overlay-desk'
import type { OverlayComment, OverlayPin, OverlaySettings } from '../../../electron/shared/overlay'
import { defaultSettings, type Settings } from '../../../electron/shared/settings'
import type { StageCommand } from '../../../electron/shared/stage'

const PIN: OverlayPin = { userId: 'u', msgSeq: 7, name: 'Bo', text: 'hello' }
const comments = (from: number, count: number): OverlayComment[] =>
  Array.from({ length: count }, (_, at) => ({ id: String(from + at), name: 'Bo', text: 'hi' }))

let said: StageCommand[]
let shown: (OverlayPin | null)[]
let settings: Settings
let desk: OverlayDesk
const set = (change: Partial<OverlaySettings>): void => desk.set({ ...settings.overlay, ...change })
const ids = (): string[][] => said.flatMap((command) => (command.type === 'overlay-say' ? [command.comments.map(({ id }) => id)] : []))
const pins = (): (OverlayPin | null)[] => said.flatMap((command) => (command.type === 'set-overlay' ? [command.overlay.pinned] : []))

beforeEach(() => {
  vi.useFakeTimers()
  said = []
  shown = []
  settings = defaultSettings()
  desk = new OverlayDesk({
    settings: {
      get current() {
        return settings
      },
      update: (change) => (settings = { ...settings, ...change }),
    },
    store: { set: (change) => void (change.overlay !== undefined && shown.push(change.overlay.pinned)) },
    commandStage: (command) => void said.push(command),
    onSettings: () => undefined,
  })
})
afterEach(() => {
  desk.close()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

describe('the overlay', () => {
  it('lets nothing out that is for the anchor alone', () => {
    desk.say(comments(0, 3))
    set({ comments: 'preview' })
    desk.say(comments(0, 3))
    desk.pin(PIN)
    desk.banner({ id: 'g', name: 'Bo', text: 'a castle' })
    expect(ids()).toEqual([])
    expect(pins()).toEqual([null, null])
    expect(said.some(({ type }) => type === 'overlay-banner')).toBe(false)
    // The studio shows the pin all the same.
    expect(shown).toEqual([PIN])
    set({ comments: 'program' })
    expect(pins().at(-1)).toEqual(PIN)
  })

  it('ten in any second; of what is too much the newest', () => {
    set({ comments: 'program' })
    desk.say(comments(0, 4))
    desk.say(comments(4, 10))
    expect(ids().flat()).toEqual(['0', '1', '2', '3', '8', '9', '10', '11', '12', '13'])
    for (let at = 0; at < 9; at++) {
      vi.advanceTimersByTime(100)
      desk.say(comments(100 + 10 * at, 10))
    }
    expect(ids().flat()).toHaveLength(10)
    vi.advanceTimersByTime(100)
    expect(ids().at(-1)).toEqual(Array.from({ length: 10 }, (_, at) => String(180 + at)))
  })

  it('says no more of what waited once it is switched off, or taken back', () => {
    set({ comments: 'program' })
    desk.say(comments(0, 10))
    desk.say(comments(10, 2))
    desk.take(['10'])
    expect(said.at(-1)).toEqual({ type: 'overlay-take', ids: ['10'] })
    vi.advanceTimersByTime(1_000)
    expect(ids().at(-1)).toEqual(['11'])
    desk.say(comments(20, 10))
    desk.say(comments(30, 2))
    set({ comments: 'off' })
    vi.advanceTimersByTime(5_000)
    expect(ids().flat()).not.toContain('31')
  })

  it('tells a stage that came up again everything', () => {
    set({ comments: 'program', size: 'large' })
    desk.pin(PIN)
    said = []
    desk.tellStage()
    expect(said).toEqual([{ type: 'set-overlay', overlay: { ...settings.overlay, comments: 'program', size: 'large', pinned: PIN, pk: null } }])
  })

  it('keeps gift banners in when they are not wanted', () => {
    const banner = { id: 'g', name: 'Bo', text: 'a castle' }
    desk.banner(banner)
    set({ gifts: false })
    desk.banner(banner)
    expect(said.filter(({ type }) => type === 'overlay-banner')).toEqual([{ type: 'overlay-banner', banner }])
  })
})

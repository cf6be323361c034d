import { describe, expect, it, vi } from 'vitest'
import { CheckDesk, type CheckDeskOptions } from '../../../electron/main/check-desk'
import { IngestAddress } from '../../../electron/main/ingest-address'
import { consoleLine, PageWindow } from '../../../electron/main/page-window'
import { createVerbs, type VerbParts } from '../../../electron/main/verbs'
import type { CommandLine } from '../../../electron/shared/cli'
import type { CheckResult } from '../../../electron/shared/checks'
import type { Destination } from '../../../electron/shared/destination'
import type { SessionEvent } from '../../../electron/shared/session'
import { defaultSettings, settingsSchema, type Settings } from '../../../electron/shared/settings'

type Listener = (...args: readonly unknown[]) => void
const { windows } = vi.hoisted(() => ({ windows: [] as { emit(name: string, ...args: readonly unknown[]): void; crashes: number; loads: number }[] }))
vi.mock('electron', () => {
  class BrowserWindow {
    crashes = 0
    loads = 0
    readonly #listeners = new Map<string, Listener[]>()
    readonly webContents = {
      on: (name: string, listener: Listener) => this.on(name, listener),
      forcefullyCrashRenderer: () => (this.crashes += 1),
    }
    constructor() {
      windows.push(this)
    }
    on(name: string, listener: Listener): void {
      this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener])
    }
    emit(name: string, ...args: readonly unknown[]): void {
      for (const listener of this.#listeners.get(name) ?? []) listener(...args)
    }
    loadURL(): Promise<void> {
      this.loads += 1
      return Promise.resolve()
    }
    destroy(): void {
      this.emit('closed')
    }
  }
  return { BrowserWindow, protocol: {}, powerMonitor: { isOnBatteryPower: () => false }, MessageChannelMain: class {}, clipboard: {}, dialog: {}, shell: {} }
})

describe('a page that hangs', () => {
  it('is ended each time, and not when it died or answered meanwhile', () => {
    vi.useFakeTimers()
    const page = new PageWindow({ name: 'stage', url: 'app://stage/', window: {}, onMade: () => undefined, onDied: () => undefined, log: () => undefined })
    const window = windows.at(-1)
    if (window === undefined) throw new Error('no window was made')
    for (const times of [1, 2, 3]) {
      window.emit('unresponsive')
      window.emit('unresponsive')
      vi.advanceTimersByTime(5_000)
      expect(window.crashes).toBe(times)
      window.emit('render-process-gone', {}, { reason: 'crashed' })
      expect(window.loads).toBe(times + 1)
    }
    window.emit('unresponsive')
    window.emit('responsive')
    window.emit('unresponsive')
    window.emit('render-process-gone', {}, { reason: 'crashed' })
    vi.advanceTimersByTime(60_000)
    expect(window.crashes).toBe(3)
    window.emit('unresponsive')
    page.close()
    vi.advanceTimersByTime(60_000)
    expect(window.crashes).toBe(3)
    vi.useRealTimers()
  })

  it('tells its warnings in both forms that Electron has for them', () => {
    expect(consoleLine([{}, 3, 'an error', 1, 'x.js'])).toBe('an error')
    expect(consoleLine([{}, 1, 'chatter', 1, 'x.js'])).toBeNull()
    expect(consoleLine([{ level: 'warning', message: 'a warning' }])).toBe('a warning')
    expect(consoleLine([{ level: 'info', message: 'chatter' }])).toBeNull()
    expect(consoleLine([{ level: 'error', message: 5 }])).toBeNull()
  })
})

describe('where the room listens', () => {
  const line = (ports: Partial<CommandLine>): CommandLine => ({ httpPort: null, rtmpPort: null, ...ports }) as CommandLine
  const open = (ports: Partial<CommandLine> = {}): IngestAddress =>
    new IngestAddress({
      commandLine: line(ports),
      secrets: { get: () => 'a key of the ingest', set: () => undefined } as never,
      built: '/app',
      dataDir: '/data',
    })
  const ports = (address: IngestAddress): readonly [number, number] => {
    const { httpPort, rtmpPort } = address.command(false, '')
    return [httpPort, rtmpPort]
  }
  const busy = (use: string, port = 1): { code: 'room-server.port-busy'; context: { port: number; use: string } } => ({
    code: 'room-server.port-busy',
    context: { port, use },
  })

  it('moves from a port that is taken, unless that one was asked for by name', () => {
    const address = open({ httpPort: 9_000 })
    expect(ports(address)).toEqual([9_000, 19_350])
    expect(address.yieldsTo(busy('RTMP', 19_350))).toBe(true)
    expect(ports(address)).toEqual([9_000, 0])
    expect(address.yieldsTo(busy('RTMP', 0)), 'not for ever').toBe(false)
    expect(address.yieldsTo(busy('HTTP', 9_000))).toBe(false)
    expect(address.yieldsTo({ code: 'room-server.failed', context: { reason: 'x' } })).toBe(false)
  })

  it('stays where it was after a restart', () => {
    const address = open()
    address.yieldsTo(busy('HTTP', 8_360))
    address.listening({
      wire: '',
      http: 'http://127.0.0.1:5001',
      watch: '',
      play: '',
      rtmp: 'rtmp://127.0.0.1:5002/live',
      ingest: '',
      shared: null,
      secureGuest: null,
    })
    expect(ports(address)).toEqual([5_001, 5_002])
  })
})

const stop: CheckResult = { id: 'pictures', verdict: 'stop', reason: 'no-frames', context: {}, fix: 'choose-other', overridable: false }

describe('the checks', () => {
  const open = (): { desk: CheckDesk; asked: string[]; done: () => number; checks: () => { finishedAtMs: number | null; results: readonly CheckResult[] } } => {
    let checks: ReturnType<CheckDeskOptions['store']['set']> | { running: boolean; finishedAtMs: number | null; results: readonly CheckResult[] } = {
      running: false,
      finishedAtMs: null,
      results: [],
    }
    const asked: string[] = []
    let done = 0
    const desk = new CheckDesk({
      store: {
        get current() {
          return { checks } as never
        },
        set: (change) => {
          checks = change.checks ?? checks
        },
      },
      dataDir: '.',
      destinations: { all: () => [], wanted: () => [] },
      testTrtc: () => null,
      profile: () => defaultSettings().profile,
      scene: () => ({ sources: [] }),
      commandStage: (command) => {
        if (command.type === 'run-checks') asked.push(command.requestId)
      },
      onDone: () => (done += 1),
    })
    return { desk, asked, done: () => done, checks: () => checks as never }
  }
  const measured = { pictures: [], microphones: [], encoder: { ok: true, hardware: false, fps: 30, error: null } }

  it('run one at a time, and look again when something was edited meanwhile', async () => {
    const { desk, asked, done } = open()
    const [first, second] = [desk.run(), desk.run()]
    expect(asked).toHaveLength(1)
    desk.forget()
    desk.stageAnswered(asked[0] ?? '', measured)
    await vi.waitUntil(() => asked.length === 2)
    desk.stageAnswered(asked[1] ?? '', measured)
    await Promise.all([first, second])
    expect(done()).toBe(1)
    void desk.run()
    expect(asked).toHaveLength(3)
    desk.stageAnswered(asked[2] ?? '', measured)
  })

  it('are forgotten when what they looked at is edited, or after ten minutes', async () => {
    const { desk, asked, checks } = open()
    const run = desk.run()
    desk.stageAnswered(asked[0] ?? '', measured)
    await run
    const { finishedAtMs } = checks()
    if (finishedAtMs === null) throw new Error('the checks did not finish')
    expect(desk.holding(finishedAtMs + 1)?.some((one) => one.verdict === 'stop')).toBe(true)
    expect(desk.holding(finishedAtMs + 10 * 60_000)).toBeNull()
    desk.forget()
    expect(desk.holding(finishedAtMs + 1)).toBeNull()
    expect(checks().results).toEqual([])
  })
})

describe('the verbs', () => {
  const rtmp = (id: string): Destination => ({ kind: 'rtmp', id, name: id, enabled: true, server: 'rtmp://host/app' })
  const open = (
    holding: readonly CheckResult[] | null = null,
  ): { verbs: ReturnType<typeof createVerbs>; settings: () => Settings; events: SessionEvent[]; secrets: [string, string | null][] } => {
    let settings = defaultSettings()
    const events: SessionEvent[] = []
    const secrets: [string, string | null][] = []
    const parts = {
      desk: {
        rehearsal: { isActive: false },
        destinations: { all: () => settings.destinations },
        destinationsChanged: () => undefined,
        checks: { holding: () => holding },
        show: { dispatch: (event: SessionEvent) => events.push(event) },
      },
      settings: {
        get current() {
          return settings
        },
        update: (change: Partial<Settings>) => (settings = { ...settings, ...change }),
      },
      secrets: { set: (id: string, secret: string | null) => secrets.push([id, secret]) },
    }
    return { verbs: createVerbs(parts as unknown as VerbParts), settings: () => settings, events, secrets }
  }

  it('save no more destinations than can be loaded again, and say so', () => {
    const { verbs, settings, secrets } = open()
    for (let number = 1; number < 16; number++) void verbs['destination.save']({ destination: rtmp(`d${number}`), secret: 'k' })
    expect(settings().destinations).toHaveLength(16)
    expect(() => verbs['destination.save']({ destination: rtmp('one more'), secret: 'k' })).toThrow(
      expect.objectContaining({ code: 'destination.limit', context: { limit: 16 } }),
    )
    expect(secrets).toHaveLength(15)
    void verbs['destination.save']({ destination: { ...rtmp('d1'), name: 'again' } })
    expect(settingsSchema.safeParse(settings()).success).toBe(true)
    expect(settings().destinations[1]?.name).toBe('again')
  })

  it('answer why going live is refused', () => {
    const { verbs, events } = open([stop])
    expect(() => verbs['session.goLive']({ anyway: true })).toThrow(expect.objectContaining({ code: 'session.checks-stop', context: { check: 'pictures' } }))
    expect(events).toEqual([])
    const { verbs: free, events: went } = open([{ ...stop, id: 'disk', overridable: true }])
    void free['session.goLive']({ anyway: true })
    expect(went).toEqual([{ type: 'go-live' }])
  })
})

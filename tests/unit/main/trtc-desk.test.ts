import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { DestinationStatus } from '../../../electron/shared/destination'
import { AnchorError } from '../../../electron/shared/errors'
import type { Snapshot } from '../../../electron/shared/snapshot'
import type { TrtcCommand, TrtcTicket } from '../../../electron/shared/trtc'
import { TrtcDesk } from '../../../electron/main/trtc-desk'

const TICKET: TrtcTicket = { sdkAppId: 1_400_000_001, userId: 'anchor', userSig: 'sig', roomId: 'program', privateMapKey: '', expiresAt: 2_000_000_000 }
const AIM = { id: 'room', relays: [{ id: 'cdn', url: 'rtmp://cdn/live/x', internal: false }] }

function openDesk(folder: string | null, tickets: (() => Promise<TrtcTicket>)[] = []) {
  const place = { folder }
  const commands: TrtcCommand[] = []
  const windows: string[] = []
  const statuses: DestinationStatus[][] = []
  let trtc: Snapshot['trtc'] = {
    sdk: 'unknown',
    version: null,
    error: null,
    engine: 'stage',
    failover: { troubleSinceMs: null, due: false, possible: false, done: false },
  }
  const desk = new TrtcDesk({
    store: {
      get current() {
        return { trtc } as Snapshot
      },
      set: (patch) => void (trtc = patch.trtc ?? trtc),
    },
    findSdk: () => place.folder,
    openWindow: () => windows.push('open'),
    closeWindow: () => windows.push('close'),
    command: (command) => commands.push(command),
    ticket: () => (tickets.shift() ?? (() => Promise.resolve(TICKET)))(),
    ticketOnce: () => (tickets.shift() ?? (() => Promise.resolve(TICKET)))(),
    releaseTicket: () => undefined,
    onSdk: () => undefined,
    onStatuses: (told) => statuses.push([...told]),
    onStopped: () => undefined,
  })
  const ready = (): void => desk.reported({ type: 'sdk', version: '13.3', error: null })
  return { desk, place, commands, windows, statuses, ready, view: () => trtc }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the TRTC library', () => {
  it('that is not there is said, no window is opened, and it is found when it was installed meanwhile', () => {
    const { desk, place, windows, view } = openDesk(null)
    desk.need(true)
    expect(view()).toMatchObject({ sdk: 'absent', error: { code: 'trtc.not-installed' } })
    expect(windows).toEqual([])
    place.folder = '/sdk'
    desk.lookAgain()
    expect(windows.at(-1)).toBe('open')
    expect(view()).toMatchObject({ sdk: 'starting', error: null })
  })

  it('is loaded when its page hears, and given up with the destination', () => {
    const { desk, commands, windows, ready, view } = openDesk('/sdk')
    desk.need(true)
    desk.up()
    expect(commands).toEqual([{ type: 'load-sdk', folder: '/sdk' }])
    ready()
    expect(view()).toMatchObject({ sdk: 'ready', version: '13.3' })
    desk.need(false)
    expect(windows.at(-1)).toBe('close')
    expect(view().sdk).toBe('unknown')
  })

  it('that does not start says why', () => {
    const { desk, windows, view } = openDesk('/sdk')
    desk.need(true)
    desk.reported({ type: 'sdk', version: null, error: { code: 'trtc.load-failed', context: { reason: 'DLL' } } })
    expect(view()).toMatchObject({ sdk: 'failed', error: { code: 'trtc.load-failed' } })
    windows.length = 0
    desk.lookAgain()
    expect(windows, 'its window is made anew').toEqual(['close', 'open'])
  })
})

describe('the room that the program goes to', () => {
  it('gets its ticket, and other relays without another one', async () => {
    const { desk, commands, statuses, ready } = openDesk('/sdk')
    desk.need(true)
    ready()
    desk.aim(AIM)
    expect(statuses).toMatchObject([[{ id: 'room', state: 'connecting' }]])
    await vi.advanceTimersByTimeAsync(0)
    desk.aim({ ...AIM, relays: [] })
    desk.aim(null)
    const targets = commands.filter((command) => command.type === 'set-target').map(({ target }) => target)
    expect(targets).toEqual([{ ...AIM, ticket: TICKET }, { id: 'room', relays: [], ticket: TICKET }, null])
  })

  it('is told again to a window that came up anew, with the seats and the room to connect with', async () => {
    const { desk, commands, ready } = openDesk('/sdk')
    desk.need(true)
    ready()
    desk.aim(AIM)
    await vi.advanceTimersByTimeAsync(0)
    const other = { roomId: 'west', userId: 'wes' }
    desk.connectRoom(other)
    desk.connectRoom({ ...other })
    expect(commands.filter(({ type }) => type === 'connect-room')).toEqual([{ type: 'connect-room', other }])
    desk.died({ code: 'trtc.crashed', context: {} })
    commands.length = 0
    desk.up()
    ready()
    desk.tellWindow()
    expect(commands.map(({ type }) => type)).toEqual(['load-sdk', 'set-seats', 'connect-room', 'set-target'])
    expect(commands.find(({ type }) => type === 'connect-room')).toEqual({ type: 'connect-room', other })
  })

  it('is known without its secrets as long as the show goes there', async () => {
    const { desk, ready } = openDesk('/sdk')
    desk.need(true)
    ready()
    expect(desk.room).toBeNull()
    desk.aim(AIM)
    expect(desk.room).toBeNull()
    await vi.advanceTimersByTimeAsync(0)
    expect(desk.room).toEqual({ sdkAppId: TICKET.sdkAppId, roomId: TICKET.roomId, userId: TICKET.userId })
    desk.aim(null)
    expect(desk.room).toBeNull()
  })

  it('is asked for again where the ticket failed for now, and not where a person has to act', async () => {
    const unreachable = (): Promise<TrtcTicket> => Promise.reject(new AnchorError('trtc.no-ticket', { context: { reason: 'x' } }))
    const passing = openDesk('/sdk', [unreachable, unreachable])
    passing.desk.need(true)
    passing.ready()
    passing.desk.aim(AIM)
    await vi.advanceTimersByTimeAsync(0)
    expect(passing.statuses.at(-1)).toMatchObject([{ state: 'reconnecting', error: { code: 'trtc.no-ticket' }, attempt: 1 }])
    await vi.advanceTimersByTimeAsync(3_000)
    expect(passing.commands.at(-1)).toMatchObject({ type: 'set-target', target: { id: 'room' } })
    const final = openDesk('/sdk', [() => Promise.reject(new AnchorError('trtc.no-cloud-room'))])
    final.desk.aim(AIM)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(final.statuses.at(-1)).toMatchObject([{ state: 'failed', error: { code: 'trtc.no-cloud-room' } }])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('gets a new ticket where the old one has ended, and one that comes by itself', async () => {
    const { desk, commands, ready } = openDesk('/sdk', [() => Promise.resolve(TICKET), () => Promise.resolve({ ...TICKET, userSig: 'second' })])
    desk.need(true)
    ready()
    desk.aim(AIM)
    await vi.advanceTimersByTimeAsync(0)
    const expired = { id: 'room', state: 'reconnecting', sinceMs: 0, attempt: 1, nextRetryAtMs: null, outageMs: null, stats: null } as const
    const status = { type: 'status', destinations: [{ ...expired, error: { code: 'trtc.signature-expired', context: { code: -70001 } } }] } as const
    desk.reported({ ...status, destinations: [...status.destinations], onAir: 'nothing', cpuPercent: null })
    await vi.advanceTimersByTimeAsync(1_100)
    expect(commands.at(-1)).toMatchObject({ target: { ticket: { userSig: 'second' } } })
    desk.renewed({ ...TICKET, userSig: 'third' })
    expect(commands.at(-1)).toMatchObject({ target: { ticket: { userSig: 'third' } } })
    desk.close()
  })

  it('is no concern of an answer that comes too late', async () => {
    let answer: (ticket: TrtcTicket) => void = () => undefined
    const { desk, commands, ready } = openDesk('/sdk', [() => new Promise((resolve) => (answer = resolve))])
    desk.need(true)
    ready()
    desk.aim(AIM)
    desk.aim(null)
    answer(TICKET)
    await vi.advanceTimersByTimeAsync(0)
    expect(commands.filter((command) => command.type === 'set-target')).toEqual([{ type: 'set-target', target: null }])
  })
})

describe('the speed test', () => {
  it('asks the window with a ticket and ends with what it says, what fails, or its deadline', async () => {
    const { desk, commands } = openDesk('/sdk', [
      () => Promise.resolve(TICKET),
      () => Promise.resolve(TICKET),
      () => Promise.reject(new AnchorError('trtc.no-cloud-room')),
    ])
    const measured = desk.testSpeed(9_000)
    await vi.advanceTimersByTimeAsync(0)
    const asked = commands.at(-1)
    expect(asked).toMatchObject({ type: 'test-speed', upKbps: 5_000, ticket: TICKET })
    const result = { ok: true, error: null, quality: 1, upLoss: 0, downLoss: 0, rttMs: 20, upKbps: 4_000, downKbps: 4_000 }
    desk.reported({ type: 'speed', requestId: asked?.type === 'test-speed' ? asked.requestId : '', result })
    expect(await measured).toEqual(result)
    const late = desk.testSpeed(2_000)
    await vi.advanceTimersByTimeAsync(8_000)
    expect(await late).toMatchObject({ ok: false, error: { code: 'trtc.timeout' } })
    expect(await desk.testSpeed(2_000)).toMatchObject({ ok: false, error: { code: 'trtc.no-cloud-room' } })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is none of a show: not begun in it, and over when it begins, whatever is said later', async () => {
    let give: (ticket: TrtcTicket) => void = () => undefined
    const { desk, commands, ready } = openDesk('/sdk', [() => new Promise((resolve) => (give = resolve))])
    desk.need(true)
    ready()
    const asked = (): number => commands.filter(({ type }) => type === 'test-speed').length
    const waits = desk.testSpeed(2_000)
    desk.aim(AIM)
    give(TICKET)
    expect(await waits).toMatchObject({ ok: false, error: { code: 'trtc.failed' } })
    expect(await desk.testSpeed(2_000)).toMatchObject({ ok: false })
    expect(asked(), 'the ticket came too late').toBe(0)
    desk.aim(null)

    const runs = desk.testSpeed(2_000)
    await vi.advanceTimersByTimeAsync(0)
    expect(asked()).toBe(1)
    const command = commands.at(-1)
    desk.aim(AIM)
    const result = { ok: true, error: null, quality: 1, upLoss: 0, downLoss: 0, rttMs: 20, upKbps: 4_000, downKbps: 4_000 }
    desk.reported({ type: 'speed', requestId: command?.type === 'test-speed' ? command.requestId : '', result })
    expect(await runs).toMatchObject({ ok: false, error: { code: 'trtc.failed' } })
    desk.close()
    await vi.advanceTimersByTimeAsync(0)
    expect(vi.getTimerCount()).toBe(0)
  })
})

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Destination, DestinationState } from '../../../electron/shared/destination'
import type { ErrorInfo } from '../../../electron/shared/errors'
import type { SessionStateName } from '../../../electron/shared/session'
import { defaultSettings } from '../../../electron/shared/settings'
import { ProgramRoute, type ProgramRouteOptions } from '../../../electron/main/program-route'

const ROOM: Destination = { kind: 'trtc', id: 'room', name: '', enabled: true, failover: 'ask' }
const LOCAL: Destination = { kind: 'local', id: 'local', name: '', enabled: true }
const CDN: Destination = { kind: 'rtmp', id: 'cdn', name: '', enabled: true, server: 'rtmp://cdn.example.com/live' }
const SCENE = defaultSettings().scene

const statusOf = (state: DestinationState | null, error: ErrorInfo | null): object | null => (state === null ? null : { state, error })
/** "=a" of a signed address; '' of another. */
const keyOf = (url: string): string => /txSecret(=[^&]*)/.exec(url)?.[1] ?? ''

/** A route with everything around it written down. */
function openRoute(destinations: readonly Destination[], sdk: { ready: boolean; problem?: ErrorInfo } = { ready: true }, cloud = true) {
  const said: string[] = []
  const state = {
    destinations,
    ready: sdk.ready,
    session: 'idle' as SessionStateName,
    room: null as DestinationState | null,
    relay: null as DestinationState | null,
    urls: new Map<string, string>(),
    error: null as ErrorInfo | null,
  }
  const failover = { troubleSinceMs: null, due: false, possible: false, done: false }
  let trtcView: Record<string, unknown> = { engine: 'stage', failover }
  const options = {
    store: {
      get current() {
        const views = state.destinations.map((config) => ({
          config,
          status: statusOf(config.kind === 'trtc' ? state.room : state.relay, state.error),
        }))
        return { session: { name: state.session }, devices: { cameras: [], microphones: [] }, destinations: views, trtc: trtcView }
      },
      set: (patch: { trtc?: Record<string, unknown> }) => (trtcView = patch.trtc ?? trtcView),
    },
    destinations: {
      all: () => state.destinations,
      wanted: () =>
        state.destinations
          .filter(({ kind, enabled }) => enabled && kind !== 'trtc')
          .map(({ id }) => ({ id, url: state.urls.get(id) ?? `rtmp://host/app/${id}`, refreshUrl: false })),
    },
    trtc: {
      get isReady() {
        return state.ready
      },
      problem: sdk.problem ?? null,
      devices: null,
      need: (needed: boolean) => said.push(needed ? 'need' : 'no need'),
      aim: (aim: { relays: { id: string; url: string }[] } | null) =>
        said.push(aim === null ? 'aim nowhere' : `aim ${aim.relays.map(({ id, url }) => `${id}${keyOf(url)}`).join(',')}`),
      reconnectNow: () => said.push('reconnect trtc'),
    },
    hasCloudRoom: () => cloud,
    commandStage: ({ type }: { type: string }) => said.push(`stage ${type}`),
    commandTrtc: ({ type }: { type: string }) => said.push(`trtc ${type}`),
    commandPublisher: (command: { type: string; destinations?: { id: string }[] }) =>
      said.push(`publisher ${command.type} ${command.destinations?.map(({ id }) => id).join(',') ?? ''}`.trim()),
    onEngine: (engine: string) => said.push(`engine ${engine}`),
    log: () => undefined,
  } as unknown as ProgramRouteOptions
  const route = new ProgramRoute(options)
  return { route, said, state, view: () => trtcView }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the way of the program', () => {
  it('is the web stage and the publisher where no TRTC destination is on', () => {
    const { route, said } = openRoute([LOCAL, CDN, { ...ROOM, enabled: false } as Destination])
    route.choose()
    route.push()
    expect(said).toEqual(['no need', 'publisher set-destinations local,cdn'])
    expect(route.wanted().map(({ id }) => id)).toEqual(['local', 'cdn'])
    route.close()
  })

  it('is TRTC where one is on, its library runs and the room is in the cloud: the other engine lets its devices go first', () => {
    const { route, said } = openRoute([LOCAL, CDN, ROOM])
    route.choose()
    expect(said).toEqual(['need', 'stage stop-program', 'stage set-scene', 'stage set-media-way', 'engine trtc'])
    said.length = 0
    route.command({ type: 'set-scene', scene: SCENE })
    route.command({ type: 'set-co-anchor-line', line: null })
    route.push()
    // The ingest of this machine is out of the cloud's reach.
    expect(said).toEqual(['trtc set-scene', 'stage set-co-anchor-line', 'aim cdn'])
    expect(route.wanted().map(({ id }) => id)).toEqual(['room', 'cdn'])
    route.close()
  })

  it('keeps the address that the cloud pushes to, until that has failed or leads elsewhere', () => {
    const { route, said, state } = openRoute([ROOM, CDN])
    route.choose()
    const relayed = (key: string): string => {
      state.urls.set('cdn', `rtmp://host/app/show?txSecret=${key}&txTime=7FFFFFFF`)
      route.push()
      return said.at(-1) ?? ''
    }
    expect([relayed('a'), relayed('b')]).toEqual(['aim cdn=a', 'aim cdn=a'])
    state.relay = 'failed'
    expect(relayed('c')).toBe('aim cdn=c')
    state.relay = 'publishing'
    expect(relayed('d')).toBe('aim cdn=c')
    // The room's trouble is not the address's.
    state.relay = 'reconnecting'
    state.error = { code: 'trtc.connection-lost', context: { seconds: 3 } }
    expect(relayed('e')).toBe('aim cdn=c')
    state.relay = null
    route.stop()
    expect(relayed('f')).toBe('aim cdn=f')
    route.close()
  })

  it('gives a relay that was refused the corrected address, and one signed anew when the anchor says so', () => {
    const { route, said, state } = openRoute([ROOM, CDN])
    const sign = (key: string) => state.urls.set('cdn', `rtmp://host/app/show?txSecret=${key}&txTime=7FFFFFFF`)
    route.choose()
    route.reconnectNow(null)
    expect(said.at(-2), 'outside of a show nothing is aimed').toBe('engine trtc')
    sign('wrong')
    route.push()
    state.session = 'live'
    state.room = 'publishing'
    state.relay = 'reconnecting'
    state.error = { code: 'trtc.relay-failed', context: { code: 1 } }
    sign('right')
    route.push()
    expect(said.at(-1)).toBe('aim cdn=right')
    said.length = 0
    sign('anew')
    // The cloud tries again by itself, with pauses: a change would be without one.
    vi.advanceTimersByTime(30_000)
    expect(said).toEqual([])
    route.reconnectNow('cdn')
    expect(said).toEqual(['aim cdn=anew', 'reconnect trtc'])
    route.close()
  })

  it('gives a relay whose address is over another one, once, if there is one', () => {
    const { route, said, state } = openRoute([ROOM, CDN])
    const sign = (key: string, hours: number) => {
      const end = Math.floor(Date.now() / 1_000 + hours * 3_600).toString(16)
      state.urls.set('cdn', `rtmp://host/app/show?txSecret=${key}&txTime=${end}`)
    }
    route.choose()
    sign('a', 1)
    route.push()
    state.session = 'live'
    state.room = state.relay = 'publishing'
    said.length = 0
    vi.advanceTimersByTime(2 * 3_600_000)
    sign('b', 1)
    route.push()
    expect(said, 'who is in does not need it').toEqual(['aim cdn=a'])
    state.relay = 'reconnecting'
    state.error = { code: 'trtc.relay-failed', context: { code: 1 } }
    vi.advanceTimersByTime(1_000)
    expect(said.slice(1)).toEqual(['aim cdn=b'])
    vi.advanceTimersByTime(60_000)
    expect(said).toHaveLength(2)
    // The backend that signs cannot be reached.
    vi.advanceTimersByTime(2 * 3_600_000)
    expect(said).toHaveLength(2)
    sign('c', 1)
    vi.advanceTimersByTime(1_000)
    expect(said.slice(2)).toEqual(['aim cdn=c'])
    route.close()
  })

  it('pushes nothing from the TRTC room into itself', () => {
    const given = (way: 'css' | 'trtc'): Destination => ({ kind: 'cloud', id: `given-${way}`, name: '', enabled: true, way })
    const { route, said } = openRoute([ROOM, given('css'), given('trtc')])
    route.choose()
    route.push()
    expect(said.at(-1)).toBe('aim given-css')
    route.close()
  })

  it.each([
    ['trtc.not-installed', false, true],
    ['trtc.no-cloud-room', true, false],
  ] as const)('stays with RTMP, and says so of the TRTC destination: %s', (code, ready, cloud) => {
    const { route } = openRoute([LOCAL, ROOM], ready ? { ready } : { ready, problem: { code, context: {} } }, cloud)
    route.choose()
    expect(route.engine).toBe('stage')
    expect(route.wanted().map(({ id }) => id)).toEqual(['local'])
    expect(route.unusable(1)).toMatchObject([{ id: 'room', state: 'failed', error: { code } }])
    route.close()
  })

  it('does not change under a running show', () => {
    const { route, said, state } = openRoute([LOCAL])
    route.choose()
    state.session = 'live'
    state.destinations = [LOCAL, ROOM]
    route.choose()
    expect(route.engine).toBe('stage')
    state.session = 'ended'
    route.choose()
    expect(route.engine).toBe('trtc')
    expect(said.filter((one) => one === 'need')).toHaveLength(2)
    route.close()
  })
})

describe('from TRTC to RTMP', () => {
  const live = (...destinations: Destination[]): ReturnType<typeof openRoute> => {
    const opened = openRoute(destinations)
    opened.route.choose()
    opened.state.session = 'starting'
    opened.route.push()
    opened.state.session = 'live'
    opened.state.room = 'publishing'
    opened.said.length = 0
    return opened
  }

  it('when the anchor says so: out of the room, the devices freed, everything said to the stage, then pushed', () => {
    const { route, said, view } = live(LOCAL, CDN, ROOM)
    route.failOver()
    expect(said).toEqual(['aim nowhere', 'trtc stop-program', 'trtc set-scene', 'stage set-media-way', 'engine stage', 'publisher set-destinations local,cdn'])
    expect(view()).toMatchObject({ engine: 'stage', failover: { done: true, possible: false } })
    expect(route.unusable(1), 'the room is no failure any more').toEqual([])
    said.length = 0
    route.failOver()
    expect(said).toEqual([])
    route.close()
  })

  it('is offered after a minute of trouble, and done by itself where that is set', () => {
    for (const failover of ['ask', 'automatic'] as const) {
      const { route, state, view } = live(LOCAL, { ...ROOM, failover } as Destination)
      state.room = 'reconnecting'
      vi.advanceTimersByTime(59_000)
      expect(view()).toMatchObject({ engine: 'trtc', failover: { due: false, possible: true } })
      vi.advanceTimersByTime(3_000)
      expect(view()).toMatchObject(failover === 'ask' ? { engine: 'trtc', failover: { due: true } } : { engine: 'stage', failover: { done: true } })
      route.close()
    }
  })

  it('is not there without another way, and one who was sent out is not brought back by it', () => {
    const alone = live(ROOM)
    alone.state.room = 'failed'
    vi.advanceTimersByTime(2_000)
    alone.route.failOver()
    expect(alone.route.engine).toBe('trtc')
    alone.route.close()
    const kicked = live(LOCAL, { ...ROOM, failover: 'automatic' } as Destination)
    kicked.state.room = 'failed'
    kicked.state.error = { code: 'trtc.kicked', context: {} }
    vi.advanceTimersByTime(120_000)
    expect(kicked.view()).toMatchObject({ engine: 'trtc', failover: { due: true } })
    kicked.route.close()
  })

  it('happens when TRTC is switched off in the middle of a show, and is over with the show', () => {
    const { route, said, state } = live(LOCAL, ROOM)
    state.destinations = [LOCAL, { ...ROOM, enabled: false } as Destination]
    route.choose()
    route.push()
    expect(route.engine).toBe('stage')
    expect(said).not.toContain('no need')
    state.destinations = [LOCAL, ROOM]
    route.stop()
    state.session = 'ended'
    route.choose()
    expect(route.engine).toBe('trtc')
    route.close()
  })
})

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DEFAULT_PROFILE } from '../../../../electron/shared/profile'
import { FULL_FRAME, NO_BEAUTY, type Source } from '../../../../electron/shared/scene'
import { SOURCE } from '../../../../electron/shared/thresholds'
import type { OpenedSource } from '../../../../renderer/stage/open-source'
import { SourceKeeper } from '../../../../renderer/stage/source-keeper'

class FakeTrack extends EventTarget {
  readonly kind = 'video'
  stopped = false

  stop(): void {
    this.stopped = true
  }

  getSettings(): MediaTrackSettings {
    return { width: 1_280, height: 720 }
  }

  unplug(): void {
    this.dispatchEvent(new Event('ended'))
  }
}

const CAMERA: Source = { kind: 'camera', id: 'c', name: 'Camera', deviceId: null, beauty: NO_BEAUTY, visible: true, transform: FULL_FRAME, syncOffsetMs: 0 }
const denied = (): Error => Object.assign(new Error('denied'), { name: 'NotAllowedError' })
const missing = (): Error => Object.assign(new Error('none'), { name: 'NotFoundError' })

/** A device whose next openings are as listed; then it opens. */
function device(source: Source = CAMERA, ...failures: (Error | null)[]) {
  const tracks: FakeTrack[] = []
  const lost: [name: string, code: string][] = []
  const handed: MediaStreamTrack[] = []
  let opens = 0
  const keeper = new SourceKeeper(source, DEFAULT_PROFILE, {
    open: (): Promise<OpenedSource> => {
      const failure = failures[opens++] ?? null
      if (failure !== null) return Promise.reject(failure)
      const track = new FakeTrack()
      tracks.push(track)
      return Promise.resolve({ track: track as unknown as MediaStreamTrack, label: 'Logi 920' })
    },
    onTrack: (_, track) => handed.push(track),
    onLost: (_, name, error) => lost.push([name, error.code]),
    onChange: () => undefined,
  })
  return { keeper, tracks, lost, handed, opens: () => opens }
}

/** The worker's reports, twice a second, of a source whose newest frame is as old. */
async function report(keeper: SourceKeeper, forMs: number, ageMs: (sinceMs: number) => number | null): Promise<void> {
  for (let at = 500; at <= forMs; at += 500) {
    await vi.advanceTimersByTimeAsync(500)
    keeper.reading({ fps: 30, width: 1_280, height: 720, ageMs: ageMs(at) })
  }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('a device', () => {
  it('is opened anew for another treatment of its sound, and for nothing that the mixer does', async () => {
    const source: Source = { kind: 'microphone', id: 'm', name: '', deviceId: null, echoCancellation: false, muted: false, gainDb: 0, syncOffsetMs: 0 }
    const { keeper, opens } = device(source)
    await vi.advanceTimersByTimeAsync(0)
    keeper.update({ ...source, muted: true, gainDb: 6 }, DEFAULT_PROFILE)
    expect(opens()).toBe(1)
    keeper.update({ ...source, echoCancellation: true }, DEFAULT_PROFILE)
    expect(opens()).toBe(2)
    keeper.close()
  })

  it('opens, hands its track on and says what it gives', async () => {
    const { keeper, handed } = device()
    expect(keeper.status.state).toBe('starting')
    await vi.advanceTimersByTimeAsync(0)
    expect(keeper.status).toMatchObject({ state: 'active', label: 'Logi 920', width: 1_280, height: 720, error: null })
    expect(handed).toHaveLength(1)
  })

  it('is opened again by the watchdog when a camera gives no frame any more', async () => {
    const { keeper, tracks, lost, opens } = device()
    await vi.advanceTimersByTimeAsync(0)
    await report(keeper, 5_000, () => 20)
    expect(opens()).toBe(1)
    await report(keeper, SOURCE.frozenAfterMs + 500, (since) => since)
    expect(lost).toEqual([['Logi 920', 'source.frozen']])
    expect(tracks[0]?.stopped).toBe(true)
    expect(keeper.status.state).toBe('frozen')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(opens()).toBe(2)
    expect(keeper.status).toMatchObject({ state: 'active', error: null })
  })

  it('a camera that never gave a frame is frozen too, but not before its time', async () => {
    const { keeper } = device()
    await vi.advanceTimersByTimeAsync(0)
    await report(keeper, SOURCE.frozenAfterMs, () => null)
    expect(keeper.status.state).toBe('active')
    await report(keeper, 500, () => null)
    expect(keeper.status.state).toBe('frozen')
  })

  it('a screen that stands still is not frozen', async () => {
    const screen: Source = { kind: 'screen', id: 's', name: 'Screen', displayId: null, visible: true, transform: FULL_FRAME, syncOffsetMs: 0 }
    const { keeper, opens } = device(screen)
    await vi.advanceTimersByTimeAsync(0)
    await report(keeper, 20_000, (since) => since)
    expect(keeper.status.state).toBe('active')
    expect(opens()).toBe(1)
  })

  it('unplugged: told with its name, and back by itself', async () => {
    const { keeper, tracks, lost, handed } = device(CAMERA, null, missing(), missing())
    await vi.advanceTimersByTimeAsync(0)
    tracks[0]?.unplug()
    expect(lost).toEqual([['Logi 920', 'source.lost']])
    expect(keeper.status).toMatchObject({ state: 'lost', error: { code: 'source.lost', context: { device: 'Logi 920' } } })
    await vi.advanceTimersByTimeAsync(20_000)
    expect(keeper.status).toMatchObject({ state: 'active', error: null })
    expect(handed).toHaveLength(2)
  })

  it('the pauses between tries grow', async () => {
    const failures = Array.from({ length: 20 }, missing)
    const { opens } = device(CAMERA, ...failures)
    await vi.advanceTimersByTimeAsync(2_000)
    const early = opens()
    await vi.advanceTimersByTimeAsync(20_000)
    expect(early).toBeGreaterThanOrEqual(3)
    expect(opens() - early).toBeLessThanOrEqual(6)
  })

  it('what waits for its device tries at once when one is plugged in', async () => {
    const { keeper, opens } = device(CAMERA, ...Array.from({ length: 6 }, missing))
    await vi.advanceTimersByTimeAsync(10_000)
    const before = opens()
    keeper.devicesChanged()
    await vi.advanceTimersByTimeAsync(0)
    expect(opens()).toBe(before + 1)
  })

  it('denied: not tried by itself, but when somebody says that it is worth a look', async () => {
    const { keeper, opens } = device(CAMERA, denied())
    await vi.advanceTimersByTimeAsync(60_000)
    expect(keeper.status.state).toBe('denied')
    expect(opens()).toBe(1)
    keeper.devicesChanged()
    await vi.advanceTimersByTimeAsync(0)
    expect(keeper.status).toMatchObject({ state: 'active', error: null })
  })

  it('one that works is left alone when another comes or goes', async () => {
    const { keeper, opens } = device()
    await vi.advanceTimersByTimeAsync(0)
    keeper.devicesChanged()
    await vi.advanceTimersByTimeAsync(0)
    expect(opens()).toBe(1)
  })

  it('closed while it opens: the track that comes late is let go, and no timer is left', async () => {
    const { keeper, tracks, handed } = device()
    keeper.close()
    await vi.advanceTimersByTimeAsync(0)
    expect(tracks[0]?.stopped).toBe(true)
    expect(handed).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('only another device or size opens it anew', async () => {
    const { keeper, opens } = device()
    await vi.advanceTimersByTimeAsync(0)
    keeper.update({ ...CAMERA, name: 'Mine', transform: { ...FULL_FRAME, x: 0.5 } }, { ...DEFAULT_PROFILE, bitrateKbps: 900 })
    expect(opens()).toBe(1)
    keeper.update({ ...CAMERA, deviceId: 'other' }, DEFAULT_PROFILE)
    expect(opens()).toBe(2)
  })
})

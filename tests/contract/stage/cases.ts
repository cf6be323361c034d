import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PreviewRequest } from '../../../electron/shared/program'
import { FULL_FRAME, NO_BEAUTY, type Scene } from '../../../electron/shared/scene'
import type { StageCommand, StageReport } from '../../../electron/shared/stage'
import { until } from '../../support/until'

/** What came over the preview port. */
export type Shown =
  | { readonly type: 'frame'; readonly width: number; readonly height: number; readonly bytes: number; readonly distinct: number }
  | { readonly type: 'levels'; readonly sources: Readonly<Record<string, { readonly peakDb: number; readonly rmsDb: number }>>; readonly programDb: number }

/** A stage under test, as main and the studio have it. */
export interface StageDriver {
  say(command: StageCommand): Promise<void>
  ask(request: PreviewRequest): Promise<void>
  /** All that it reported so far. */
  reports(): Promise<readonly StageReport[]>
  shown(): Promise<readonly Shown[]>
  close(): Promise<void>
}

const WAIT_MS = 15_000

/** What the studio may count on, whichever stage there is. The cases stand in the order of a show, on one stage. */
export function stageContract(name: string, open: () => Promise<StageDriver>): void {
  describe(`the stage contract: ${name}`, () => {
    let stage: StageDriver
    let scene: Scene

    beforeAll(async () => {
      stage = await open()
    })
    afterAll(async () => stage.close())

    /** The newest report of a kind that is as wanted, of those from `from` on. */
    function reported<T extends StageReport['type']>(
      type: T,
      wanted: (report: Extract<StageReport, { type: T }>) => boolean,
      from = 0,
    ): Promise<Extract<StageReport, { type: T }>> {
      const isIt = (report: StageReport): report is Extract<StageReport, { type: T }> => report.type === type
      return until(async () => (await stage.reports()).slice(from).filter(isIt).filter(wanted).at(-1) ?? null, WAIT_MS, `a report ${type}`)
    }
    const count = async (): Promise<number> => (await stage.reports()).length
    const frames = async (): Promise<Extract<Shown, { type: 'frame' }>[]> => (await stage.shown()).filter((one) => one.type === 'frame')
    /** Waits until levels have come so many times more: the port is alive. */
    async function moments(more: number): Promise<void> {
      const levels = async (): Promise<number> => (await stage.shown()).filter(({ type }) => type === 'levels').length
      const before = await levels()
      await until(async () => ((await levels()) >= before + more ? true : null), WAIT_MS, 'levels')
    }

    it('says that it is ready, and which devices there are', async () => {
      await reported('ready', () => true)
      const { devices } = await reported('devices', ({ devices: { cameras, microphones } }) => cameras.length > 0 && microphones.length > 0)
      for (const { id, label } of [...devices.cameras, ...devices.microphones]) expect([id !== '', label !== '']).toEqual([true, true])
      scene = {
        sources: [
          {
            kind: 'camera',
            id: 'cam',
            name: 'My camera',
            deviceId: devices.cameras[0]?.id ?? null,
            beauty: NO_BEAUTY,
            visible: true,
            transform: FULL_FRAME,
            syncOffsetMs: 0,
          },
          {
            kind: 'microphone',
            id: 'mic',
            name: 'My microphone',
            deviceId: devices.microphones[0]?.id ?? null,
            muted: false,
            echoCancellation: false,
            gainDb: 0,
            syncOffsetMs: 0,
          },
        ],
      }
    })

    it('opens what the scene has, and tells each source’s state', async () => {
      await stage.say({ type: 'set-profile', profile: { resolution: '720p', fps: 15, bitrateKbps: 1_000 } })
      await stage.say({ type: 'set-scene', scene })
      const { sources } = await reported('sources', ({ sources: { cam, mic } }) => cam?.state === 'active' && cam.width > 0 && mic?.state === 'active')
      expect(Object.keys(sources).sort()).toEqual(['cam', 'mic'])
      expect(sources['cam']).toMatchObject({ error: null })
      expect(sources['cam']?.label).not.toBe('')
    })

    it('sends pictures of the size asked for, one under way at a time', async () => {
      await stage.ask({ type: 'preview-size', width: 321, height: 181, fps: 15 })
      await until(async () => ((await frames()).length > 0 ? true : null), WAIT_MS, 'a picture')
      await moments(3)
      const [first, ...more] = await frames()
      expect(more).toEqual([])
      expect(first).toMatchObject({ width: 320, height: 180, bytes: (320 * 180 * 3) / 2 })
      expect(first?.distinct).toBeGreaterThan(2)
      await stage.ask({ type: 'drawn' })
      await until(async () => ((await frames()).length > 1 ? true : null), WAIT_MS, 'the next picture')
    })

    it('sends none when nothing is shown', async () => {
      await stage.ask({ type: 'preview-size', width: 0, height: 0, fps: 0 })
      await stage.ask({ type: 'drawn' })
      await moments(2)
      const before = (await frames()).length
      await moments(3)
      expect((await frames()).length).toBe(before)
    })

    it('sends levels by the sources’ ids, in dBFS', async () => {
      const heard = await until(
        async () => {
          const levels = (await stage.shown()).filter((one) => one.type === 'levels')
          return levels.filter(({ sources }) => (sources['mic']?.peakDb ?? -100) > -60).at(-1) ?? null
        },
        WAIT_MS,
        'a sound',
      )
      expect(heard.sources['mic']?.peakDb).toBeLessThanOrEqual(0)
      expect(heard.programDb).toBeLessThanOrEqual(0)
      expect(heard.programDb).toBeGreaterThanOrEqual(-100)
    })

    it('starts the program, and counts what it makes', async () => {
      const from = await count()
      await stage.say({ type: 'start-program', title: 'Show', language: 'en' })
      await reported('program', ({ state }) => state === 'on', from)
      const states = (await stage.reports()).slice(from).flatMap((report) => (report.type === 'program' ? [report.state] : []))
      expect(states).toEqual(['starting', 'on'])
      const { stats } = await reported('stats', (report) => report.stats.encodedFrames > 0 && report.stats.fps > 0, from)
      expect(stats.encoder).not.toBeNull()
      expect(stats.targetFps).toBe(15)
      expect(stats.audioPeakDb).not.toBeNull()
    })

    it('is silent while paused, and goes on after', async () => {
      let from = await count()
      await stage.say({ type: 'set-paused', paused: true, card: { kind: 'be-right-back', text: 'Tea' } })
      await reported('stats', ({ stats }) => stats.audioPeakDb === null, from)
      from = await count()
      await stage.say({ type: 'set-paused', paused: false, card: { kind: 'pause', text: '' } })
      await reported('stats', ({ stats }) => stats.audioPeakDb !== null, from)
    })

    it('opens a source anew when it is asked to', async () => {
      const from = await count()
      await stage.say({ type: 'restart-source', id: 'cam' })
      await reported('sources', ({ sources }) => sources['cam']?.state === 'active', from)
    })

    it('measures for the checks', async () => {
      await stage.say({ type: 'run-checks', requestId: 'c1' })
      const { checks, requestId } = await reported('checks', () => true)
      expect(requestId).toBe('c1')
      expect(checks.pictures).toMatchObject([{ id: 'cam', kind: 'camera', error: null }])
      expect(checks.pictures[0]?.fps).toBeGreaterThan(0)
      expect(checks.pictures[0]?.variance).toBeGreaterThan(0)
      expect(checks.microphones).toMatchObject([{ id: 'mic', muted: false, error: null }])
      expect(checks.encoder).toMatchObject({ ok: true, error: null })
    })

    it('forgets what the scene has no more', async () => {
      const from = await count()
      await stage.say({ type: 'set-scene', scene: { sources: scene.sources.filter(({ id }) => id === 'mic') } })
      const { sources } = await reported('sources', (report) => report.sources['cam'] === undefined, from)
      expect(Object.keys(sources)).toEqual(['mic'])
    })

    it('stops the program', async () => {
      const from = await count()
      await stage.say({ type: 'stop-program' })
      await reported('program', ({ state }) => state === 'off', from)
      await reported('stats', ({ stats }) => stats.encoder === null, from)
    })
  })
}

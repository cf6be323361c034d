import fc from 'fast-check'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { CHANNELS } from '../../../electron/shared/channels'
import { stageReportSchema, type StageReport } from '../../../electron/shared/stage'
import { trtcReportSchema, type TrtcReport } from '../../../electron/shared/trtc'

const handlers = new Map<string, (event: unknown, ...args: readonly unknown[]) => unknown>()
vi.mock('electron', () => ({
  protocol: {},
  ipcMain: {
    handle: (channel: string, handler: (event: unknown) => unknown) => handlers.set(channel, handler),
    on: (channel: string, handler: (event: unknown) => unknown) => handlers.set(channel, handler),
    removeHandler: (channel: string) => handlers.delete(channel),
    removeAllListeners: (channel: string) => handlers.delete(channel),
  },
}))

const { openGateway } = await import('../../../electron/main/ipc-gateway')
const { guardPermissions } = await import('../../../electron/main/guards')

const RUNS = Number(process.env['ANCHORDESK_FUZZ'] ?? 2_000)
/** A hundred thousand take minutes. */
const DEADLINE_MS = Math.max(30_000, RUNS * 10)

interface Frame {
  readonly url: string
}
/** A page as Electron tells of it: its contents and their top frame. */
function page(url: string): { contents: { readonly mainFrame: Frame }; frame: Frame } {
  const frame = { url }
  return { contents: { mainFrame: frame }, frame }
}
const studio = page('app://studio/studio/index.html')
const stage = page('app://stage/stage/index.html')
const trtc = page('app://trtc/trtc/index.html')
const from = ({ contents, frame }: { contents: unknown; frame: Frame | null }): unknown => ({ sender: contents, senderFrame: frame })

const called: string[] = []
const reports: StageReport[] = []
const trtcReports: TrtcReport[] = []
const warnings: string[] = []
const close = vi.fn()
beforeEach(() => {
  called.length = 0
  reports.length = 0
  trtcReports.length = 0
  warnings.length = 0
  const verbs = new Proxy({}, { get: (_target, verb) => () => called.push(String(verb)) })
  close.mockImplementation(
    openGateway({
      verbs: verbs as never,
      studio: () => studio.contents as never,
      stage: () => stage.contents as never,
      trtc: () => trtc.contents as never,
      onStageReport: (report) => reports.push(report),
      onTrtcReport: (report) => trtcReports.push(report),
      resolveCapture: (query) => {
        called.push(`capture ${query.kind}`)
        return Promise.resolve({ captureId: 'screen:0:0', title: '' })
      },
      log: (_level, message) => warnings.push(message),
    }),
  )
})
const send = (channel: string, sender: unknown, ...args: readonly unknown[]): unknown => handlers.get(channel)?.(sender, ...args)

describe('who may speak', () => {
  /** Everybody but the top frame of the right page at our own address. */
  const strangers = (own: typeof studio, other: typeof stage): [string, unknown][] => [
    ['another page of ours', from(other)],
    ['a frame within the page', from({ contents: own.contents, frame: { url: own.frame.url } })],
    ['a page that is gone', from({ contents: own.contents, frame: null })],
    ['other contents with the same frame', from({ contents: page('').contents, frame: own.frame })],
  ]

  it.each(strangers(studio, stage))('the studio, not %s', async (_who, sender) => {
    expect(await send(CHANNELS.studioCall, sender, 'state.get', undefined)).toMatchObject({ ok: false, error: { code: 'ipc.invalid' } })
    expect(called).toEqual([])
  })

  it.each(strangers(stage, studio))('the stage, not %s', async (_who, sender) => {
    send(CHANNELS.stageReport, sender, { type: 'ready' })
    expect(await send(CHANNELS.stageResolveCapture, sender, { kind: 'screen', displayId: null })).toBeNull()
    expect([reports, called]).toEqual([[], []])
  })

  it.each(strangers(trtc, stage))('the TRTC window, not %s', (_who, sender) => {
    send(CHANNELS.trtcReport, sender, { type: 'stopped' })
    send(CHANNELS.stageReport, from(trtc), { type: 'ready' })
    expect([trtcReports, reports]).toEqual([[], []])
  })

  it.each(['https://example.com/', 'app://studio.evil/', 'app://stage/stage/index.html', 'about:blank', 'file:///studio', ''])(
    'nobody whose page went to %s',
    async (url) => {
      const moved = { contents: studio.contents, frame: studio.frame }
      const before = studio.frame.url
      Object.assign(studio.frame, { url })
      expect(await send(CHANNELS.studioCall, from(moved), 'state.get', undefined)).toMatchObject({ ok: false })
      Object.assign(studio.frame, { url: before })
      expect(called).toEqual([])
    },
  )

  it('the right ones are heard', async () => {
    expect(await send(CHANNELS.studioCall, from(studio), 'state.get', undefined)).toMatchObject({ ok: true })
    send(CHANNELS.stageReport, from(stage), { type: 'ready' })
    expect(await send(CHANNELS.stageResolveCapture, from(stage), { kind: 'screen', displayId: null })).toMatchObject({ captureId: 'screen:0:0' })
    send(CHANNELS.trtcReport, from(trtc), { type: 'stopped' })
    expect([called, reports, trtcReports]).toEqual([['state.get', 'capture screen'], [{ type: 'ready' }], [{ type: 'stopped' }]])
  })

  it('nobody once it is closed', () => {
    close()
    expect(handlers.size).toBe(0)
  })
})

describe('what the engines say', () => {
  it(
    'is dropped when it is not understood or too large, and nothing else happens',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(fc.anything(), fc.record({ type: fc.constantFrom('devices', 'sources', 'stats', 'program', 'checks', 'log') })),
          async (garbage) => {
            fc.pre(!stageReportSchema.safeParse(garbage).success && !trtcReportSchema.safeParse(garbage).success)
            send(CHANNELS.stageReport, from(stage), garbage)
            send(CHANNELS.trtcReport, from(trtc), garbage)
            expect(await send(CHANNELS.stageResolveCapture, from(stage), garbage)).toBeNull()
          },
        ),
        { numRuns: RUNS },
      )
      send(CHANNELS.stageReport, from(stage), { type: 'log', level: 'info', message: 'x'.repeat(1_000_000) })
      expect(await send(CHANNELS.stageResolveCapture, from(stage), { kind: 'window', captureId: null, windowTitle: 'x'.repeat(1_000_000) })).toBeNull()
      expect([reports, trtcReports, called]).toEqual([[], [], []])
      expect(warnings.at(-1)).toContain('too large')
    },
    DEADLINE_MS,
  )
})

describe('permissions', () => {
  it('are wired into the session: only the stage captures, devices are for nobody', () => {
    type Asked = (contents: unknown, permission: string, callback: (allowed: boolean) => void, details: { requestingUrl: string }) => void
    let asked: Asked | null = null
    let checked: ((contents: unknown, permission: string, origin: string) => boolean) | null = null
    let device: (() => boolean) | null = null
    guardPermissions({
      setPermissionRequestHandler: (handler: Asked) => (asked = handler),
      setPermissionCheckHandler: (handler: typeof checked) => (checked = handler),
      setDevicePermissionHandler: (handler: typeof device) => (device = handler),
    } as never)
    const ask = (url: string, permission: string): boolean => {
      let answer: boolean | null = null
      ;(asked as Asked | null)?.(null, permission, (allowed) => (answer = allowed), { requestingUrl: url })
      return answer ?? true
    }
    const check = checked as ((contents: unknown, permission: string, origin: string) => boolean) | null
    for (const permission of ['media', 'display-capture']) {
      expect(ask('app://stage/stage/index.html', permission)).toBe(true)
      expect(ask('app://studio/studio/index.html', permission)).toBe(false)
      expect(ask('https://example.com/app://stage/', permission)).toBe(false)
      expect(check?.(null, permission, 'app://stage/')).toBe(true)
      expect(check?.(null, permission, 'app://studio/')).toBe(false)
    }
    for (const permission of ['geolocation', 'notifications', 'midi', 'clipboard-read', 'fullscreen', 'openExternal', 'hid', 'serial', 'usb']) {
      expect(ask('app://stage/', permission), permission).toBe(false)
      expect(check?.(null, permission, 'app://stage/'), permission).toBe(false)
    }
    expect((device as (() => boolean) | null)?.()).toBe(false)
  })
})

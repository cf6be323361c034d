import { ipcMain, type IpcMainEvent, type IpcMainInvokeEvent, type WebContents } from 'electron'
import { z } from 'zod'
import { CHANNELS } from '../shared/channels'
import { AnchorError, type Result } from '../shared/errors'
import { studioVerbs, type StudioVerb, type VerbArgs, type VerbValue } from '../shared/ipc'
import { STAGE_ORIGIN, STUDIO_ORIGIN, TRTC_ORIGIN } from '../shared/origins'
import { stageReportSchema, type StageReport } from '../shared/stage'
import { IPC_MAX_BYTES } from '../shared/thresholds'
import { trtcReportSchema, type TrtcReport } from '../shared/trtc'
import { originOf } from './guards'
import { estimateBytes } from './payload-size'

export type VerbHandlers = { readonly [V in StudioVerb]: (args: VerbArgs<V>) => VerbValue<V> | Promise<VerbValue<V>> }

const captureQuerySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('screen'), displayId: z.string().max(64).nullable() }),
  z.strictObject({ kind: z.literal('window'), captureId: z.string().max(128).nullable(), windowTitle: z.string().max(512) }),
])
export type CaptureQuery = z.infer<typeof captureQuerySchema>

export interface GatewayOptions {
  readonly verbs: VerbHandlers
  studio(): WebContents | null
  stage(): WebContents | null
  trtc(): WebContents | null
  onStageReport(report: StageReport): void
  onTrtcReport(report: TrtcReport): void
  resolveCapture(query: CaptureQuery): Promise<{ captureId: string; title: string } | null>
  log(level: 'warn' | 'error', message: string, error?: unknown): void
}

/**
 * The only place that hears pages (Electron checklist 17). Who speaks is checked (the right window, its top frame, our
 * origin), then how much, then whether it is what the contract says. Nothing else of main ever sees a payload.
 */
export function openGateway(options: GatewayOptions): () => void {
  const fromStudio = (event: IpcMainEvent | IpcMainInvokeEvent): boolean => isFrom(event, options.studio(), STUDIO_ORIGIN)
  const fromStage = (event: IpcMainEvent | IpcMainInvokeEvent): boolean => isFrom(event, options.stage(), STAGE_ORIGIN)

  const hear = <T>(who: string, schema: z.ZodType<T>, report: unknown, take: (report: T) => void): void => {
    const parsed = estimateBytes(report, IPC_MAX_BYTES) <= IPC_MAX_BYTES ? schema.safeParse(report) : null
    if (parsed?.success === true) take(parsed.data)
    else options.log('warn', `a report of ${who} was not understood: ${parsed?.error?.issues[0]?.path.join('.') ?? 'too large'}`)
  }

  ipcMain.handle(CHANNELS.studioCall, (event, verb: unknown, args: unknown) => (fromStudio(event) ? callVerb(options, verb, args) : refused('sender')))
  ipcMain.on(CHANNELS.stageReport, (event, report: unknown) => {
    if (fromStage(event)) hear('the stage', stageReportSchema, report, (read) => options.onStageReport(read))
  })
  ipcMain.on(CHANNELS.trtcReport, (event, report: unknown) => {
    if (isFrom(event, options.trtc(), TRTC_ORIGIN)) hear('the TRTC window', trtcReportSchema, report, (read) => options.onTrtcReport(read))
  })
  ipcMain.handle(CHANNELS.stageResolveCapture, async (event, query: unknown) => {
    const fits = fromStage(event) && estimateBytes(query, IPC_MAX_BYTES) <= IPC_MAX_BYTES
    const parsed = fits ? captureQuerySchema.safeParse(query) : null
    return parsed?.success === true ? options.resolveCapture(parsed.data) : null
  })
  return () => {
    ipcMain.removeHandler(CHANNELS.studioCall)
    ipcMain.removeAllListeners(CHANNELS.stageReport)
    ipcMain.removeAllListeners(CHANNELS.trtcReport)
    ipcMain.removeHandler(CHANNELS.stageResolveCapture)
  }
}

function isFrom(event: IpcMainEvent | IpcMainInvokeEvent, contents: WebContents | null, origin: string): boolean {
  const frame = event.senderFrame
  return contents !== null && event.sender === contents && frame !== null && frame === contents.mainFrame && originOf(frame.url) === origin
}

function refused(channel: string): Result<never> {
  return { ok: false, error: new AnchorError('ipc.invalid', { context: { channel: channel.slice(0, 64) } }).toInfo() }
}

/** One call of the studio, checked and answered. Exported for the tests that send garbage. */
export async function callVerb(options: Pick<GatewayOptions, 'verbs' | 'log'>, verb: unknown, args: unknown): Promise<Result<unknown>> {
  if (typeof verb !== 'string' || !Object.hasOwn(studioVerbs, verb)) return refused('verb')
  const name = verb as StudioVerb
  if (estimateBytes(args, IPC_MAX_BYTES) > IPC_MAX_BYTES) return refused(name)
  const parsed = studioVerbs[name].safeParse(args)
  if (!parsed.success) return refused(name)
  try {
    // The schema just checked belongs to this very verb; the types cannot follow that through a variable name.
    const handler = options.verbs[name] as (args: unknown) => unknown
    return { ok: true, value: await handler(parsed.data) }
  } catch (error) {
    if (error instanceof AnchorError) return { ok: false, error: error.toInfo() }
    options.log('error', `verb ${name} failed`, error)
    return { ok: false, error: new AnchorError('internal', { context: { reason: name } }).toInfo() }
  }
}

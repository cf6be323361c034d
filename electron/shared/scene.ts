import { z } from 'zod'

/** A share of the program's width or height: 0 = left/top edge, 1 = right/bottom edge. May lie outside 0–1 (off picture). */
const position = z.number().min(-4).max(5)
const fraction = z.number().min(0).max(1)

/** Where and how one picture source stands in the program. Applied in this order: crop, mirror, rotate, fit, place. */
export const transformSchema = z.strictObject({
  x: position,
  y: position,
  width: z.number().min(0.01).max(4),
  height: z.number().min(0.01).max(4),
  /** How the cropped picture fills its box: inside with bars, over the edge, or stretched. */
  fit: z.enum(['contain', 'cover', 'fill']),
  /** Shares of the source cut away at each edge. */
  crop: z.strictObject({ left: fraction, top: fraction, right: fraction, bottom: fraction }),
  /** Clockwise degrees. */
  rotation: z.union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)]),
  mirrorX: z.boolean(),
  mirrorY: z.boolean(),
  opacity: fraction,
})
export type Transform = z.infer<typeof transformSchema>

export const FULL_FRAME: Transform = {
  x: 0,
  y: 0,
  width: 1,
  height: 1,
  fit: 'contain',
  crop: { left: 0, top: 0, right: 0, bottom: 0 },
  rotation: 0,
  mirrorX: false,
  mirrorY: false,
  opacity: 1,
}

const id = z.string().min(1).max(64)
const name = z.string().max(80)

const picture = { transform: transformSchema, visible: z.boolean() }
const sound = {
  muted: z.boolean(),
  /** −60 … +12 dB. */
  gainDb: z.number().min(-60).max(12),
  /** Delays this source against the others, 0 … 2,000 ms: a camera that is late is matched by delaying the microphone. */
  syncOffsetMs: z.number().int().min(0).max(2_000),
}
/** 0 = off … 9. */
const level = z.number().int().min(0).max(9)

/** What TRTC's SDK does to the camera's picture; the web stage has nothing like it, and shows it as it comes. */
export const beautySchema = z.strictObject({
  /** How the skin is smoothed: plainly, or with more of the face kept. */
  style: z.enum(['smooth', 'nature']),
  smooth: level,
  whiten: level,
  /** Without effect on Windows, as the SDK says of itself. */
  ruddy: level,
})
export type Beauty = z.infer<typeof beautySchema>
export const NO_BEAUTY: Beauty = { style: 'nature', smooth: 0, whiten: 0, ruddy: 0 }

export function isBeautified({ smooth, whiten, ruddy }: Beauty): boolean {
  return smooth > 0 || whiten > 0 || ruddy > 0
}

const colour = z.string().regex(/^#[0-9a-fA-F]{6}$/)

export const sourceSchema = z.discriminatedUnion('kind', [
  /** `deviceId: null` = the system's default. */
  z.strictObject({
    kind: z.literal('camera'),
    id,
    name,
    deviceId: z.string().max(256).nullable(),
    beauty: beautySchema.default(NO_BEAUTY),
    ...picture,
    syncOffsetMs: sound.syncOffsetMs,
  }),
  /** `displayId: null` = the primary display. The id is desktopCapturer's display_id. */
  z.strictObject({ kind: z.literal('screen'), id, name, displayId: z.string().max(64).nullable(), ...picture, syncOffsetMs: sound.syncOffsetMs }),
  /** Windows are found again by title after a restart. */
  z.strictObject({
    kind: z.literal('window'),
    id,
    name,
    windowTitle: z.string().max(512),
    captureId: z.string().max(128).nullable(),
    ...picture,
    syncOffsetMs: sound.syncOffsetMs,
  }),
  /** `asset`: file name inside the data folder's `assets/`, copied there when it was chosen. Served to the stage as app://asset/<asset>. */
  z.strictObject({ kind: z.literal('image'), id, name, asset: z.string().regex(/^[a-f0-9]{16,64}\.(png|jpg|jpeg|webp|gif|bmp)$/), ...picture }),
  z.strictObject({
    kind: z.literal('text'),
    id,
    name,
    text: z.string().max(500),
    colour,
    background: colour.nullable(),
    /** Share of the program's height. */
    size: z.number().min(0.01).max(0.5),
    align: z.enum(['left', 'center', 'right']),
    ...picture,
  }),
  /** Moving picture, running timecode, and once a second a white flash and a 1 kHz beep together. */
  z.strictObject({ kind: z.literal('test-card'), id, name, ...picture, ...sound }),
  z.strictObject({
    kind: z.literal('microphone'),
    id,
    name,
    deviceId: z.string().max(256).nullable(),
    /** What this machine's loudspeakers play is taken out, at the cost of how music sounds. Off: what the microphone gives is what goes out. */
    echoCancellation: z.boolean().default(false),
    ...sound,
  }),
  z.strictObject({ kind: z.literal('system-audio'), id, name, ...sound }),
])
export type Source = z.infer<typeof sourceSchema>
export type SourceKind = Source['kind']
export type PictureSource = Extract<Source, { transform: Transform }>
export type SoundSource = Extract<Source, { gainDb: number }>

export function isPicture(source: Source): source is PictureSource {
  return 'transform' in source
}

export function isSound(source: Source): source is SoundSource {
  return 'gainDb' in source
}

/** A saved arrangement. `sources` stand in z-order: the last is on top. */
export const sceneSchema = z.strictObject({
  sources: z.array(sourceSchema).max(32),
})
export type Scene = z.infer<typeof sceneSchema>

export type SourceState = 'starting' | 'active' | 'frozen' | 'lost' | 'denied' | 'failed'

export const sourceStatusSchema = z.strictObject({
  state: z.enum(['starting', 'active', 'frozen', 'lost', 'denied', 'failed']),
  /** What is captured, as the system calls it ("Yeti Nano", "Screen 1"). */
  label: z.string().max(256),
  width: z.number().int().nonnegative(),
  height: z.number().int().nonnegative(),
  fps: z.number().nonnegative(),
  error: z.strictObject({ code: z.string(), context: z.record(z.string(), z.union([z.string(), z.number()])) }).nullable(),
})
export type SourceStatus = z.infer<typeof sourceStatusSchema>

export const deviceSchema = z.strictObject({ id: z.string().max(256), label: z.string().max(256) })
export const devicesSchema = z.strictObject({
  cameras: z.array(deviceSchema).max(64),
  microphones: z.array(deviceSchema).max(64),
  /**
   * The platform hands out the sound of the system: Windows only. Chromium's loopback on macOS cannot be asked for through
   * the API of the oldest Electron that the app supports, and on Linux there is none.
   */
  systemAudio: z.boolean(),
})
export type Devices = z.infer<typeof devicesSchema>

/** A screen or window that can be captured, with a small picture of it. */
export interface CaptureTarget {
  readonly kind: 'screen' | 'window'
  /** desktopCapturer's source id, for this run only. */
  readonly captureId: string
  readonly displayId: string | null
  readonly title: string
  /** data:image/png or jpeg, at most 320×180. */
  readonly thumbnail: string
}

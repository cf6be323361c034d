import { z } from 'zod'

/**
 * What goes over the port between the stage and the publisher. The port is high-rate and main never sees it. Send
 * without a transfer list: an ArrayBuffer transferred into a utility process arrives as null (electron-notes §4).
 * Both ends are ours, and yet the publisher checks the shape and the size of what comes: a broken stage must not
 * take the publisher down.
 */

/** H.264 as AVCC (no Annex-B), no B-frames: dts = pts. */
export interface VideoParameters {
  readonly codec: string
  readonly width: number
  readonly height: number
  readonly fps: number
  readonly bitrateKbps: number
  /** AVCDecoderConfigurationRecord. */
  readonly avcC: Uint8Array
}

/** AAC-LC, raw frames of 1,024 samples (no ADTS). */
export interface AudioParameters {
  readonly sampleRateHz: number
  readonly channels: number
  readonly bitrateKbps: number
  /** AudioSpecificConfig. */
  readonly asc: Uint8Array
}

/** A short group of pictures (key frame first) and one frame of silence, encoded with the program's own parameters. */
export interface Slate {
  readonly avcC: Uint8Array
  readonly frames: readonly { readonly keyFrame: boolean; readonly data: Uint8Array }[]
  readonly fps: number
  readonly silence: Uint8Array
}

/** Stage → publisher. `timestampUs` is microseconds on the stage's own clock, monotonic within one `programId`. */
export type ProgramMessage =
  /** A new time base: the publisher maps the first timestamp to where its own clock stands. Sent before any chunk, and again on a fresh port. */
  | { readonly type: 'program'; readonly programId: string; readonly video: VideoParameters; readonly audio: AudioParameters }
  /** New parameters in mid-stream (other size or SPS). The next video chunk is a key frame. */
  | { readonly type: 'video-parameters'; readonly video: VideoParameters }
  | { readonly type: 'slate'; readonly slate: Slate }
  | { readonly type: 'video'; readonly timestampUs: number; readonly keyFrame: boolean; readonly data: Uint8Array }
  | { readonly type: 'audio'; readonly timestampUs: number; readonly data: Uint8Array }

/** Publisher → stage. */
export const programFeedbackSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('key-frame-wanted') }),
  /** The video bitrate the line carries; the stage reconfigures its encoder at run time. */
  z.strictObject({ type: z.literal('bitrate-advice'), videoKbps: z.number().min(1).max(1_000_000) }),
])
export type ProgramFeedback = Readonly<z.infer<typeof programFeedbackSchema>>

/** Stage → studio, over the preview port. */
export type PreviewMessage =
  /** One I420 picture, planes packed Y, U, V without padding; width and height are even. */
  | { readonly type: 'frame'; readonly width: number; readonly height: number; readonly data: Uint8Array }
  /** Somebody of the greenroom, RGBA, a few times a second while tiles are wanted. */
  | { readonly type: 'tile'; readonly userId: string; readonly width: number; readonly height: number; readonly data: Uint8Array }
  /** 10–20 times a second. dBFS, −100 = silence. Keys are source ids and those of `coAnchorSource`; `program` is the mix. */
  | { readonly type: 'levels'; readonly sources: Readonly<Record<string, AudioLevel>>; readonly program: AudioLevel }

export interface AudioLevel {
  readonly peakDb: number
  readonly rmsDb: number
}

const shownSide = z.number().min(0).max(32_768)

/** Studio → stage. */
export const previewRequestSchema = z.discriminatedUnion('type', [
  /** The size shown in device pixels; 0×0 = nothing is shown, send no frames. Frames a second, 0 … 240. */
  z.strictObject({ type: z.literal('preview-size'), width: shownSide, height: shownSide, fps: z.number().min(0).max(240) }),
  /** Whether somebody looks at the pictures of the greenroom. */
  z.strictObject({ type: z.literal('tiles'), wanted: z.boolean() }),
  /** The last frame is drawn: the next may come. At most one is under way. */
  z.strictObject({ type: z.literal('drawn') }),
])
export type PreviewRequest = Readonly<z.infer<typeof previewRequestSchema>>

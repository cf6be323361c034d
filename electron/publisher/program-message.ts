import { z } from 'zod'
import type { ProgramMessage } from '../shared/program'

/**
 * Checks what comes over the port from the stage: 80 chunks a second, so by hand where it is hot and by schema where it
 * is not. null = not a message; a broken stage must not take the publisher down.
 */

/** A frame of 20 Mbit/s at 10 fps is 250 KB; a key frame may be many times that. */
const MAX_FRAME_BYTES = 8 * 1024 * 1024
const MAX_PARAMETER_BYTES = 4_096

const bytes = (max: number): z.ZodType<Uint8Array> => z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length > 0 && value.length <= max)
const dimension = z.number().int().min(16).max(8_192)
const videoSchema = z.object({
  codec: z.string().max(64),
  width: dimension,
  height: dimension,
  fps: z.number().min(1).max(240),
  bitrateKbps: z.number().positive().max(200_000),
  avcC: bytes(MAX_PARAMETER_BYTES),
})
const audioSchema = z.object({
  sampleRateHz: z.number().int().min(8_000).max(96_000),
  channels: z.number().int().min(1).max(8),
  bitrateKbps: z.number().positive().max(2_000),
  asc: bytes(MAX_PARAMETER_BYTES),
})
const rareSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('program'), programId: z.string().min(1).max(64), video: videoSchema, audio: audioSchema }),
  z.object({ type: z.literal('video-parameters'), video: videoSchema }),
  z.object({
    type: z.literal('slate'),
    slate: z.object({
      avcC: bytes(MAX_PARAMETER_BYTES),
      frames: z
        .array(z.object({ keyFrame: z.boolean(), data: bytes(MAX_FRAME_BYTES) }))
        .min(1)
        .max(600),
      fps: z.number().min(1).max(240),
      silence: bytes(MAX_PARAMETER_BYTES),
    }),
  }),
])

export function parseProgramMessage(value: unknown): ProgramMessage | null {
  if (typeof value !== 'object' || value === null) return null
  const { type, timestampUs, keyFrame, data } = value as Record<string, unknown>
  if (type === 'video' || type === 'audio') {
    if (typeof timestampUs !== 'number' || !Number.isFinite(timestampUs) || timestampUs < 0) return null
    if (!(data instanceof Uint8Array) || data.length === 0 || data.length > MAX_FRAME_BYTES) return null
    if (type === 'audio') return { type, timestampUs, data }
    return typeof keyFrame === 'boolean' ? { type, timestampUs, keyFrame, data } : null
  }
  const parsed = rareSchema.safeParse(value)
  return parsed.success ? parsed.data : null
}

import { z } from 'zod'
import { VIDEO_BITRATE_KBPS, VIDEO_FPS } from './thresholds'

export const RESOLUTIONS = { '720p': { width: 1280, height: 720 }, '1080p': { width: 1920, height: 1080 } } as const
export type Resolution = keyof typeof RESOLUTIONS

/** What the stage encodes. */
export const profileSchema = z.strictObject({
  resolution: z.enum(['720p', '1080p']),
  fps: z.number().int().min(VIDEO_FPS.min).max(VIDEO_FPS.max),
  bitrateKbps: z.number().int().min(VIDEO_BITRATE_KBPS.min).max(VIDEO_BITRATE_KBPS.max),
})
export type Profile = z.infer<typeof profileSchema>

export const DEFAULT_PROFILE: Profile = { resolution: '720p', fps: 30, bitrateKbps: 2_500 }

/** The next profile that costs less, for the one-click remedy; null at the bottom. Order: 60 → 30 fps, 1080p → 720p, bitrate × 0.6. */
export function lowerProfile(profile: Profile): Profile | null {
  if (profile.fps > 30) return { ...profile, fps: 30 }
  if (profile.resolution === '1080p') return { ...profile, resolution: '720p', bitrateKbps: Math.min(profile.bitrateKbps, 2_500) }
  if (profile.bitrateKbps > 900) return { ...profile, bitrateKbps: Math.max(900, Math.round(profile.bitrateKbps * 0.6)) }
  return null
}

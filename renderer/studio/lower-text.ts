import { useI18n } from 'vue-i18n'
import { lowerProfile, type Profile } from '../../electron/shared/profile'

/** What the one-click remedy would do to a profile: "Lower to 720p". null: there is nothing lower. */
export function useLowerText(): (profile: Profile) => string | null {
  const { t, n } = useI18n()
  return (profile) => {
    const lower = lowerProfile(profile)
    if (lower === null) return null
    if (lower.fps !== profile.fps) return t('profile.lowerFps', { fps: lower.fps })
    if (lower.resolution !== profile.resolution) return t('profile.lowerResolution', { resolution: lower.resolution })
    return t('profile.lowerBitrate', { kbps: n(lower.bitrateKbps) })
  }
}

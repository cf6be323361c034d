import { useI18n } from 'vue-i18n'
import { expiryLevel } from '../../electron/shared/checks'

export interface ExpiryText {
  readonly level: 'good' | 'fair' | 'poor'
  readonly text: string
}

/** When a push address ends, as a sentence with its level. @returns a function of UNIX seconds */
export function useExpiryText(): (expiresAtSec: number) => ExpiryText {
  const { t, d } = useI18n()
  const KEYS = { good: 'destinations.expires', fair: 'destinations.expiresSoon', poor: 'destinations.expired' } as const
  return (expiresAtSec) => {
    const level = expiryLevel(expiresAtSec, Date.now() / 1_000)
    return { level, text: t(KEYS[level], { time: d(new Date(expiresAtSec * 1_000), { dateStyle: 'medium', timeStyle: 'short' }) }) }
  }
}

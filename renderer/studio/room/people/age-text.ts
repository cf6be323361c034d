import { useI18n } from 'vue-i18n'

/** Younger than that is now. */
const NOW_MS = 3_000

/** How old something is, in words: "now", "8 s ago", "3 min ago". */
export function useAgeText(): (atMs: number, nowMs: number) => string {
  const { t, n } = useI18n()
  return (atMs, nowMs) => {
    const ms = Math.max(0, nowMs - atMs)
    if (ms < NOW_MS) return t('people.age.now')
    if (ms < 60_000) return t('people.age.seconds', { count: n(Math.floor(ms / 1_000)) })
    if (ms < 3_600_000) return t('people.age.minutes', { count: n(Math.floor(ms / 60_000)) })
    return t('people.age.hours', { count: n(Math.floor(ms / 3_600_000)) })
  }
}

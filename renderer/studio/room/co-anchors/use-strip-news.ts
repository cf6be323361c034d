import { ref, watch, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useCoAnchors } from './co-anchors-store'
import { useMicRequests } from './mic-requests-store'
import { seatNews } from './seat-news'

/** What a screen reader says when there is a pause: who asks, who came and went, whose line broke. */
export function useStripNews(): Ref<string> {
  const { t, n } = useI18n()
  const coAnchors = useCoAnchors()
  const requests = useMicRequests()
  const news = ref('')

  async function tellOf(inviteIds: readonly string[]): Promise<void> {
    await requests.learn()
    const fresh = requests.applications.filter(({ inviteId }) => inviteIds.includes(inviteId))
    if (fresh.length === 0) return
    news.value = fresh.map(({ nick, level }) => t('coAnchors.news.asks', { name: nick, level: n(level) })).join(' ')
  }

  watch(
    () => requests.applications.map(({ inviteId }) => inviteId),
    (now, before) => {
      const fresh = now.filter((one) => !before.includes(one))
      if (fresh.length > 0) void tellOf(fresh)
    },
  )
  watch(
    () => ({ table: coAnchors.table, media: coAnchors.fromStage.media }),
    (after, before) => {
      const said = seatNews(before, after)
      if (said.length > 0) news.value = said.map(({ kind, name }) => t(`coAnchors.news.${kind}`, { name })).join(' ')
    },
  )
  return news
}

import { ref, watch, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { plainLine } from '../../../../../electron/shared/overlay'
import { usePk } from './pk-store'

const MAX_NAME_CHARS = 60

/** What a screen reader says of a PK when there is a pause: its offer, its begin, its result; never a count. */
export function usePkNews(): Ref<string> {
  const { t, n } = useI18n()
  const pk = usePk()
  const news = ref('')

  watch(
    () => pk.view,
    (now, before) => {
      // What stood already when this window looked is no news, but for a question.
      if (now === null || (before == null && now.state !== 'offered')) return
      if (now.state === before?.state && now.result === before.result && now.pkId === before.pkId) return
      const name = plainLine(now.other.nick, MAX_NAME_CHARS)
      if (now.state === 'offered') news.value = t(`roomToRoom.pk.news.${now.side === 'host' ? 'waits' : 'offers'}`, { name, minutes: n(now.seconds / 60) })
      else if (now.state === 'running') news.value = t('roomToRoom.pk.news.running', { name })
      else if (now.state === 'none') news.value = before?.state === 'offered' ? t('roomToRoom.pk.news.none') : ''
      else if (now.result !== null) news.value = t(`roomToRoom.pk.news.${now.result}`, { name, own: n(now.own), others: n(now.others) })
    },
    { immediate: true },
  )
  return news
}

import { useI18n } from 'vue-i18n'
import type { Gift } from '../../../../electron/shared/room-api'

/** The name of a gift in the page's language. */
export function useGiftName(): (gift: Gift) => string {
  const { locale } = useI18n()
  return (gift) => gift.name[locale.value === 'zh-CN' ? 'zh-CN' : 'en']
}

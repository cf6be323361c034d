import { useI18n } from 'vue-i18n'
import type { RoomApiError } from '../../../room/api-request'

/** What the backend said of an act about gifts, or that it said nothing. */
export function useGiftRefusal(): (error: RoomApiError) => string {
  const { t } = useI18n()
  return (error) => {
    if (error.kind === 'unreachable') return t('gifts.error.offline')
    return error.remedy === '' ? t('gifts.error.unknown') : t('refusal.api', { message: error.message, remedy: error.remedy })
  }
}

import { useI18n } from 'vue-i18n'
import type { ToldTrouble } from './co-anchors-store'

/** Why something was not done, and what to do, in a sentence. */
export function useTroubleText(): (told: ToldTrouble) => string {
  const { t } = useI18n()
  return ({ name, trouble }) => {
    switch (trouble.kind) {
      case 'withdrawn':
        return t('coAnchors.error.withdrawn', { name })
      case 'not-asked':
        return t('coAnchors.error.notAsked', { name })
      case 'not-told':
        return t('coAnchors.error.notTold', { name })
      default: {
        const sentence = 'message' in trouble ? t('refusal.api', { message: trouble.message, remedy: trouble.remedy }) : t('coAnchors.error.offline')
        return name === '' ? sentence : t('coAnchors.error.of', { name, sentence })
      }
    }
  }
}

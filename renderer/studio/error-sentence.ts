import { useI18n } from 'vue-i18n'
import type { ErrorInfo } from '../../electron/shared/errors'
import { errorText, type ErrorSentence } from '../../electron/shared/locales/error-text'

/** Sentences of errors in the language that is shown. */
export function useErrorText(): (error: ErrorInfo) => ErrorSentence {
  const { locale } = useI18n()
  return (error) => errorText(error, locale.value === 'zh-CN' ? 'zh-CN' : 'en')
}

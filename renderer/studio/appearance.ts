import { usePreferredDark } from '@vueuse/core'
import { watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { useDesk } from './stores/desk'

/** The document speaks the language and wears the theme of the settings; 'system' follows the machine. */
export function useAppearance(): void {
  const { locale } = useI18n()
  const desk = useDesk()
  const prefersDark = usePreferredDark()
  watch(
    () => {
      const setting = desk.snapshot?.settings.language ?? 'system'
      return setting === 'system' ? (desk.snapshot?.app.systemLanguage ?? 'en') : setting
    },
    (language) => {
      locale.value = language
      document.documentElement.lang = language
    },
    { immediate: true },
  )
  watch(
    () => {
      const setting = desk.snapshot?.settings.theme ?? 'system'
      return setting === 'system' ? (prefersDark.value ? 'dark' : 'light') : setting
    },
    (theme) => (document.documentElement.dataset['theme'] = theme),
    { immediate: true },
  )
}

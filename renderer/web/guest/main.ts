import { createApp } from 'vue'
import { createI18n } from 'vue-i18n'
import GuestPage from './GuestPage.vue'
import { messages } from './texts'
import '../base.css'
import './guest.css'

const locale = navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en'
document.documentElement.lang = locale
createApp(GuestPage)
  .use(createI18n({ legacy: false, locale, fallbackLocale: 'en', messages }))
  .mount('#app')

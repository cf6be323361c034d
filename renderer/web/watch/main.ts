import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { createI18n } from 'vue-i18n'
import { messages } from './texts'
import WatchPage from './WatchPage.vue'
import '../base.css'
import './watch.css'
import './room.css'

const locale = navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en'
document.documentElement.lang = locale
createApp(WatchPage)
  .use(createPinia())
  .use(createI18n({ legacy: false, locale, fallbackLocale: 'en', messages }))
  .mount('#app')

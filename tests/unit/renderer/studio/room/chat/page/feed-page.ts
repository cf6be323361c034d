import { createPinia } from 'pinia'
import { createApp, nextTick } from 'vue'
import { useChat } from '../../../../../../../renderer/room/chat-store'
import { useVisit } from '../../../../../../../renderer/room/visit-store'
import { i18n } from '../../../../../../../renderer/studio/i18n'
import ChatTab from '../../../../../../../renderer/studio/room/chat/ChatTab.vue'
import { meter, nextText } from '../../../../../../bench/chat-list/meter'
import '../../../../../../../renderer/studio/styles/tokens.css'
import '../../../../../../../renderer/studio/styles/controls.css'

/** The chat tab as it is built, for the bench in Node. */

const host = document.body.appendChild(document.createElement('div'))
host.style.cssText = 'display:flex;flex-direction:column;width:360px;height:720px;background:var(--surface)'
createApp(ChatTab).use(createPinia()).use(i18n).mount(host)
useVisit().phase = 'inside'
useVisit().chat = 'ready'

let heard = 0
function hear(text: string): void {
  heard += 1
  const person = (heard * 7_919) % 5_000
  useChat().hear({
    ...{ kind: 'said', id: `m${heard}`, msgSeq: heard, userId: `g-${person}`, nick: `Viewer ${person}`, level: person % 12, role: 'viewer' },
    ...{ text, own: false, sending: false },
  })
}

/** So many messages, 500 at a time, each lot drawn. */
async function pour(messages: number): Promise<void> {
  for (let left = messages; left > 0; left -= 500) {
    for (let lot = 0; lot < Math.min(500, left); lot += 1) hear(nextText())
    useChat().flush()
    await nextTick()
    await new Promise((resolve) => requestAnimationFrame(resolve))
  }
}

Object.assign(window, {
  chatList: {
    run: (perSecond: number, seconds: number, burst: number) =>
      meter({ host, hear, rows: () => document.querySelectorAll('[data-row]').length }, perSecond, seconds, burst),
    pour,
  },
})

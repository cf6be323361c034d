import { createApp, h } from 'vue'
import { TUIRoomEvents, instance } from '@tencentcloud/tuiroom-engine-js'
import { UIKitProvider } from '@tencentcloud/uikit-base-component-vue3'
import BarrageList from 'tuikit-atomicx-vue3/dist/components/BarrageList/BarrageList.js'
import { meter } from '../../chat-list/meter'

/** The kit's list as its package brings it, in the size of the studio's. */
const host = document.body.appendChild(document.createElement('div'))
host.style.cssText = 'display:flex;flex-direction:column;width:360px;height:720px'
createApp({ render: () => h(UIKitProvider, { language: 'en-US', theme: 'dark' }, () => h(BarrageList, { height: '720px' })) }).mount(host)

let heard = 0
function hear(text) {
  heard += 1
  const person = (heard * 7_919) % 5_000
  instance.emit(TUIRoomEvents.onReceiveTextMessage, {
    roomId: 'bench',
    sender: { userId: `g-${person}`, userName: `Viewer ${person}`, avatarUrl: '' },
    sequence: heard,
    timestampInSecond: Math.floor(Date.now() / 1_000),
    textContent: text,
    extensionInfo: {},
  })
}

window.chatList = {
  run: (perSecond, seconds, burst) => meter({ host, hear, rows: () => document.querySelectorAll('.message-chunk > *').length }, perSecond, seconds, burst),
}

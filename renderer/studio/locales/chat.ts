/** Chat feed and composer. */
export const chatEn = {
  log: 'Chat',
  empty: 'No one has said anything yet. Say hello.',
  says: '{name}:',
  placeholder: 'Say something to the room',
  send: 'Send',
}

export const chatZh: typeof chatEn = {
  log: '聊天',
  empty: '还没有人发言，先打个招呼吧。',
  says: '{name}：',
  placeholder: '对直播间说点什么',
  send: '发送',
}

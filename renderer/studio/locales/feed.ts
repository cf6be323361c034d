/** The feed's frame, and what may be the matter with the room. */
export const feedEn = {
  heading: 'The room',
  chat: 'Chat',
  gifts: 'Gifts',
  people: 'People',
  stream: 'Stream',
  popOut: { heading: 'AnchorDesk chat', open: 'Chat in a window of its own', close: 'Close the chat window' },
  trouble: {
    waiting: 'The room does not answer. It is asked again by itself; your video is not affected.',
    reconnecting: 'Chat lost its connection and is coming back. Your video is not affected.',
    notLoaded: 'The chat could not be loaded. Restart AnchorDesk after the show.',
    useHere: 'Use it here',
    now: 'Reconnect now',
    kicked: {
      multipleAccount: 'This anchor signed in at another window. Chat stopped here.',
      multipleDevice: 'This anchor signed in on another device. Chat stopped here.',
      REST_API_Kick: 'The room signed this window out.',
      userSigExpired: 'The sign-in ended and is being renewed.',
    },
  },
}

export const feedZh: typeof feedEn = {
  heading: '直播间',
  chat: '聊天',
  gifts: '礼物',
  people: '观众',
  stream: '推流',
  popOut: { heading: 'AnchorDesk 聊天', open: '弹出聊天窗口', close: '关闭聊天窗口' },
  trouble: {
    waiting: '直播间没有响应，会自动重试；画面不受影响。',
    reconnecting: '聊天连接断开，正在恢复；画面不受影响。',
    notLoaded: '聊天无法加载，请在直播后重启 AnchorDesk。',
    useHere: '在此窗口使用',
    now: '立即重连',
    kicked: {
      multipleAccount: '该主播已在另一窗口登录，此处聊天已停止。',
      multipleDevice: '该主播已在另一设备登录，此处聊天已停止。',
      REST_API_Kick: '直播间已将此窗口登出。',
      userSigExpired: '登录已到期，正在续期。',
    },
  },
}

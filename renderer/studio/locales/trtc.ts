/** TRTC as a way to the viewers, and leaving it. */
export const trtcEn = {
  about: {
    rtmp: 'Any platform that takes a stream: 2–10 s of delay, and nothing to pay to Tencent.',
    css: 'The CDN of Tencent by RTMP: 2–5 s of delay, made for large audiences, the cheapest way by the viewer.',
    trtc: 'The real-time network of Tencent: under half a second, good on bad lines, billed by the minute of everyone in the room.',
    cloud: 'The server of your room gives the address and renews it: there is no key to type, and none on this machine.',
  },
  way: { heading: 'Where it leads', css: 'CSS', trtc: 'The TRTC room, by RTMP' },
  wayAbout: {
    css: 'For many viewers, with the keys of the team.',
    trtc: 'For this machine without the TRTC library, or another encoder. It needs a paid TRTC package, and viewers are there later than by TRTC itself.',
  },
  relayed: 'While TRTC is on, your other destinations are pushed from the cloud: this machine uploads once. What only this machine reaches stands by.',
  nextShow: 'From the next show on.',
  sdk: {
    heading: 'TRTC on this machine',
    unknown: 'It is looked for when the destination is switched on.',
    absent: 'Not installed.',
    starting: 'Starting…',
    ready: 'Installed, version {version}.',
    failed: 'Does not start.',
  },
  howTo:
    'The library of Tencent comes with the AnchorDesk installers for Windows and macOS that have TRTC in their name. From source: run npm run trtc:install, then look again.',
  lookAgain: 'Look again',
  failover: {
    heading: 'When TRTC is in trouble for a minute',
    ask: 'Ask me',
    automatic: 'Switch to RTMP by itself',
    needsOther: 'Switch on another destination too: without one there is nothing to switch to.',
    trouble: 'TRTC has not carried your show for {seconds} s.',
    due: 'TRTC does not recover, and viewers see nothing by it.',
    question: 'Your other destinations can be pushed from this machine. Co-anchors of the TRTC room leave the picture.',
    act: 'Switch to RTMP',
    done: 'Switched to RTMP. TRTC is used again in the next show.',
  },
}

export const trtcZh: typeof trtcEn = {
  about: {
    rtmp: '任何接收推流的平台：延迟 2–10 秒，无需向腾讯云付费。',
    css: '通过 RTMP 推到腾讯云 CDN：延迟 2–5 秒，适合大量观众，按观众计算最省钱。',
    trtc: '腾讯云实时网络：延迟低于半秒，弱网表现好，按房间内所有人的分钟数计费。',
    cloud: '由直播间的服务器提供并自动更新推流地址：无需填写密钥，本机也不保存密钥。',
  },
  way: { heading: '推流到', css: 'CSS', trtc: 'TRTC 房间（RTMP）' },
  wayAbout: {
    css: '适合大量观众，使用团队的密钥。',
    trtc: '适合没有安装 TRTC 组件的电脑或其他编码器。需要付费的 TRTC 套餐，延迟高于直接使用 TRTC。',
  },
  relayed: '开启 TRTC 时，其他目的地由腾讯云转推：本机只上传一路。只有本机能到达的地址处于待命状态。',
  nextShow: '从下一场直播开始。',
  sdk: {
    heading: '本机上的 TRTC',
    unknown: '打开该目的地时会进行检测。',
    absent: '未安装。',
    starting: '正在启动…',
    ready: '已安装，版本 {version}。',
    failed: '无法启动。',
  },
  howTo: '名称中带有 TRTC 的 AnchorDesk 安装包（Windows 和 macOS）已包含腾讯云组件。从源码运行时：执行 npm run trtc:install，然后重新检测。',
  lookAgain: '重新检测',
  failover: {
    heading: '当 TRTC 异常持续一分钟时',
    ask: '询问我',
    automatic: '自动切换到 RTMP',
    needsOther: '请同时打开另一个目的地，否则没有可切换的线路。',
    trouble: 'TRTC 已有 {seconds} 秒没有送出你的画面。',
    due: 'TRTC 没有恢复，观众无法通过它看到你。',
    question: '其他目的地可以改由本机推流。TRTC 房间中的连麦嘉宾会离开画面。',
    act: '切换到 RTMP',
    done: '已切换到 RTMP。下一场直播会重新使用 TRTC。',
  },
}

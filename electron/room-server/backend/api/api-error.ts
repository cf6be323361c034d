/** What a request may be refused with: status, what happened and the one thing to do, in both languages. `{name}` is filled from the context. */
export const API_ERRORS = {
  'request.invalid': {
    status: 400,
    en: ['The request is not as described: {reason}', 'Compare it with /docs.'],
    'zh-CN': ['请求格式不正确：{reason}', '请对照 /docs 检查。'],
  },
  'request.too-large': { status: 413, en: ['The request is too large.', 'Send less at once.'], 'zh-CN': ['请求内容过大。', '请减少单次发送的内容。'] },
  'request.too-many': {
    status: 429,
    en: ['That was too fast.', 'Wait {seconds} s and try again.'],
    'zh-CN': ['操作过于频繁。', '请等待 {seconds} 秒后重试。'],
  },
  'not-found': { status: 404, en: ['There is nothing at this address.', 'Compare it with /docs.'], 'zh-CN': ['该地址不存在。', '请对照 /docs 检查。'] },
  'auth.missing': { status: 401, en: ['This needs a session.', 'Open one first.'], 'zh-CN': ['需要登录会话。', '请先进入直播间。'] },
  'auth.invalid': { status: 401, en: ['The session is not valid.', 'Open a new one.'], 'zh-CN': ['会话无效。', '请重新进入直播间。'] },
  'auth.expired': { status: 401, en: ['The session has expired.', 'Open a new one.'], 'zh-CN': ['会话已过期。', '请重新进入直播间。'] },
  'auth.forbidden': {
    status: 403,
    en: ['A {role} may not do this.', 'Ask the anchor for a link with more rights.'],
    'zh-CN': ['当前身份（{role}）无权执行此操作。', '请向主播索取相应权限的链接。'],
  },
  'auth.blocked': {
    status: 403,
    en: ['You were removed from this room.', 'Only the crew can let you in again.'],
    'zh-CN': ['你已被移出该直播间。', '只有管理人员可以解除。'],
  },
  'invite.invalid': { status: 401, en: ['The invitation is not valid.', 'Ask for a new link.'], 'zh-CN': ['邀请无效。', '请索取新的链接。'] },
  'invite.expired': { status: 401, en: ['The invitation has expired.', 'Ask for a new link.'], 'zh-CN': ['邀请已过期。', '请索取新的链接。'] },
  'invite.ended': {
    status: 401,
    en: ['The anchor has ended this invitation.', 'Ask for a new link.'],
    'zh-CN': ['主播已结束该邀请。', '请索取新的链接。'],
  },
  'invite.used': {
    status: 401,
    en: ['Somebody else has come in with this invitation.', 'Ask for a link of your own.'],
    'zh-CN': ['该邀请已被他人使用。', '请索取你自己的链接。'],
  },
  'room.not-found': { status: 404, en: ['There is no such room.', 'Check the link.'], 'zh-CN': ['直播间不存在。', '请检查链接。'] },
  'room.exists': { status: 409, en: ['A room of this name is there already.', 'Choose another one.'], 'zh-CN': ['同名直播间已存在。', '请换一个名称。'] },
  'room.too-many': {
    status: 409,
    en: ['There are {limit} rooms, and no more are made.', 'Use one that is there.'],
    'zh-CN': ['直播间已达 {limit} 个上限。', '请使用已有的直播间。'],
  },
  'room.illegal-transition': {
    status: 409,
    en: ['A room that is {from} cannot become {to}.', 'From {from} it can become: {allowed}.'],
    'zh-CN': ['直播间不能从 {from} 变为 {to}。', '从 {from} 可变为：{allowed}。'],
  },
  'text.too-long': {
    status: 400,
    en: ['The text has {bytes} bytes of UTF-8; {limit} are allowed.', 'Shorten it: a Chinese character has 3 bytes.'],
    'zh-CN': ['文本为 {bytes} 字节（UTF-8），上限 {limit} 字节。', '请缩短：一个汉字占 3 字节。'],
  },
  'text.image-not-https': {
    status: 400,
    en: ['A picture must have an https address.', 'Use an https link.'],
    'zh-CN': ['图片必须使用 https 地址。', '请使用 https 链接。'],
  },
  'text.refused': {
    status: 400,
    en: ['The text has a word that is not allowed here.', 'Choose other words.'],
    'zh-CN': ['文本包含不允许的词语。', '请更换措辞。'],
  },
  'gift.unknown': { status: 404, en: ['There is no such gift.', 'Load the catalogue again.'], 'zh-CN': ['该礼物不存在。', '请重新加载礼物列表。'] },
  'gift.not-now': { status: 409, en: ['Gifts are given while the room is live.', 'Wait for the show.'], 'zh-CN': ['仅可在直播中送礼。', '请等待开播。'] },
  'gift.order-conflict': {
    status: 409,
    en: ['This order id was used for another order.', 'Give each order an id of its own.'],
    'zh-CN': ['该订单号已用于其他订单。', '每笔订单请使用独立的订单号。'],
  },
  'gift.order-unknown': { status: 404, en: ['There is no such order.', 'Check the order id.'], 'zh-CN': ['订单不存在。', '请检查订单号。'] },
  'gift.not-refundable': {
    status: 409,
    en: ['An order that is {state} cannot be refunded.', 'Only a paid order can.'],
    'zh-CN': ['状态为 {state} 的订单不能退款。', '只有已支付的订单可以退款。'],
  },
  'wallet.too-poor': {
    status: 402,
    en: ['That costs {coins} coins; you have {balance}.', 'Choose a smaller gift.'],
    'zh-CN': ['需要 {coins} 金币，余额 {balance}。', '请选择其他礼物。'],
  },
  'wallet.failed': {
    status: 502,
    en: ['The payment did not go through.', 'Send the same order again: it is charged once.'],
    'zh-CN': ['支付未成功。', '可用同一订单号重试，不会重复扣费。'],
  },
  'person.not-found': { status: 404, en: ['Nobody of this id was here.', 'Check the id.'], 'zh-CN': ['未找到该用户。', '请检查用户 ID。'] },
  'moderation.protected': {
    status: 403,
    en: ['Somebody with the same or more rights cannot be moderated.', 'Ask the anchor.'],
    'zh-CN': ['不能对同级或更高权限的成员执行此操作。', '请联系主播。'],
  },
  'audit.not-found': { status: 404, en: ['There is no such entry.', 'Load the log again.'], 'zh-CN': ['该记录不存在。', '请重新加载记录。'] },
  'audit.not-undoable': { status: 409, en: ['This cannot be undone.', 'Nothing was changed.'], 'zh-CN': ['该操作无法撤销。', '未做任何更改。'] },
  'draw.not-found': { status: 404, en: ['There is no such draw.', 'Load the draws again.'], 'zh-CN': ['抽奖不存在。', '请重新加载。'] },
  'draw.running': { status: 409, en: ['A draw is running already.', 'Close it first.'], 'zh-CN': ['已有抽奖正在进行。', '请先结束当前抽奖。'] },
  'draw.closed': { status: 409, en: ['This draw is over.', 'Open a new one.'], 'zh-CN': ['该抽奖已结束。', '请发起新的抽奖。'] },
  'seat.not-admitted': {
    status: 403,
    en: ['There is no place on the mic for this person.', 'The anchor or a producer has to let them in first.'],
    'zh-CN': ['该用户没有连麦席位。', '需由主播或场控先同意。'],
  },
  'seat.full': {
    status: 409,
    en: ['All places on the mic are taken.', 'Wait until one is free.'],
    'zh-CN': ['连麦席位已满。', '请等待空位。'],
  },
  'seat.not-ready': {
    status: 409,
    en: ['They have not said that they are ready.', 'Wait until they press Ready.'],
    'zh-CN': ['对方尚未准备好。', '请等待对方点击“准备好了”。'],
  },
  'seat.taken': { status: 409, en: ['Somebody has this seat.', 'Choose another one.'], 'zh-CN': ['该席位已有人。', '请选择其他席位。'] },
  'seat.blocked': {
    status: 409,
    en: ['They were removed from this room.', 'Let them in first.'],
    'zh-CN': ['对方已被移出该直播间。', '请先解除移出。'],
  },
  'pk.running': {
    status: 409,
    en: ['There is a PK already.', 'Wait for its end, or end it.'],
    'zh-CN': ['已有 PK 正在进行。', '请等待其结束，或先结束它。'],
  },
  'pk.none': {
    status: 409,
    en: ['There is no PK that this could be done to.', 'Look at what is shown now.'],
    'zh-CN': ['没有可执行此操作的 PK。', '请查看当前状态。'],
  },
  'pk.not-yours': {
    status: 409,
    en: ['The other room runs this PK.', 'Ask its anchor to end it, or disconnect.'],
    'zh-CN': ['该 PK 由对方直播间主持。', '请对方主播结束，或断开连接。'],
  },
  'pk.not-a-room': {
    status: 409,
    en: ['This co-anchor is on the air without a room of his own.', 'A PK needs an anchor who has connected his room.'],
    'zh-CN': ['该连麦者没有连接自己的直播间。', 'PK 需要对方主播先连接其直播间。'],
  },
  'pk.not-connected': {
    status: 409,
    en: ['This room is not connected with another one.', 'Connect with it by its link first.'],
    'zh-CN': ['尚未连接其他直播间。', '请先通过链接连接。'],
  },
  'pk.address-not-allowed': {
    status: 403,
    en: [
      'The other room’s server is at an address inside a network, and this server connects to public ones alone.',
      'Use its public address, or ask whoever runs this server to allow that network (ROOM_NETWORKS).',
    ],
    'zh-CN': ['对方直播间的服务器位于内网地址，本服务器只连接公网地址。', '请使用其公网地址，或请本服务器的管理者放行该网络（ROOM_NETWORKS）。'],
  },
  'pk.unreachable': {
    status: 502,
    en: ['The other room does not answer.', 'Try again in a moment.'],
    'zh-CN': ['对方直播间无响应。', '请稍后重试。'],
  },
  'trtc.no-cloud-room': {
    status: 409,
    en: ['This room is not one of Tencent’s cloud, so there is no TRTC room for it.', 'Start the room server with --im, or sign in to one that has it.'],
    'zh-CN': ['该直播间不在腾讯云上，没有对应的 TRTC 房间。', '请用 --im 启动房间服务器，或登录已接入腾讯云的服务器。'],
  },
  'trtc.other-app': {
    status: 409,
    en: ['That TRTC room is one of another Tencent application.', 'Connect rooms of the same SDKAppID.'],
    'zh-CN': ['该 TRTC 房间属于另一个腾讯云应用。', '请连接同一 SDKAppID 的房间。'],
  },
  'trtc.user-taken': {
    status: 409,
    en: [
      'These two rooms are connected already, or this TRTC user is somebody else here.',
      'Wait 20 seconds, where a connection was just lost, and try again.',
    ],
    'zh-CN': ['这两个直播间已经连接，或该 TRTC 用户在此处属于他人。', '如果连接刚刚中断，请等待 20 秒后重试。'],
  },
  'css.not-set-up': {
    status: 409,
    en: ['This room server signs no push addresses.', 'Start it with --css-push-domain and --css-key-file.'],
    'zh-CN': ['该房间服务器不签发推流地址。', '请用 --css-push-domain 和 --css-key-file 启动。'],
  },
  'cloud.not-set-up': {
    status: 409,
    en: ['This room server has no keys for Tencent’s cloud API.', 'Start it with --cloud-secret-id and --cloud-secret-key-file.'],
    'zh-CN': ['该房间服务器没有腾讯云 API 密钥。', '请用 --cloud-secret-id 和 --cloud-secret-key-file 启动。'],
  },
  'cloud.task-running': { status: 409, en: ['That is running already.', 'End it first.'], 'zh-CN': ['该任务已在进行。', '请先结束它。'] },
  'cloud.no-task': {
    status: 409,
    en: ['Nothing of that kind is running.', 'Look at what is shown now.'],
    'zh-CN': ['没有正在进行的此类任务。', '请查看当前状态。'],
  },
  'cloud.keys-wrong': {
    status: 502,
    en: ['Tencent’s cloud does not take this server’s SecretId and SecretKey ({cloudCode}).', 'Compare them with the console (CAM, API keys).'],
    'zh-CN': ['腾讯云不接受该服务器的 SecretId 和 SecretKey（{cloudCode}）。', '请与控制台（访问管理 › API 密钥）核对。'],
  },
  'cloud.clock': {
    status: 502,
    en: ['The clock of the room server is wrong by more than 5 minutes ({cloudCode}).', 'Set it by NTP.'],
    'zh-CN': ['房间服务器的时钟误差超过 5 分钟（{cloudCode}）。', '请用 NTP 校时。'],
  },
  'cloud.not-allowed': {
    status: 502,
    en: ['The keys of this server may not do that ({cloudCode}).', 'Give them QcloudTRTCFullAccess, and for recording VOD’s rights, in the console (CAM).'],
    'zh-CN': ['该服务器的密钥无权执行此操作（{cloudCode}）。', '请在控制台（访问管理）授予 QcloudTRTCFullAccess；录制还需点播权限。'],
  },
  'cloud.busy': {
    status: 503,
    en: ['Tencent’s cloud is asked too often ({cloudCode}).', 'Try again in a moment.'],
    'zh-CN': ['对腾讯云的请求过于频繁（{cloudCode}）。', '请稍后重试。'],
  },
  'cloud.unavailable': {
    status: 503,
    en: ['Tencent’s cloud does not answer ({cloudCode}).', 'Try again in a moment.'],
    'zh-CN': ['腾讯云没有响应（{cloudCode}）。', '请稍后重试。'],
  },
  'cloud.refused': {
    status: 502,
    en: ['Tencent’s cloud refused ({cloudCode}).', 'Look the code up in the document of TRTC’s API; often the feature is not switched on in the console.'],
    'zh-CN': ['腾讯云拒绝了请求（{cloudCode}）。', '请在 TRTC API 文档中查询该代码；通常是控制台未开通该功能。'],
  },
  'limit.reached': { status: 409, en: ['No more than {limit} are kept.', 'Remove one first.'], 'zh-CN': ['最多保留 {limit} 条。', '请先删除一条。'] },
  'server.changing': {
    status: 503,
    en: ['The server is changing over to another machine. Nothing was done.', 'Try again in a moment.'],
    'zh-CN': ['服务器正在切换，本次请求未执行。', '请稍后重试。'],
  },
  'server.outcome-unknown': {
    status: 503,
    en: ['The server went away in the middle. It may have been done or not.', 'Look before you do it again; an order may be sent again as it is.'],
    'zh-CN': ['服务器在处理中途断开，操作可能已完成，也可能没有。', '请先确认结果再重试；订单可用原订单号重发。'],
  },
  'im.unavailable': { status: 503, en: ['The chat service does not answer.', 'Try again in a moment.'], 'zh-CN': ['聊天服务无响应。', '请稍后重试。'] },
  'im.refused': {
    status: 502,
    en: ['The chat service refused it (code {imCode}).', 'See the log of the room server.'],
    'zh-CN': ['聊天服务拒绝了请求（代码 {imCode}）。', '请查看房间服务器日志。'],
  },
  internal: {
    status: 500,
    en: ['Something went wrong here.', 'Try again; the log of the room server has more.'],
    'zh-CN': ['服务器内部错误。', '请重试，详情见房间服务器日志。'],
  },
} as const satisfies Record<string, { status: number; en: readonly [string, string]; 'zh-CN': readonly [string, string] }>

export type ApiErrorCode = keyof typeof API_ERRORS
export type ApiErrorContext = Readonly<Record<string, string | number>>

/** A request that is refused. What its caller is told stands in `API_ERRORS`. */
export class ApiError extends Error {
  readonly code: ApiErrorCode
  readonly context: ApiErrorContext

  constructor(code: ApiErrorCode, context: ApiErrorContext = {}, cause?: unknown) {
    super(code, cause === undefined ? undefined : { cause })
    this.name = 'ApiError'
    this.code = code
    this.context = context
  }
}

export interface ApiErrorBody {
  readonly code: ApiErrorCode
  readonly message: string
  readonly remedy: string
  readonly context: ApiErrorContext
}

export function errorBody(error: ApiError, acceptLanguage: string): ApiErrorBody {
  const [message, remedy] = API_ERRORS[error.code][/^\s*zh/i.test(acceptLanguage) ? 'zh-CN' : 'en']
  const filled = (text: string): string => text.replace(/\{(\w+)\}/g, (whole, name: string) => String(error.context[name] ?? whole))
  return { code: error.code, message: filled(message), remedy: filled(remedy), context: error.context }
}

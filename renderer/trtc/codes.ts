import type { ErrorCode, ErrorInfo } from '../../electron/shared/errors'

/**
 * What the SDK's codes mean here. Names and numbers are those of TXLiteAVError and TXLiteAVWarning in the package's trtc_code.d.ts (13.3.801); a test holds them
 * against it. Cause and remedy in words stand in electron/shared/locales, by our own code.
 */

/** What part of the show a code is about. */
export type CodeScope = 'room' | 'camera' | 'microphone' | 'speaker' | 'screen' | 'encoder' | 'relay' | 'other-room' | 'system-audio' | 'other'

interface Meaning {
  readonly scope: CodeScope
  readonly error: ErrorCode
  /** Trying again is of no use before somebody has changed something. */
  readonly permanent: boolean
}

const MEANINGS = {
  'signature-refused': { scope: 'room', error: 'trtc.signature-refused', permanent: true },
  /** A fresh ticket helps: main asks the backend for one. */
  'signature-expired': { scope: 'room', error: 'trtc.signature-expired', permanent: false },
  /** A parameter that stays wrong, or a suspended service (minutes used up, account in arrears). */
  'room-refused': { scope: 'room', error: 'trtc.enter-failed', permanent: true },
  'room-timeout': { scope: 'room', error: 'trtc.timeout', permanent: false },
  'room-failed': { scope: 'room', error: 'trtc.enter-failed', permanent: false },
  'camera-failed': { scope: 'camera', error: 'source.failed', permanent: false },
  'camera-denied': { scope: 'camera', error: 'source.permission-denied', permanent: true },
  'camera-in-use': { scope: 'camera', error: 'source.in-use', permanent: false },
  'microphone-failed': { scope: 'microphone', error: 'source.failed', permanent: false },
  'microphone-denied': { scope: 'microphone', error: 'source.permission-denied', permanent: true },
  'microphone-in-use': { scope: 'microphone', error: 'source.in-use', permanent: false },
  speaker: { scope: 'speaker', error: 'trtc.failed', permanent: false },
  'screen-failed': { scope: 'screen', error: 'source.failed', permanent: false },
  'sub-stream-taken': { scope: 'screen', error: 'trtc.sub-stream-taken', permanent: false },
  'sub-stream-refused': { scope: 'screen', error: 'trtc.failed', permanent: true },
  'encoder-failed': { scope: 'encoder', error: 'encoder.failed', permanent: false },
  'encoder-unsupported': { scope: 'encoder', error: 'encoder.failed', permanent: false },
  relay: { scope: 'relay', error: 'trtc.relay-failed', permanent: false },
  'other-room': { scope: 'other-room', error: 'trtc.room-connection-failed', permanent: false },
  /** He may come (back) at any moment. */
  'other-room-absent': { scope: 'other-room', error: 'trtc.other-anchor-absent', permanent: false },
  'other-room-full': { scope: 'other-room', error: 'trtc.rooms-full', permanent: true },
  'other-room-not-allowed': { scope: 'other-room', error: 'trtc.rooms-not-allowed', permanent: true },
  'system-audio': { scope: 'system-audio', error: 'source.system-audio-unsupported', permanent: true },
  /** Playing and pushing of the package's other parts, and what the SDK settles by itself. */
  player: { scope: 'other', error: 'trtc.failed', permanent: false },
} as const satisfies Record<string, Meaning>

export const ERROR_CODES = {
  'room-failed': {
    ERR_ROOM_ENTER_FAIL: -3301,
    ERR_ROOM_REQUEST_IP_FAIL: -3303,
    ERR_ROOM_REQUEST_AVSEAT_FAIL: -3305,
    ERR_ROOM_REQUEST_AES_TOKEN_RETURN_ERROR: -3329,
    ERR_ACCIP_LIST_EMPTY: -3331,
    ERR_SERVER_INFO_UNPACKING_ERROR: -100000,
    ERR_SERVER_INFO_ALLOCATE_ACCESS_FAILED: -100002,
    ERR_SERVER_INFO_INVALID_COMMAND: -100005,
    ERR_SERVER_INFO_GENERATE_KEN_ERROR: -100007,
    ERR_SERVER_INFO_GENERATE_TOKEN_ERROR: -100008,
    ERR_SERVER_INFO_DATABASE: -100009,
    ERR_SERVER_INFO_INVALID: -100016,
    ERR_SERVER_INFO_ECDH_GET_KEY: -100017,
    ERR_SERVER_INFO_ECDH_GET_TINYID: -100018,
    ERR_SERVER_ACC_ROOM_NOT_EXIST: -101003,
    ERR_SERVER_ACC_ROOMID: -101004,
    ERR_SERVER_ACC_LOCATIONID: -101005,
    ERR_SERVER_CENTER_SYSTEM_ERROR: -102000,
    ERR_SERVER_CENTER_CREATE_ROOM_FAILED: -102002,
    ERR_SERVER_CENTER_ROOM_NOT_EXIST: -102005,
    ERR_SERVER_CENTER_ADD_USER_FAILED: -102006,
    ERR_SERVER_CENTER_FIND_USER_FAILED: -102007,
    ERR_SERVER_CENTER_SWITCH_TERMINATION_FREQUENTLY: -102008,
    ERR_SERVER_CENTER_LOCATION_NOT_EXIST: -102009,
    ERR_SERVER_CENTER_ROUTE_TABLE_ERROR: -102014,
    ERR_SERVER_CENTER_USER_WAS_DELETED: -102018,
    ERR_SERVER_CENTER_ROOM_FULL: -102052,
    ERR_SERVER_CENTER_DECODE_JSON_FAIL: -102053,
    ERR_SERVER_CENTER_UNKNOWN_SUB_CMD: -102054,
    ERR_SERVER_CENTER_REACH_PROXY_MAX: -102056,
    ERR_SERVER_CENTER_PB_SERIALIZE: -102058,
    ERR_SERVER_SSO_INTERNAL_ERROR: -70500,
  },
  'room-refused': {
    ERR_ENTER_ROOM_PARAM_NULL: -3316,
    ERR_ROOM_ID_INVALID: -3318,
    ERR_SERVER_INFO_SERVICE_SUSPENDED: -100013,
    ERR_SERVER_INFO_BAD_ROOMID: -100010,
    ERR_SERVER_INFO_BAD_SCENE_OR_ROLE: -100011,
    ERR_SERVER_INFO_ROOMID_EXCHANGE_FAILED: -100012,
    ERR_SERVER_INFO_STRGROUP_HAS_INVALID_CHARS: -100014,
    ERR_SERVER_CENTER_INVALID_ROOMID: -102001,
    ERR_SERVER_CENTER_INVALID_PARAMETER: -102023,
    ERR_SERVER_CENTER_INVALID_ROOM_ID: -102029,
    ERR_SERVER_CENTER_ROOM_ID_TOO_LONG: -102030,
    ERR_SERVER_CENTER_INVALID_ROLE: -102055,
    ERR_SERVER_CENTER_RECORDID_STORE: -102057,
  },
  'signature-refused': {
    ERR_SDK_APPID_INVALID: -3317,
    ERR_USER_ID_INVALID: -3319,
    ERR_USER_SIG_INVALID: -3320,
    ERR_ROOM_REQUEST_TOKEN_INVALID_PARAMETER: -3315,
    ERR_SERVER_INFO_TOKEN_ERROR: -100001,
    ERR_SERVER_INFO_GENERATE_SIGN_FAILED: -100003,
    ERR_SERVER_INFO_PRIVILEGE_FLAG_ERROR: -100006,
    ERR_SERVER_INFO_LACK_SDKAPPID: -100015,
    ERR_SERVER_ACC_SIGN_ERROR: -101001,
    ERR_SERVER_CENTER_SIGN_ERROR: -102003,
    ERR_SERVER_CENTER_NO_PRIVILEDGE_CREATE_ROOM: -102010,
    ERR_SERVER_CENTER_NO_PRIVILEDGE_ENTER_ROOM: -102011,
    ERR_SERVER_CENTER_NO_PRIVILEDGE_PUSH_VIDEO: -102013,
    ERR_SERVER_CENTER_NO_PRIVILEDGE_REQUEST_VIDEO: -102019,
    ERR_SERVER_SSO_SIG_VERIFICATION_FAILED_1: -70003,
    ERR_SERVER_SSO_SIG_VERIFICATION_FAILED_2: -70004,
    ERR_SERVER_SSO_SIG_VERIFICATION_FAILED_3: -70005,
    ERR_SERVER_SSO_SIG_VERIFICATION_FAILED_4: -70006,
    ERR_SERVER_SSO_SIG_VERIFICATION_FAILED_5: -70007,
    ERR_SERVER_SSO_SIG_VERIFICATION_FAILED_6: -70008,
    ERR_SERVER_SSO_SIG_VERIFICATION_FAILED_7: -70009,
    ERR_SERVER_SSO_SIG_VERIFICATION_FAILED_8: -70010,
    ERR_SERVER_SSO_SIG_VERIFICATION_ID_NOT_MATCH: -70013,
    ERR_SERVER_SSO_APPID_NOT_MATCH: -70014,
    ERR_SERVER_SSO_VERIFICATION_FAILED: -70018,
    ERR_SERVER_SSO_APPID_NOT_FOUND: -70020,
    ERR_SERVER_SSO_ACCOUNT_IN_BLACKLIST: -70051,
    ERR_SERVER_SSO_LIMITED_BY_SECURITY: -70114,
    ERR_SERVER_SSO_APPID_ERROR: -70252,
    ERR_SERVER_SSO_TICKET_VERIFICATION_FAILED: -70346,
    ERR_SERVER_SSO_ACCOUNT_EXCEED_PURCHASES: -70398,
  },
  'room-timeout': {
    ERR_ROOM_REQUEST_ENTER_ROOM_TIMEOUT: -3308,
    ERR_ROOM_REQUEST_QUIT_ROOM_TIMEOUT: -3325,
    ERR_ROOM_HEARTBEAT_FAIL: -3302,
    ERR_ROOM_CONNECT_FAIL: -3304,
    ERR_ROOM_REQUEST_TOKEN_HTTPS_TIMEOUT: -3306,
    ERR_ROOM_REQUEST_IP_TIMEOUT: -3307,
    ERR_ROOM_REQUEST_VIDEO_FLAG_TIMEOUT: -3309,
    ERR_ROOM_REQUEST_VIDEO_DATA_ROOM_TIMEOUT: -3310,
    ERR_ROOM_REQUEST_CHANGE_ABILITY_TIMEOUT: -3311,
    ERR_ROOM_REQUEST_STATUS_REPORT_TIMEOUT: -3312,
    ERR_ROOM_REQUEST_CLOSE_VIDEO_TIMEOUT: -3313,
    ERR_ROOM_REQUEST_SET_RECEIVE_TIMEOUT: -3314,
    ERR_ROOM_REQUEST_SEND_JSON_CMD_TIMEOUT: -3332,
  },
  'camera-failed': {
    ERR_CAMERA_START_FAIL: -1301,
    ERR_CAMERA_SET_PARAM_FAIL: -1315,
  },
  'camera-denied': {
    ERR_CAMERA_NOT_AUTHORIZED: -1314,
  },
  'camera-in-use': {
    ERR_CAMERA_OCCUPY: -1316,
  },
  'microphone-failed': {
    ERR_MIC_START_FAIL: -1302,
    ERR_MIC_SET_PARAM_FAIL: -1318,
    ERR_MIC_STOP_FAIL: -1320,
  },
  'microphone-denied': {
    ERR_MIC_NOT_AUTHORIZED: -1317,
  },
  'microphone-in-use': {
    ERR_MIC_OCCUPY: -1319,
  },
  speaker: {
    ERR_SPEAKER_START_FAIL: -1321,
    ERR_SPEAKER_SET_PARAM_FAIL: -1322,
    ERR_SPEAKER_STOP_FAIL: -1323,
  },
  'screen-failed': {
    ERR_SCREEN_CAPTURE_START_FAIL: -1308,
    ERR_SCREEN_CAPTURE_UNSURPORT: -1309,
  },
  'sub-stream-refused': {
    ERR_SERVER_CENTER_NO_PRIVILEDGE_PUSH_SUB_VIDEO: -102015,
    ERR_SERVER_CENTER_INVALID_PARAMETER_SUB_VIDEO: -102012,
    ERR_SERVER_CENTER_NOT_PUSH_SUB_VIDEO: -102017,
  },
  'sub-stream-taken': {
    ERR_SERVER_CENTER_ANOTHER_USER_PUSH_SUB_VIDEO: -102016,
  },
  'encoder-failed': {
    ERR_VIDEO_ENCODE_FAIL: -1303,
    ERR_AUDIO_ENCODE_FAIL: -1304,
  },
  'encoder-unsupported': {
    ERR_UNSUPPORTED_RESOLUTION: -1305,
    ERR_UNSUPPORTED_SAMPLERATE: -1306,
    ERR_PIXEL_FORMAT_UNSUPPORTED: -1327,
    ERR_BUFFER_TYPE_UNSUPPORTED: -1328,
  },
  relay: {
    ERR_PUBLISH_CDN_STREAM_REQUEST_TIME_OUT: -3321,
    ERR_CLOUD_MIX_TRANSCODING_REQUEST_TIME_OUT: -3322,
    ERR_PUBLISH_CDN_STREAM_SERVER_FAILED: -3323,
    ERR_CLOUD_MIX_TRANSCODING_SERVER_FAILED: -3324,
    ERR_ROOM_REQUEST_START_PUBLISHING_TIMEOUT: -3333,
    ERR_ROOM_REQUEST_START_PUBLISHING_ERROR: -3334,
    ERR_ROOM_REQUEST_STOP_PUBLISHING_TIMEOUT: -3335,
    ERR_ROOM_REQUEST_STOP_PUBLISHING_ERROR: -3336,
  },
  'other-room': {
    ERR_ROOM_REQUEST_CONN_ROOM_TIMEOUT: -3326,
    ERR_ROOM_REQUEST_DISCONN_ROOM_TIMEOUT: -3327,
    ERR_ROOM_REQUEST_CONN_ROOM_INVALID_PARAM: -3328,
    ERR_CONNECT_OTHER_ROOM_AS_AUDIENCE: -3330,
    ERR_SERVER_CENTER_CONN_ROOM_REACH_MAX_RETRY_TIMES: -102033,
    ERR_SERVER_CENTER_CONN_ROOM_REQ_TIMEOUT: -102034,
    ERR_SERVER_CENTER_CONN_ROOM_REQ: -102035,
    ERR_SERVER_CENTER_CONN_ROOM_NO_SIG: -102036,
    ERR_SERVER_CENTER_CONN_ROOM_DECRYPT_SIG: -102037,
    ERR_SERVER_CENTER_CONN_ROOM_NO_KEY: -102038,
    ERR_SERVER_CENTER_CONN_ROOM_PARSE_SIG: -102039,
    ERR_SERVER_CENTER_CONN_ROOM_INVALID_SIG_TIME: -102040,
    ERR_SERVER_CENTER_CONN_ROOM_SIG_GROUPID: -102041,
    ERR_SERVER_CENTER_CONN_ROOM_NOT_CONNED: -102042,
    ERR_SERVER_CENTER_CONN_ROOM_USER_NOT_CONNED: -102043,
    ERR_SERVER_CENTER_CONN_ROOM_FAILED: -102044,
    ERR_SERVER_CENTER_CONN_ROOM_CANCEL_FAILED: -102045,
    ERR_SERVER_CENTER_CONN_ROOM_INVALID_SEQ: -102051,
  },
  'other-room-absent': {
    ERR_SERVER_CENTER_CONN_ROOM_CONNED_ROOM_NOT_EXIST: -102046,
    ERR_SERVER_CENTER_CONN_ROOM_CONNED_USER_NOT_EXIST: -102048,
    ERR_SERVER_CENTER_CONN_ROOM_CONNED_USER_DELETED: -102049,
  },
  'other-room-full': {
    ERR_SERVER_CENTER_CONN_ROOM_REACH_MAX_NUM: -102032,
    ERR_SERVER_CENTER_CONN_ROOM_CONNED_REACH_MAX_ROOM: -102047,
    ERR_SERVER_CENTER_CONN_ROOM_CONNED_USER_FULL: -102050,
  },
  'other-room-not-allowed': { ERR_SERVER_CENTER_CONN_ROOM_NOT_SUPPORT: -102031 },
  player: {
    ERR_RTMP_PUSH_NET_DISCONNECT: -1307,
    ERR_RTMP_PUSH_INVALID_ADDRESS: -1313,
    ERR_RTMP_PUSH_NET_ALLADDRESS_FAIL: -1324,
    ERR_RTMP_PUSH_NO_NETWORK: -1325,
    ERR_RTMP_PUSH_SERVER_REFUSE: -1326,
    ERR_PLAY_LIVE_STREAM_NET_DISCONNECT: -2301,
    ERR_GET_RTMP_ACC_URL_FAIL: -2302,
    ERR_FILE_NOT_FOUND: -2303,
    ERR_HEVC_DECODE_FAIL: -2304,
    ERR_VOD_DECRYPT_FAIL: -2305,
    ERR_GET_VODFILE_MEDIAINFO_FAIL: -2306,
    ERR_PLAY_LIVE_STREAM_SWITCH_FAIL: -2307,
    ERR_PLAY_LIVE_STREAM_SERVER_REFUSE: -2308,
    ERR_RTMP_ACC_FETCH_STREAM_FAIL: -2309,
    ERR_SERVER_CENTER_I_FRAME_UNKNOW_TYPE: -102024,
    ERR_SERVER_CENTER_I_FRAME_INVALID_PACKET: -102025,
    ERR_SERVER_CENTER_I_FRAME_DEST_USER_NOT_EXIST: -102026,
    ERR_SERVER_CENTER_I_FRAME_ROOM_TOO_BIG: -102027,
    ERR_SERVER_CENTER_I_FRAME_RPS_INVALID_PARAMETER: -102028,
  },
  'signature-expired': {
    ERR_SERVER_INFO_TOKEN_TIMEOUT: -100004,
    ERR_SERVER_ACC_TOKEN_TIMEOUT: -101000,
    ERR_SERVER_ACC_SIGN_TIMEOUT: -101002,
    ERR_SERVER_CENTER_SIGN_TIMEOUT: -102004,
    ERR_SERVER_SSO_SIG_EXPIRED: -70001,
    ERR_SERVER_SSO_VERIFICATION_EXPIRED: -70017,
    ERR_SERVER_SSO_SIG_INVALID: -70052,
    ERR_SERVER_SSO_INVALID_LOGIN_STATUS: -70221,
    ERR_SERVER_SSO_TICKET_EXPIRED: -70347,
  },
  /** Of onSystemAudioLoopbackError; not in trtc_code.d.ts. */
  'system-audio': { SYSTEM_AUDIO_NOT_AUTHORIZED: -1330, SYSTEM_AUDIO_DRIVER_FAILED: -1331, SYSTEM_AUDIO_START_FAIL: -1332 },
} as const satisfies Record<keyof typeof MEANINGS, Readonly<Record<string, number>>>

export const WARNING_CODES = {
  WARNING_HW_ENCODER_START_FAIL: 1103,
  WARNING_VIDEO_ENCODER_SW_TO_HW: 1107,
  WARNING_INSUFFICIENT_CAPTURE_FPS: 1108,
  WARNING_SW_ENCODER_START_FAIL: 1109,
  WARNING_REDUCE_CAPTURE_RESOLUTION: 1110,
  WARNING_VIDEO_FRAME_DECODE_FAIL: 2101,
  WARNING_AUDIO_FRAME_DECODE_FAIL: 2102,
  WARNING_VIDEO_PLAY_LAG: 2105,
  WARNING_HW_DECODER_START_FAIL: 2106,
  WARNING_VIDEO_DECODER_HW_TO_SW: 2108,
  WARNING_SW_DECODER_START_FAIL: 2109,
  WARNING_VIDEO_RENDER_FAIL: 2110,
  WARNING_AUDIO_RECORDING_WRITE_FAIL: 7001,
  WARNING_ROOM_DISCONNECT: 5101,
  WARNING_IGNORE_UPSTREAM_FOR_AUDIENCE: 6001,
  WARNING_NET_BUSY: 1101,
  WARNING_RTMP_SERVER_RECONNECT: 1102,
  WARNING_LIVE_STREAM_SERVER_RECONNECT: 2103,
  WARNING_RECV_DATA_LAG: 2104,
  WARNING_RTMP_DNS_FAIL: 3001,
  WARNING_RTMP_SEVER_CONN_FAIL: 3002,
  WARNING_RTMP_SHAKE_FAIL: 3003,
  WARNING_RTMP_SERVER_BREAK_CONNECT: 3004,
  WARNING_RTMP_READ_WRITE_FAIL: 3005,
  WARNING_RTMP_WRITE_FAIL: 3006,
  WARNING_RTMP_READ_FAIL: 3007,
  WARNING_RTMP_NO_DATA: 3008,
  WARNING_PLAY_LIVE_STREAM_INFO_CONNECT_FAIL: 3009,
  WARNING_NO_STEAM_SOURCE_FAIL: 3010,
  WARNING_ROOM_RECONNECT: 5102,
  WARNING_ROOM_NET_BUSY: 5103,
} as const

const BY_CODE: ReadonlyMap<number, Meaning & { readonly name: string }> = new Map(
  Object.entries(ERROR_CODES).flatMap(([group, codes]) =>
    Object.entries(codes).map(([name, code]) => [code, { ...MEANINGS[group as keyof typeof MEANINGS], name }] as const),
  ),
)
const WARNING_BY_CODE: ReadonlyMap<number, string> = new Map(Object.entries(WARNING_CODES).map(([name, code]) => [code, name]))

export interface CodeMeaning {
  readonly scope: CodeScope
  readonly permanent: boolean
  readonly error: ErrorInfo
}

/** What a code of onError, onEnterRoom and the like means. One that is not known is `trtc.failed`, and tried again. */
export function meaningOf(code: number): CodeMeaning {
  const known = BY_CODE.get(code)
  if (known === undefined) return { scope: 'other', permanent: false, error: { code: 'trtc.failed', context: { code, reason: 'unknown' } } }
  const { scope, permanent, error, name } = known
  return { scope, permanent, error: { code: error, context: { code, reason: name } } }
}

export function warningName(code: number): string {
  return WARNING_BY_CODE.get(code) ?? 'unknown'
}

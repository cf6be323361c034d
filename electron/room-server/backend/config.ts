import type { CloudKeys } from '../cloud/cloud-api'
import type { MayConnect } from './pk/plain-request'
import type { EditionLimits } from '../../shared/edition'
import { AUDIT_PAGE, MAX_WORD_CHARS } from '../../shared/crew-api'
import { COVER_LIMIT_BYTES, NOTICE_LIMIT_BYTES, TITLE_LIMIT_BYTES } from '../../shared/notice-text'

/** The IM that this business speaks to: the embedded server or Tencent's cloud. They differ by what stands here and by nothing else. */
export interface ChatTarget {
  /** Scheme and host, without a path; `/v4/…` is added. */
  restBase(): string
  readonly sdkAppId: number
  /** Signs UserSigs: the administrator's for REST, and everybody's who signs in. Never logged, never sent. */
  readonly secretKey: string
  /** The administrator in whose name REST is called. */
  readonly admin: string
  /** Token of the callbacks' signature; null = they are not signed, and none is taken that comes from another machine. */
  readonly callbackToken: string | null
  readonly edition: EditionLimits
  /** What the Chat SDK connects to: 'here' = the server that the page came from, 'cloud' = the SDK's own addresses. */
  readonly wire: 'here' | 'cloud'
}

export interface CssDomains {
  readonly pushDomain: string
  /** null = players are not told. */
  readonly playDomain: string | null
  /** Of the push domain's authentication. Never logged, never sent. */
  readonly key: string
}

export interface BackendConfig {
  readonly chat: ChatTarget
  /** The room of this machine's one program stream, made at the first start. ASCII, at most 48 bytes. */
  readonly programRoom: string
  readonly title: string
  /** Domains of Tencent's CSS for the rooms' streams; left out: there are none. */
  readonly css?: CssDomains
  /** With which TRTC's API of the cloud is called; left out: it is not. */
  readonly cloudKeys?: CloudKeys
  /** Whether the server of another room may be at this address; left out: at any. */
  readonly mayConnect?: MayConnect
  log(level: 'info' | 'warn', message: string): void
}

/** Bounds of the business. Those of Tencent have their source beside them; bytes are of UTF-8. */
export const LIMITS = {
  /** im:34895, CHAT-DTS. */
  noticeBytes: NOTICE_LIMIT_BYTES.notification,
  introductionBytes: NOTICE_LIMIT_BYTES.introduction,
  titleBytes: TITLE_LIMIT_BYTES,
  /** Of a group's name (im:34895): a longer title is cut there, not in the room. */
  groupNameBytes: 30,
  coverBytes: COVER_LIMIT_BYTES,
  nickBytes: 60,
  avatarBytes: 400,
  reasonChars: 200,
  bodyBytes: 64 * 1_024,
  wordsBodyBytes: 1_024 * 1_024,
  callbackBodyBytes: 64 * 1_024,
  callbackAgeSec: 60,
  callbackKeys: 20_000,
  accessTokenSec: 12 * 3_600,
  anchorTokenSec: 24 * 3_600,
  /** Of an anchor by a sign-in link: renewed while his app runs, and a holiday is no reason for a new link. Ended with the invitation. */
  linkedAnchorTokenSec: 30 * 24 * 3_600,
  inviteMaxSec: 7 * 24 * 3_600,
  userSigSec: 24 * 3_600,
  pushUrlSec: 24 * 3_600,
  giftCount: 9_999,
  welcomeCoins: 1_000,
  historyMessages: 20,
  historySec: 24 * 3_600,
  quickNotices: 20,
  words: 20_000,
  wordChars: MAX_WORD_CHARS,
  auditPage: AUDIT_PAGE,
  giftPage: 200,
  /** IM: recalls at once (im:34965). */
  removedInMessage: 50,
  rooms: 500,
} as const

/** 4294967295 is Tencent's "for ever" (im:34951). */
export const FOR_EVER_SEC = 4_294_967_295

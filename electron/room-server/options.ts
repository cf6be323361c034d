import type { IceServer } from '../shared/co-anchor-line'
import type { Edition } from '../shared/edition'
import type { Clock, Timers } from './backend/clock'
import type { CssDomains } from './backend/config'
import type { PaymentHook } from './backend/gifts/payment'
import type { Reviewer } from './backend/speech/speech'
import type { ChatApp } from './chat-app-file'
import type { CloudKeys } from './cloud/cloud-api'
import type { CallbackTarget } from './im/config'
import type { LineTime } from './media/line-time'

/** The Chat-compatible server's part of the options; what is left out has a default. */
export interface ChatOptions {
  /** Where the database is. */
  readonly dataDir: string
  readonly app: ChatApp
  /** Who may use the REST API. */
  readonly admins?: readonly string[]
  readonly callback?: CallbackTarget | null
  /** How long what answers callbacks may take; left out: as long as Tencent's cloud waits. */
  readonly callbackMs?: number
  readonly edition?: Edition
  readonly delivery?: 'poll' | 'push'
  /** Pages of these origins may connect too. */
  readonly allowedOrigins?: readonly string[]
  /** The room that follows the program stream. */
  readonly programRoom?: string
  /** Where coins come from; left out: the test wallet. */
  readonly payment?: PaymentHook
  /** Looks at pictures, sounds and files after they were said; left out: nobody does. */
  readonly reviewer?: Reviewer
  /** Tencent's IM instead of the one here. */
  readonly cloud?: CloudOptions | null
  /** With which co-anchors and the stage find each other outside of the local network; left out: none. Their credentials are told to every co-anchor. */
  readonly iceServers?: readonly IceServer[]
  /** Domains of Tencent's CSS, and keys of TRTC's API; left out: neither is used. */
  readonly css?: CssDomains
  readonly cloudKeys?: CloudKeys
  /** Of the co-anchors' lines; left out: the machine's. */
  readonly lineTime?: LineTime
  /** Of the business; left out: the machine's. */
  readonly businessTime?: Clock & Timers
}

export interface CloudOptions {
  /** Scheme and host of the REST API. */
  readonly restBase: string
  /** The console's token of the callbacks; null = they are not signed. */
  readonly callbackToken: string | null
}

/** Tencent's name for the first administrator of an app. */
export const DEFAULT_ADMIN = 'administrator'

export interface RoomServerOptions {
  readonly host: string
  /** 0 = any free. */
  readonly httpPort: number
  readonly rtmpPort: number
  /** Of HTTPS, where the room is shared on the network and has chat; 0 = any free. Left out: the usual one, and any free one when that is taken. */
  readonly httpsPort?: number
  /** A port that is taken is replaced by any free one. */
  readonly portFallback: boolean
  readonly streamKey: string
  readonly webRoot: string
  readonly title: string
  /** Scheme, host and port under which a proxy serves it; left out: it is reached by its own addresses. */
  readonly publicUrl?: string | null
  /** Left out: no chat is served. */
  readonly chat?: ChatOptions
  log(level: 'info' | 'warn', message: string): void
}

/** Each chat client holds one connection, each viewer of the picture another. */
export const HTTP_LIMITS = { maxHeaderSize: 16 * 1024, requestTimeout: 10_000, headersTimeout: 10_000, maxConnections: 16_384 } as const

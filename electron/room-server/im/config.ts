import type { Edition } from '../../shared/edition'

export interface CallbackTarget {
  readonly url: string
  /** The console's token: requests are then signed. */
  readonly token: string | null
}

export interface ImConfig {
  readonly sdkAppId: number
  /** Signs and checks UserSigs. Never logged. */
  readonly secretKey: string
  /** Who may use the REST API; the first is whom messages without a sender are from. */
  readonly admins: readonly string[]
  readonly callback: CallbackTarget | null
  /** How long the app may take to answer; left out: as long as Tencent's cloud waits. */
  readonly callbackMs?: number
  readonly edition: Edition
  /** How members get what is said: `poll` loses nothing over a cut, `push` is some 40 ms quicker. */
  readonly delivery: 'poll' | 'push'
  log(level: 'info' | 'warn', message: string): void
}

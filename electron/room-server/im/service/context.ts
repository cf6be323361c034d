import type { WriteQueue } from '../../store/write-queue'
import { EDITIONS, type EditionLimits } from '../../../shared/edition'
import type { A2Keys } from '../a2-key'
import type { CallbackClient } from '../callbacks/client'
import type { ImConfig } from '../config'
import type { Sequence } from '../domain/sequence'
import type { AccountBook } from './account-book'
import type { C2cMail } from './c2c-mail'
import type { RoomBook } from './room-book'
import type { RoomFeed } from './room-feed'
import type { SessionBook } from './session-book'

/** What every part of the server works with; made once by ImServer. */
export interface ImContext {
  readonly config: ImConfig
  readonly keys: A2Keys
  readonly store: WriteQueue
  readonly callbacks: CallbackClient
  readonly accounts: AccountBook
  readonly rooms: RoomBook
  readonly feed: RoomFeed
  readonly sessions: SessionBook
  readonly c2c: C2cMail
  readonly sequence: Sequence
  nowMs(): number
  nowSec(): number
  random(): number
}

export function editionOf(context: { readonly config: ImConfig }): EditionLimits {
  return EDITIONS[context.config.edition]
}

/** A random number as the protocol wants one: 31 bits, never 0. */
export function random31(context: { random(): number }): number {
  return 1 + Math.floor(context.random() * 0x7fff_fffe)
}

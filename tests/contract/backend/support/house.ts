import type { Edition } from '../../../../electron/shared/edition'
import type { Clock, Timers } from '../../../../electron/room-server/backend/clock'
import type { PaymentHook } from '../../../../electron/room-server/backend/gifts/payment'
import type { Reviewer } from '../../../../electron/room-server/backend/speech/speech'
import type { MessageElement, RestClient } from '../../im/support/rest-client'
import type { ApiClient } from './api-client'
import { CloudHouse } from './cloud-house'
import { EmbeddedBackend } from './embedded-backend'
import { USUAL_STORE, type TestStore } from './test-store'

/** A message as the members of a room get it. */
export interface HeardMessage {
  readonly from: string
  readonly priority: string
  readonly type: string
  readonly content: Readonly<Record<string, unknown>>
  readonly cloudCustomData: string
  readonly msgSeq: number
}

/** What a client is answered that sends something. `code` 0 = sent. */
export interface Sent {
  readonly code: number
  readonly info: string
  readonly msgSeq: number
}

/** The backend with an IM: which one makes no difference to a suite that takes a house. `room` left out = the program's. */
export interface House {
  readonly base: string
  readonly sdkAppId: number
  /** What the house tells pages to connect to. */
  readonly wire: string | null
  readonly store: TestStore
  /** Members of the house's own, which listen in the room. */
  readonly listeners: number
  /** Scheme and host of IM's REST. */
  readonly restBase: string
  /** IM's REST, as any server of the app may use it. */
  rest(): RestClient
  anchor(): Promise<ApiClient>
  nobody(): ApiClient
  guest(nick: string, room?: string): Promise<ApiClient>
  /** All that a member was given so far, in order. */
  heard(room?: string): readonly HeardMessage[]
  /** Numbers of the messages that IM took back. */
  recalled(): readonly number[]
  /** A room that was made meanwhile is listened to as well. */
  listen(room: string): Promise<void>
  /** A guest's client goes into the room, and says something there. @returns the code that it is given; 0 = none */
  join(guest: ApiClient): Promise<number>
  say(guest: ApiClient, text: string): Promise<number>
  send(guest: ApiClient, body: readonly MessageElement[], cloudCustomData?: string): Promise<Sent>
  leave(guest: ApiClient): Promise<void>
  /** A guest's line to IM breaks, or is there again. */
  line(guest: ApiClient, up: boolean): Promise<void>
  /** The program stream begins or ends at the ingest. */
  stream(on: boolean): Promise<void>
  /** Ends the process's part and begins it again on the same data. */
  shut(): Promise<void>
  open(): Promise<void>
  close(): Promise<void>
}

export interface HouseOptions {
  readonly edition?: Edition
  readonly payment?: PaymentHook
  readonly reviewer?: Reviewer
  /** Of the business; left out: the machine's. */
  readonly time?: Clock & Timers
}

export type OpenHouse = (options?: HouseOptions) => Promise<House>

export const HOUSES: readonly { readonly name: string; readonly open: OpenHouse }[] = [
  { name: 'a stand-in for the cloud', open: (options = {}) => CloudHouse.start(options) },
  { name: 'the embedded server', open: (options = {}) => EmbeddedBackend.start(options) },
]

/** For what depends on the store most: once more on PostgreSQL. */
export const HOUSES_WITH_POSTGRES: typeof HOUSES =
  USUAL_STORE === 'postgres'
    ? HOUSES
    : [...HOUSES, { name: 'a stand-in for the cloud, on PostgreSQL', open: (options = {}) => CloudHouse.start({ ...options, store: 'postgres' }) }]

/** The custom messages of a room, parsed: what the backend told it, and likes. */
export function toldIn(house: Pick<House, 'heard'>, room?: string): readonly Record<string, unknown>[] {
  return house
    .heard(room)
    .filter(({ type }) => type === 'TIMCustomElem')
    .map(({ content }) => JSON.parse(String(content['Data'])) as Record<string, unknown>)
}

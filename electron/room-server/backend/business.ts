import type { Kysely } from 'kysely'
import type { RoomDatabase } from '../store/schema'
import type { RoomTasks } from '../cloud/room-tasks'
import type { Activity } from './audience/activity'
import type { Counters } from './audience/counters'
import type { EnergyLog } from './audience/energy-log'
import type { Presence } from './audience/presence'
import type { Standings } from './audience/standing'
import type { Broadcasts } from './speech/broadcasts'
import type { Callbacks } from './chat/callbacks'
import type { Clock } from './clock'
import type { BackendConfig } from './config'
import type { Draws } from './draws/draws'
import type { Gifts } from './gifts/gifts'
import type { PaymentHook } from './gifts/payment'
import type { TestWallet } from './gifts/test-wallet'
import type { People } from './identity/people'
import type { Sessions } from './identity/sessions'
import type { Moderation } from './moderation/moderation'
import type { WordList } from './moderation/word-list'
import type { Connections } from './pk/connections'
import type { Pks } from './pk/pks'
import type { QuickNotices } from './rooms/quick-notices'
import type { Rooms } from './rooms/rooms'
import type { Seats } from './seats/seats'
import type { ShowBook } from './shows/show-book'
import type { History } from './speech/history'
import type { Speech } from './speech/speech'

/** The parts of the business, as its endpoints use them. */
export interface Business {
  readonly config: BackendConfig
  readonly clock: Clock
  readonly db: Kysely<RoomDatabase>
  readonly people: People
  readonly sessions: Sessions
  readonly rooms: Rooms
  readonly quickNotices: QuickNotices
  readonly presence: Presence
  readonly activity: Activity
  readonly standings: Standings
  readonly counters: Counters
  readonly energy: EnergyLog
  readonly payment: PaymentHook
  /** Null: coins come from somewhere else. */
  readonly testWallet: TestWallet | null
  readonly gifts: Gifts
  readonly moderation: Moderation
  readonly filter: WordList
  readonly speech: Speech
  readonly history: History
  readonly draws: Draws
  readonly seats: Seats
  readonly pks: Pks
  readonly connections: Connections
  readonly shows: ShowBook
  readonly tasks: RoomTasks
  readonly broadcasts: Broadcasts
  readonly callbacks: Callbacks
  callbackState(): 'arriving' | 'missing' | 'unknown'
}

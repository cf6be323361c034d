import type { CallbackRefusal } from './chat/callbacks'

/** Is told what the business does, in numbers and names of its own: nobody's id is among them. */
export interface BackendObserver {
  /** @param answer `route` is the route's pattern, such as `/api/rooms/:room/gifts`; 'none' = there is no such route */
  answered(answer: { readonly method: string; readonly route: string; readonly status: number; readonly seconds: number }): void
  /** A callback of IM's. `command` is whatever stood in its query. */
  callback(command: string, outcome: 'taken' | CallbackRefusal): void
  /** An order came to this state. */
  giftOrder(state: 'pending' | 'paid' | 'failed' | 'refunded'): void
}

import type { TestStore } from './test-store'

/** One row of what the backend wrote down, read by another connection than its own. */
export interface RawEvent {
  readonly user_id: string
  readonly kind: string
  readonly amount: number
  readonly at_ms: number
}

export async function rawEvents(store: TestStore, roomId: string): Promise<readonly RawEvent[]> {
  const database = await store.open()
  try {
    return await database.selectFrom('activity').select(['user_id', 'kind', 'amount', 'at_ms']).where('room_id', '=', roomId).orderBy('id').execute()
  } finally {
    await database.destroy()
  }
}

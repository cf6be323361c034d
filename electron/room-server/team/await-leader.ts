import { performance } from 'node:perf_hooks'
import type { Leader, Leadership } from './leadership'

export type Leading = Pick<Leadership, 'leader' | 'secret' | 'onChange'>

export interface ReadyLeader extends Leader {
  /** What the instances sign for each other with. */
  readonly secret: string
}

/** Waits for one that takes requests. @param endMs by `performance.now()` @returns null: there was none until then */
export async function awaitLeader(leadership: Leading, endMs: number): Promise<ReadyLeader | null> {
  for (;;) {
    const { leader, secret } = leadership
    if (performance.now() >= endMs) return null
    if (leader !== null && leader.address !== '' && secret !== null) return { epoch: leader.epoch, address: leader.address, secret }
    await awaitChange(leadership, endMs - performance.now())
  }
}

/** Waits for news of the leader. @param ms no longer than so; left out: as long as it takes */
export function awaitChange(leadership: Pick<Leading, 'onChange'>, ms?: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      stop()
      resolve()
    }
    const timer = ms === undefined ? undefined : setTimeout(done, ms)
    const stop = leadership.onChange(done)
  })
}

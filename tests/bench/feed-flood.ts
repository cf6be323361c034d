import type { Page } from 'playwright-core'
import type { App } from 'vue'

/** What the studio's window did while words poured into it. */
export interface FloodFigures {
  readonly heard: number
  /** Of the window, a second. */
  readonly fps: number
  /** From each press of a button or key to the next frame, milliseconds; in steps of 8, from 16 on. */
  readonly answers: readonly number[]
}

interface Flooded {
  endFlood(): FloodFigures
}

/**
 * Puts words into the studio's own feed, far more than an IM lets through, until it is stopped. The row of user `b-7` says §b-7§.
 * @returns stops it
 */
export async function floodFeed(studio: Page, perSecond: number): Promise<() => Promise<FloodFigures>> {
  await studio.evaluate((rate) => {
    const root = document.querySelector('#app') as Element & { readonly __vue_app__: App }
    const chat = root.__vue_app__.config.globalProperties.$pinia._s.get('room-chat') as unknown as { hear(row: object): void } | undefined
    if (chat === undefined) throw new Error('the studio has no chat')
    let [heard, frames, running] = [0, 0, true]
    const count = (): void => {
      frames += 1
      if (running) requestAnimationFrame(count)
    }
    requestAnimationFrame(count)
    const answers: number[] = []
    const events = new PerformanceObserver((list) => {
      for (const { name, duration } of list.getEntries()) if (['click', 'keydown', 'keyup'].includes(name)) answers.push(duration)
    })
    events.observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit)
    const startedAt = performance.now()
    const seconds = (): number => (performance.now() - startedAt) / 1_000
    const timer = setInterval(() => {
      for (const due = seconds() * rate; heard < due; heard += 1) {
        const user = `b-${(heard * 7_919) % 5_000}`
        chat.hear({
          ...{ kind: 'said', id: `flood-${heard}`, msgSeq: 1_000_000 + heard, userId: user, nick: `Viewer ${user}`, level: heard % 12, role: 'viewer' },
          ...{ text: `what an ordinary person says in an ordinary room §${user}§`, own: false, sending: false },
        })
      }
    }, 20)
    const endFlood = (): FloodFigures => {
      clearInterval(timer)
      running = false
      events.disconnect()
      return { heard, fps: frames / seconds(), answers }
    }
    Object.assign(window, { endFlood } satisfies Flooded)
  }, perSecond)
  return () => studio.evaluate(() => (window as unknown as Flooded).endFlood())
}

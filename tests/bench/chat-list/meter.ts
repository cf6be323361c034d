/** Runs in the page: feeds a list by a clock and looks at what is drawn. */

/** A list of chat messages that stands in the document. */
export interface MeteredList {
  readonly host: Element
  /** One message with this text arrives. */
  hear(text: string): void
  /** Of its rows in the document. */
  rows(): number
}

export interface ListFigures {
  readonly sent: number
  readonly fps: number
  /** Tasks of more than 50 ms, and the longest, milliseconds. */
  readonly longTasks: number
  readonly longestMs: number
  /** Arrival → the frame after the row stands in the document, of rows that were drawn. */
  readonly paintP95Ms: number
  readonly rows: number
  /** How long before the end the newest message arrived that is drawn at the end, seconds. */
  readonly lateSec: number
}

const TEXTS = [
  'hello',
  '主播唱得真好听，再来一首吧',
  'is this the new song from last week?',
  '666',
  'greetings from a long way away, and thanks for the show tonight',
  '😂😂😂',
]
const TICK_MS = 20
const MARK = /§(\d+)§/g

let sent = 0

/** What the next person says; its number can be read again from the row. */
export function nextText(): string {
  sent += 1
  return `${TEXTS[sent % TEXTS.length] ?? ''} §${sent}§`
}

/** @param burst so many at once before the clock starts, as when somebody joins with history */
export async function meter(list: MeteredList, perSecond: number, seconds: number, burst: number): Promise<ListFigures> {
  const arrivedAt = new Map<number, number>()
  const waits: number[] = []
  const tasks: number[] = []
  let [frames, running, newest] = [0, true, 0]
  const drawn = new MutationObserver((changes) => {
    const numbers = changes
      .flatMap(({ addedNodes }) => [...addedNodes])
      .flatMap((node) => [...(node.textContent ?? '').matchAll(MARK)].map(([, no]) => Number(no)))
    requestAnimationFrame((atMs) => {
      for (const number of numbers) {
        const came = arrivedAt.get(number)
        if (came === undefined) continue
        waits.push(Math.max(0, atMs - came))
        newest = Math.max(newest, number)
      }
    })
  })
  drawn.observe(list.host, { childList: true, subtree: true })
  const long = new PerformanceObserver((entries) => tasks.push(...entries.getEntries().map(({ duration }) => duration)))
  long.observe({ type: 'longtask' })
  const count = (): void => {
    frames += 1
    if (running) requestAnimationFrame(count)
  }
  requestAnimationFrame(count)
  const first = sent
  const hear = (): void => {
    const text = nextText()
    arrivedAt.set(sent, performance.now())
    list.hear(text)
  }
  for (let number = 0; number < burst; number += 1) hear()
  const startedAt = performance.now()
  const timer = setInterval(() => {
    const due = burst + Math.floor(((performance.now() - startedAt) / 1_000) * perSecond)
    while (sent - first < due) hear()
  }, TICK_MS)
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000))
  clearInterval(timer)
  running = false
  const endedAt = performance.now()
  drawn.disconnect()
  long.disconnect()
  waits.sort((a, b) => a - b)
  return {
    sent: sent - first,
    fps: frames / ((endedAt - startedAt) / 1_000),
    longTasks: tasks.length,
    longestMs: Math.max(0, ...tasks),
    paintP95Ms: waits[Math.floor(waits.length * 0.95)] ?? Number.NaN,
    rows: list.rows(),
    lateSec: (endedAt - (arrivedAt.get(newest) ?? startedAt)) / 1_000,
  }
}

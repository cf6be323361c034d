import { createPinia } from 'pinia'
import { createApp, nextTick } from 'vue'
import { useChat, type ChatRow } from '../../../../../../../renderer/room/chat-store'
import { useVisit } from '../../../../../../../renderer/room/visit-store'
import { i18n } from '../../../../../../../renderer/studio/i18n'
import ChatTab from '../../../../../../../renderer/studio/room/chat/ChatTab.vue'
import '../../../../../../../renderer/studio/styles/tokens.css'
import '../../../../../../../renderer/studio/styles/controls.css'

/** The chat tab as it is built, fed by a clock. What the bench in Node asks of this page; each answer is plain data. */

export interface FeedFigures {
  readonly sent: number
  readonly fps: number
  /** Tasks of more than 50 ms, and the longest, milliseconds. */
  readonly longTasks: number
  readonly longestMs: number
  /** Arrival → the frame after the row stands in the document, of rows that were drawn. */
  readonly paintP95Ms: number
  readonly rows: number
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

const host = document.body.appendChild(document.createElement('div'))
host.style.cssText = 'display:flex;flex-direction:column;width:360px;height:720px;background:var(--surface)'
const app = createApp(ChatTab).use(createPinia()).use(i18n)
app.mount(host)
useVisit().phase = 'inside'
useVisit().chat = 'ready'

let sent = 0
function next(): ChatRow {
  sent += 1
  const person = (sent * 7_919) % 5_000
  return {
    ...{ kind: 'said', id: `m${sent}`, msgSeq: sent, userId: `g-${person}`, nick: `Viewer ${person}`, level: person % 12, role: 'viewer' },
    ...{ text: `${TEXTS[sent % TEXTS.length] ?? ''} ${sent}`, own: false, sending: false },
  }
}

async function run(perSecond: number, seconds: number): Promise<FeedFigures> {
  const arrivedAt = new Map<string, number>()
  const waits: number[] = []
  const tasks: number[] = []
  let frames = 0
  let running = true
  let rows = 0
  const drawn = new MutationObserver((changes) => {
    const now = changes
      .flatMap(({ addedNodes }) => [...addedNodes])
      .filter((node): node is HTMLElement => node instanceof HTMLElement && node.dataset['row'] !== undefined)
    // The number of a row and that of its message are the same here: nothing else is said.
    requestAnimationFrame((atMs) => {
      for (const { dataset } of now) {
        const came = arrivedAt.get(dataset['row'] ?? '')
        if (came !== undefined) waits.push(Math.max(0, atMs - came))
      }
    })
    rows = document.querySelectorAll('[data-row]').length
  })
  drawn.observe(host, { childList: true, subtree: true })
  const long = new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)))
  long.observe({ type: 'longtask' })
  const count = (): void => {
    frames += 1
    if (running) requestAnimationFrame(count)
  }
  requestAnimationFrame(count)
  const first = sent
  const startedAt = performance.now()
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedAt) / 1_000) * perSecond)
    const now = performance.now()
    while (sent - first < due) {
      const row = next()
      arrivedAt.set(String(sent), now)
      arrivedAt.delete(String(sent - 5_000))
      useChat().hear(row)
    }
  }, TICK_MS)
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000))
  clearInterval(timer)
  running = false
  const took = (performance.now() - startedAt) / 1_000
  drawn.disconnect()
  long.disconnect()
  waits.sort((a, b) => a - b)
  return {
    sent: sent - first,
    fps: frames / took,
    longTasks: tasks.length,
    longestMs: Math.max(0, ...tasks),
    paintP95Ms: waits[Math.floor(waits.length * 0.95)] ?? Number.NaN,
    rows,
  }
}

/** So many messages, 500 at a time, each lot drawn. */
async function pour(messages: number): Promise<void> {
  for (const end = sent + messages; sent < end;) {
    for (let lot = 0; lot < 500 && sent < end; lot += 1) useChat().hear(next())
    useChat().flush()
    await nextTick()
    await new Promise((resolve) => requestAnimationFrame(resolve))
  }
}

export interface FeedBench {
  run: typeof run
  pour: typeof pour
}
Object.assign(window, { feedBench: { run, pour } satisfies FeedBench })

import { streamInfoSchema, type StreamInfo } from '../../../electron/shared/room-server'
import { retryDelayMs } from './reconnect'

/** The server says something at least every 10 s: a longer silence is a dead line, whatever the browser thinks. */
const SILENT_MS = 25_000

/**
 * The room's word on the stream, pushed by the server. A browser reconnects by itself only after a cut; a refusal (too
 * many pages, a server that is starting) ends an EventSource for good, so that a new one is made.
 */
export function listenToRoom(onInfo: (info: StreamInfo) => void): () => void {
  let events: EventSource | null = null
  let timer: ReturnType<typeof setTimeout> | null = null
  let attempt = 0

  const openIn = (delayMs: number): void => {
    if (timer !== null) clearTimeout(timer)
    timer = setTimeout(open, delayMs)
  }
  const open = (): void => {
    events?.close()
    const source = new EventSource('/api/stream/events')
    events = source
    openIn(SILENT_MS)
    source.addEventListener('stream', (event: MessageEvent<string>) => {
      attempt = 0
      openIn(SILENT_MS)
      const info = parseInfo(event.data)
      if (info !== null) onInfo(info)
    })
    source.addEventListener('error', () => {
      if (source.readyState !== EventSource.CLOSED || source !== events) return
      attempt += 1
      openIn(retryDelayMs(attempt))
    })
  }
  open()
  return () => {
    if (timer !== null) clearTimeout(timer)
    events?.close()
    events = null
  }
}

function parseInfo(text: string): StreamInfo | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
  const parsed = streamInfoSchema.safeParse(value)
  return parsed.success ? parsed.data : null
}

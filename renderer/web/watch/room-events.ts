import { streamInfoSchema, type StreamInfo } from '../../../electron/shared/room-server'

/** The room's word on the stream, pushed by the server. The browser reconnects it by itself. */
export function listenToRoom(onInfo: (info: StreamInfo) => void): () => void {
  const events = new EventSource('/api/stream/events')
  events.addEventListener('stream', (event: MessageEvent<string>) => {
    let value: unknown
    try {
      value = JSON.parse(event.data)
    } catch (error) {
      if (error instanceof SyntaxError) return
      throw error
    }
    const parsed = streamInfoSchema.safeParse(value)
    if (parsed.success) onInfo(parsed.data)
  })
  return () => events.close()
}

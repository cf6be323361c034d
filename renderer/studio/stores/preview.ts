import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { AudioLevel, PreviewMessage, PreviewRequest } from '../../../electron/shared/program'

type FramePainter = (frame: Extract<PreviewMessage, { type: 'frame' }>) => void
/** A picture of somebody in the greenroom. */
type TilePainter = (tile: Extract<PreviewMessage, { type: 'tile' }>) => void

/** The preview port to the stage: pictures for one canvas, levels for the meters. High-rate, so nothing here is deeply reactive. */
export const usePreview = defineStore('preview', () => {
  const connected = shallowRef(false)
  const hasPicture = shallowRef(false)
  let port: MessagePort | null = null
  let painter: FramePainter | null = null
  const others = new Set<FramePainter>()
  const tiles = new Map<string, TilePainter>()
  let size = { width: 0, height: 0, fps: 0 }
  let levels: Readonly<Record<string, AudioLevel>> = {}
  let programLevel: AudioLevel = { peakDb: -100, rmsDb: -100 }

  function send(request: PreviewRequest): void {
    port?.postMessage(request)
  }

  function onMessage(message: PreviewMessage): void {
    if (message.type === 'levels') {
      levels = message.sources
      programLevel = message.program
      return
    }
    if (message.type === 'tile') {
      tiles.get(message.userId)?.(message)
      return
    }
    hasPicture.value = true
    painter?.(message)
    for (const paint of others) paint(message)
    send({ type: 'drawn' })
  }

  function onWindowMessage(event: MessageEvent<{ type?: unknown; use?: unknown }>): void {
    const [next] = event.ports
    if (event.source !== window || event.data.type !== 'anchordesk-port' || event.data.use !== 'preview' || next === undefined) return
    port?.close()
    port = next
    hasPicture.value = false
    connected.value = true
    next.onmessage = (received: MessageEvent<PreviewMessage>) => onMessage(received.data)
    send({ type: 'preview-size', ...size })
    send({ type: 'tiles', wanted: tiles.size > 0 })
  }

  function open(): void {
    window.addEventListener('message', onWindowMessage)
  }

  function close(): void {
    window.removeEventListener('message', onWindowMessage)
    port?.close()
    port = null
  }

  function setPainter(paint: FramePainter | null): void {
    painter = paint
  }

  /** Another place for the same pictures. @returns ends it */
  function alsoPaint(paint: FramePainter): () => void {
    others.add(paint)
    return () => void others.delete(paint)
  }

  /** Pictures of somebody in the greenroom. @returns ends it */
  function paintTile(userId: string, paint: TilePainter): () => void {
    tiles.set(userId, paint)
    send({ type: 'tiles', wanted: true })
    return () => {
      if (tiles.get(userId) === paint) tiles.delete(userId)
      send({ type: 'tiles', wanted: tiles.size > 0 })
    }
  }

  /** Device pixels. */
  function setSize(width: number, height: number, fps: number): void {
    if (size.width === width && size.height === height && size.fps === fps) return
    size = { width, height, fps }
    send({ type: 'preview-size', ...size })
  }

  /** `null` = the whole mix. */
  function level(id: string | null): AudioLevel {
    return id === null ? programLevel : (levels[id] ?? { peakDb: -100, rmsDb: -100 })
  }

  return { connected, hasPicture, open, close, setPainter, alsoPaint, paintTile, setSize, level }
})

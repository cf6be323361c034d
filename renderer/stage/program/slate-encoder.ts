import type { Slate } from '../../../electron/shared/program'
import { drawSlate } from '../compositor'
import { toBytes } from './video-output'

/** A still card needs few frames: 2 s at 10 a second, one key frame. */
const SLATE_FPS = 10
const SLATE_FRAMES = 20

/** Encodes the slate with the program's own configuration. `silence`: one AAC frame of the program's encoder. */
export async function encodeSlate(config: VideoEncoderConfig, title: string, language: 'en' | 'zh-CN', silence: Uint8Array): Promise<Slate | null> {
  const frames: { keyFrame: boolean; data: Uint8Array }[] = []
  let avcC: Uint8Array | null = null
  let failed = false
  const encoder = new VideoEncoder({
    output: (chunk, metadata) => {
      const description = metadata?.decoderConfig?.description
      if (description !== undefined) avcC = toBytes(description)
      const data = new Uint8Array(chunk.byteLength)
      chunk.copyTo(data)
      frames.push({ keyFrame: chunk.type === 'key', data })
    },
    error: () => (failed = true),
  })
  const picture = drawSlate({ title, language, width: config.width, height: config.height })
  try {
    encoder.configure(config)
    for (let index = 0; index < SLATE_FRAMES; index++) {
      const frame = new VideoFrame(picture, { timestamp: Math.round((index * 1e6) / SLATE_FPS) })
      encoder.encode(frame, { keyFrame: index === 0 })
      frame.close()
      // The program shares the processor: never more than one frame of the slate at a time.
      while (encoder.encodeQueueSize > 0) await new Promise((resolve) => setTimeout(resolve, 10))
    }
    await encoder.flush()
  } catch (error) {
    if (!(error instanceof DOMException)) throw error
    failed = true
  } finally {
    picture.close()
    if (encoder.state !== 'closed') encoder.close()
  }
  return failed || avcC === null || frames.length === 0 ? null : { avcC, frames, fps: SLATE_FPS, silence }
}

import { centred, drawing, FONTS, stillOf, type Drawing } from './canvas'
import { i420Views, PROGRAM_COLOUR_SPACE, rgbaToI420 } from './colour'
import type { Still } from './contract'

/** I420 in the program's colour. The caller closes the frame. */
export function frameOf({ canvas, context }: Drawing, timestampUs: number): VideoFrame {
  const { width, height } = canvas
  const data = new Uint8Array((width * height * 3) / 2)
  rgbaToI420(context.getImageData(0, 0, width, height).data, width, height, i420Views(data, width, height))
  return new VideoFrame(data, {
    format: 'I420',
    codedWidth: width,
    codedHeight: height,
    timestamp: timestampUs,
    colorSpace: PROGRAM_COLOUR_SPACE,
  })
}

export interface SlateOptions {
  /** The show's; may be empty. */
  readonly title: string
  readonly language: 'en' | 'zh-CN'
  /** Even. */
  readonly width: number
  readonly height: number
}

const AWAY_TEXT = { en: 'Be right back', 'zh-CN': '马上回来' } as const

/**
 * What viewers see while the stage is away. Flat and still: encoded once, it is repeated as a short group of pictures.
 * Timestamp 0; the caller closes the frame.
 */
export function drawSlate({ title, language, width, height }: SlateOptions): VideoFrame {
  const made = drawing(width, height)
  const { context } = made
  context.fillStyle = '#161b26'
  context.fillRect(0, 0, width, height)
  context.fillStyle = '#4f7cff'
  context.beginPath()
  context.roundRect(width * 0.46, height * 0.62, width * 0.08, Math.max(2, height * 0.008), height)
  context.fill()
  context.fillStyle = '#f2f4f8'
  context.font = `600 ${height * 0.1}px ${FONTS}`
  centred(context, AWAY_TEXT[language], width / 2, height * (title === '' ? 0.5 : 0.46), width * 0.9)
  context.fillStyle = '#a9b2c3'
  context.font = `400 ${height * 0.045}px ${FONTS}`
  if (title !== '') centred(context, title, width / 2, height * 0.56, width * 0.8)
  return frameOf(made, 0)
}

/** As the slate's. */
export type PauseCardOptions = SlateOptions

/** What viewers see while the anchor has paused. Timestamp 0; the caller closes the frame. */
export function drawPauseCard({ title, language, width, height }: PauseCardOptions): VideoFrame {
  const made = drawing(width, height)
  const { context } = made
  context.fillStyle = '#161b26'
  context.fillRect(0, 0, width, height)
  context.fillStyle = '#4f7cff'
  const [bar, tall] = [height * 0.036, height * 0.14]
  for (const side of [-1, 1]) {
    context.beginPath()
    context.roundRect(width / 2 + side * bar - bar / 2, height * 0.27, bar, tall, bar / 4)
    context.fill()
  }
  context.fillStyle = '#f2f4f8'
  context.font = `600 ${height * 0.09}px ${FONTS}`
  centred(context, AWAY_TEXT[language], width / 2, height * 0.53, width * 0.9)
  context.fillStyle = '#a9b2c3'
  context.font = `400 ${height * 0.045}px ${FONTS}`
  if (title !== '') centred(context, title, width / 2, height * 0.64, width * 0.8)
  return frameOf(made, 0)
}

export interface PlaceholderOptions {
  /** Of the source, as the anchor calls it. */
  readonly name: string
  /** One short sentence, already in the anchor's language. */
  readonly message: string
  readonly width: number
  readonly height: number
}

/** Stands in for a source that is lost or denied, in its place and with its name. */
export function drawPlaceholder({ name, message, width, height }: PlaceholderOptions): Still {
  const made = drawing(width, height)
  const { context } = made
  const size = Math.min(width * 0.08, height * 0.12)
  context.fillStyle = '#20242e'
  context.fillRect(0, 0, width, height)
  context.strokeStyle = '#3b4252'
  context.lineWidth = Math.max(2, size / 12)
  context.setLineDash([size / 3, size / 4])
  context.strokeRect(size / 3, size / 3, width - (2 * size) / 3, height - (2 * size) / 3)
  context.fillStyle = '#e5e9f0'
  context.font = `600 ${size}px ${FONTS}`
  centred(context, name, width / 2, height / 2 - size * 0.6, width * 0.86)
  context.fillStyle = '#a9b2c3'
  context.font = `400 ${size * 0.62}px ${FONTS}`
  centred(context, message, width / 2, height / 2 + size * 0.7, width * 0.86)
  return stillOf(made)
}

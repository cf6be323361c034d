import type { Card } from '../../../electron/shared/show-status'
import { centred, drawing, FONTS, stillOf, type Drawing } from './canvas'
import { i420Views, PROGRAM_COLOUR_SPACE, rgbaToI420 } from './colour'
import type { Still } from './contract'
import { wrapText } from './wrap'

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

/** As the slate's, and which card it is. */
export interface PauseCardOptions extends SlateOptions {
  readonly card: Card
}

const HEADLINES = {
  pause: AWAY_TEXT,
  'be-right-back': AWAY_TEXT,
  'starting-soon': { en: 'Starting soon', 'zh-CN': '即将开始' },
  custom: { en: '', 'zh-CN': '' },
} as const satisfies Record<Card['kind'], Record<SlateOptions['language'], string>>

/** Each its own, so that viewers and the anchor tell the cards apart at a glance. */
const MARK_COLOURS = { pause: '#4f7cff', 'be-right-back': '#f2b33d', 'starting-soon': '#4cc38a', custom: '#b48cff' } as const satisfies Record<
  Card['kind'],
  string
>

/** What viewers see while the anchor has paused. Timestamp 0; the caller closes the frame. */
export function drawPauseCard({ card, title, language, width, height }: PauseCardOptions): VideoFrame {
  const made = drawing(width, height)
  const { context } = made
  context.fillStyle = '#161b26'
  context.fillRect(0, 0, width, height)
  context.fillStyle = MARK_COLOURS[card.kind]
  drawMark(context, card.kind, width / 2, height * 0.27, height * 0.14)
  context.fillStyle = '#f2f4f8'
  context.font = `600 ${height * 0.09}px ${FONTS}`
  const own = HEADLINES[card.kind][language]
  const lines = wrapText(own === '' ? card.text : own, width * 0.9, (line) => context.measureText(line).width).slice(0, 2)
  lines.forEach((line, index) => centred(context, line, width / 2, height * (0.53 + index * 0.11), width * 0.9))
  context.fillStyle = '#a9b2c3'
  context.font = `400 ${height * 0.045}px ${FONTS}`
  const small = [own === '' ? '' : card.text, title].filter((line) => line !== '')
  small.forEach((line, index) => centred(context, line, width / 2, height * (0.53 + lines.length * 0.11 + index * 0.07), width * 0.8))
  return frameOf(made, 0)
}

/** Two bars, or a triangle for what begins. */
function drawMark(context: OffscreenCanvasRenderingContext2D, kind: Card['kind'], x: number, y: number, tall: number): void {
  context.beginPath()
  if (kind === 'starting-soon') {
    context.moveTo(x - tall * 0.4, y)
    context.lineTo(x + tall * 0.6, y + tall / 2)
    context.lineTo(x - tall * 0.4, y + tall)
    context.closePath()
  } else if (kind === 'custom') {
    context.roundRect(x - tall / 2, y + tall * 0.35, tall, tall * 0.3, tall * 0.15)
  } else {
    const bar = tall * 0.257
    for (const side of [-1, 1]) context.roundRect(x + side * bar - bar / 2, y, bar, tall, bar / 4)
  }
  context.fill()
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

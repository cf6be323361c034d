import { drawing, FONTS, stillOf } from './canvas'
import type { Still, TextSource } from './contract'
import { wrapText } from './wrap'

const LINE_HEIGHT = 1.3
/** Shares of the font's size. */
const PADDING = 0.4
const CORNER = 0.3

/**
 * A text source as a picture with alpha. It is as wide as the source's box, so that at its own place it is shown pixel
 * for pixel; lines are wrapped to it. As high as the text needs, at most twice the program.
 */
export function drawText(source: TextSource, programWidth: number, programHeight: number): Still {
  const size = Math.max(4, source.size * programHeight)
  const padding = Math.round(size * PADDING)
  const width = Math.min(8_192, Math.max(2, Math.round(source.transform.width * programWidth)))
  const inner = Math.max(size, width - 2 * padding)
  const font = `600 ${size}px ${FONTS}`
  const ruler = drawing(1, 1).context
  ruler.font = font
  const lines = wrapText(source.text, inner, (line) => ruler.measureText(line).width)
  const lineHeight = Math.round(size * LINE_HEIGHT)
  const height = Math.min(2 * programHeight, lines.length * lineHeight + 2 * padding)
  const made = drawing(width, height)
  const { context } = made
  context.font = font
  context.textBaseline = 'middle'
  context.textAlign = source.align
  const widest = Math.min(width, Math.max(...lines.map((line) => context.measureText(line).width)) + 2 * padding)
  const left = { left: 0, center: (width - widest) / 2, right: width - widest }[source.align]
  if (source.background !== null && source.text.trim() !== '') {
    context.fillStyle = source.background
    context.beginPath()
    context.roundRect(left, 0, widest, height, size * CORNER)
    context.fill()
  } else {
    // Without a background a soft shadow keeps light text readable over a light picture.
    context.shadowColor = 'rgba(0, 0, 0, 0.6)'
    context.shadowBlur = size / 8
    context.shadowOffsetY = size / 24
  }
  context.fillStyle = source.colour
  const x = { left: padding, center: width / 2, right: width - padding }[source.align]
  lines.forEach((line, index) => context.fillText(line, x, padding + (index + 0.5) * lineHeight))
  return stillOf(made)
}

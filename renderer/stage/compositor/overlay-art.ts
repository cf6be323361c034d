import { OVERLAY, plainLine } from '../../../electron/shared/overlay'
import { drawing, FONTS, stillOf } from './canvas'
import type { Still } from './contract'
import { wrapText } from './wrap'

// What is written over the scene. Everything a stranger wrote is drawn as text, on one line or two, within a width.

/** Somebody's name and words. */
export interface Words {
  readonly name: string
  readonly text: string
}

/** Shares of the font's size. */
const COMMENT_HEIGHT = 1.4
const PIN_LINES = 2
/** Shares of the program. */
const PIN_SIZE = 0.042
const PIN_WIDTH = 0.6
/** Share of the seat. */
const PLATE_SIZE = 0.06
const BANNER_SIZE = 0.05
const BANNER_WIDTH = 0.7

/** Shares of the program. */
const PK_WIDTH = 0.7
const PK_HEIGHT = 0.06
const PK_OWN = '#c8324b'
const PK_OTHER = '#2f63d6'
const PK_PLATE = '#0f1317'

const NAME_COLOUR = '#9fc5ff'
const GOLD = '#ffd166'
const WHITE = '#ffffff'
const PANEL = 'rgba(15, 19, 23, 0.84)'

const even = (size: number): number => 2 * Math.ceil(size / 2)

/** Height of one comment, pixels; even. */
export function commentHeight(size: number): number {
  return even(size * COMMENT_HEIGHT)
}

/** As much of the words as fits, with an ellipsis where they were cut. */
function fitted(context: OffscreenCanvasRenderingContext2D, words: string, maxWidth: number): string {
  const fits = (shown: string): boolean => context.measureText(shown).width <= maxWidth
  if (fits(words)) return words
  const characters = [...words]
  let [least, most] = [0, characters.length]
  while (least < most) {
    const middle = Math.ceil((least + most) / 2)
    if (fits(`${characters.slice(0, middle).join('')}…`)) least = middle
    else most = middle - 1
  }
  return `${characters.slice(0, least).join('').trimEnd()}…`
}

/**
 * One line with a dark edge, readable over any picture: no box, so that little is covered.
 * @param size of the font, pixels
 * @param maxWidth longer words are cut, pixels
 */
export function drawComment({ name, text }: Words, size: number, maxWidth: number): Still {
  const height = commentHeight(size)
  const edge = size / 7
  const gap = size / 3
  const pad = Math.ceil(edge)
  const font = `600 ${size}px ${FONTS}`
  const ruler = drawing(1, 1).context
  ruler.font = font
  const who = fitted(ruler, plainLine(name, OVERLAY.nameChars), maxWidth / 3)
  const whoWidth = who === '' ? 0 : ruler.measureText(who).width + gap
  const what = fitted(ruler, plainLine(text, OVERLAY.textChars), maxWidth - whoWidth - 2 * pad)
  const made = drawing(Math.max(2, even(Math.min(maxWidth, whoWidth + ruler.measureText(what).width + 2 * pad))), height)
  const { context } = made
  context.font = font
  context.textBaseline = 'middle'
  context.lineJoin = 'round'
  context.lineWidth = edge
  context.strokeStyle = 'rgba(0, 0, 0, 0.8)'
  for (const [words, x, colour] of [
    [who, pad, NAME_COLOUR],
    [what, pad + whoWidth, WHITE],
  ] as const) {
    context.strokeText(words, x, height / 2)
    context.fillStyle = colour
    context.fillText(words, x, height / 2)
  }
  return stillOf(made)
}

/** The lower third: who, and below it what, on two lines at most. */
export function drawPin({ name, text }: Words, programWidth: number, programHeight: number): Still {
  const size = programHeight * PIN_SIZE
  const pad = size * 0.6
  const most = programWidth * PIN_WIDTH - 2 * pad
  const [nameFont, textFont] = [`600 ${size * 0.75}px ${FONTS}`, `600 ${size}px ${FONTS}`]
  const ruler = drawing(1, 1).context
  ruler.font = textFont
  const wrapped = wrapText(plainLine(text, OVERLAY.textChars), most, (line) => ruler.measureText(line).width)
  const lines = wrapped.slice(0, PIN_LINES)
  if (wrapped.length > PIN_LINES) lines[PIN_LINES - 1] = fitted(ruler, wrapped.slice(PIN_LINES - 1).join(' '), most)
  const widest = Math.max(...lines.map((line) => ruler.measureText(line).width))
  ruler.font = nameFont
  const who = fitted(ruler, plainLine(name, OVERLAY.nameChars), most)
  const lineHeight = size * 1.3
  const nameHeight = who === '' ? 0 : size * 1.1
  const made = drawing(
    even(Math.min(programWidth * PIN_WIDTH, Math.max(widest, ruler.measureText(who).width) + 2 * pad)),
    even(nameHeight + lines.length * lineHeight + 1.2 * pad),
  )
  const { context, canvas } = made
  context.fillStyle = PANEL
  context.beginPath()
  context.roundRect(0, 0, canvas.width, canvas.height, size / 3)
  context.fill()
  context.fillStyle = NAME_COLOUR
  context.beginPath()
  context.roundRect(0, 0, size / 5, canvas.height, [size / 3, 0, 0, size / 3])
  context.fill()
  context.textBaseline = 'middle'
  context.font = nameFont
  context.fillText(who, pad, 0.6 * pad + nameHeight / 2)
  context.font = textFont
  context.fillStyle = WHITE
  lines.forEach((line, index) => context.fillText(line, pad, 0.6 * pad + nameHeight + (index + 0.5) * lineHeight))
  return stillOf(made)
}

/**
 * A co-anchor's name, for the lower left corner of a seat.
 * @param width of the seat, pixels
 */
export function drawNamePlate(name: string, width: number, height: number): Still {
  const size = Math.max(12, height * PLATE_SIZE)
  const pad = size * 0.5
  const font = `600 ${size}px ${FONTS}`
  const ruler = drawing(1, 1).context
  ruler.font = font
  const who = fitted(ruler, plainLine(name, OVERLAY.nameChars), Math.max(size, width * 0.8 - 2 * pad))
  const made = drawing(even(Math.max(2, ruler.measureText(who).width + 2 * pad)), even(size * 1.5))
  const { context, canvas } = made
  context.fillStyle = PANEL
  context.beginPath()
  context.roundRect(0, 0, canvas.width, canvas.height, size / 3)
  context.fill()
  context.font = font
  context.textBaseline = 'middle'
  context.fillStyle = WHITE
  context.fillText(who, pad, canvas.height / 2)
  return stillOf(made)
}

/** A big gift: who, and what, on one line in a golden frame. */
export function drawBanner({ name, text }: Words, programWidth: number, programHeight: number): Still {
  const size = programHeight * BANNER_SIZE
  const pad = size * 0.8
  const most = programWidth * BANNER_WIDTH - 2 * pad
  const font = `700 ${size}px ${FONTS}`
  const ruler = drawing(1, 1).context
  ruler.font = font
  const who = fitted(ruler, plainLine(name, OVERLAY.nameChars), most / 2)
  const whoWidth = who === '' ? 0 : ruler.measureText(who).width + size / 3
  const what = fitted(ruler, plainLine(text, OVERLAY.textChars), most - whoWidth)
  const made = drawing(even(whoWidth + ruler.measureText(what).width + 2 * pad), even(size * 2))
  const { context, canvas } = made
  const frame = size / 12
  context.beginPath()
  context.roundRect(frame, frame, canvas.width - 2 * frame, canvas.height - 2 * frame, size)
  context.fillStyle = PANEL
  context.fill()
  context.lineWidth = frame
  context.strokeStyle = GOLD
  context.stroke()
  context.textBaseline = 'middle'
  context.font = font
  context.fillStyle = GOLD
  context.fillText(who, pad, canvas.height / 2)
  context.fillStyle = WHITE
  context.fillText(what, pad + whoWidth, canvas.height / 2)
  return stillOf(made)
}

export interface PkArt {
  readonly own: { readonly name: string; readonly coins: number }
  readonly other: { readonly name: string; readonly coins: number }
  /** Seconds that are left; null = it is over. */
  readonly secondsLeft: number | null
  readonly result: 'won' | 'lost' | 'drawn' | 'stopped' | null
}

/** The score of two rooms: a bar that is divided as the coins are, names and sums on it, the clock or a mark of who won in the middle. In no language. */
export function drawPk({ own, other, secondsLeft, result }: PkArt, programWidth: number, programHeight: number): Still {
  const [width, height] = [even(programWidth * PK_WIDTH), even(programHeight * PK_HEIGHT)]
  const made = drawing(width, height)
  const { context } = made
  const sum = own.coins + other.coins
  // Neither side ever vanishes.
  const share = sum === 0 ? 0.5 : Math.min(0.85, Math.max(0.15, own.coins / sum))
  context.beginPath()
  context.roundRect(0, 0, width, height, height / 2)
  context.clip()
  context.fillStyle = PK_OWN
  context.fillRect(0, 0, width * share, height)
  context.fillStyle = PK_OTHER
  context.fillRect(width * share, 0, width * (1 - share), height)
  const size = height * 0.5
  context.font = `700 ${size}px ${FONTS}`
  context.textBaseline = 'middle'
  context.fillStyle = WHITE
  const crown = (won: boolean): string => (won ? '♛ ' : '')
  const side = (who: { readonly name: string; readonly coins: number }, won: boolean): string =>
    `${crown(won)}${fitted(context, plainLine(who.name, OVERLAY.nameChars), width * 0.22)} ${who.coins.toLocaleString('en')}`
  context.textAlign = 'left'
  context.fillText(side(own, result === 'won'), height * 0.5, height / 2)
  context.textAlign = 'right'
  context.fillText(side(other, result === 'lost'), width - height * 0.5, height / 2)
  const middle = secondsLeft === null ? (result === 'drawn' ? '=' : 'PK') : `${Math.floor(secondsLeft / 60)}:${String(secondsLeft % 60).padStart(2, '0')}`
  const plate = context.measureText(middle).width + height * 0.6
  context.fillStyle = PK_PLATE
  context.beginPath()
  context.roundRect((width - plate) / 2, height * 0.1, plate, height * 0.8, height * 0.4)
  context.fill()
  context.fillStyle = WHITE
  context.textAlign = 'center'
  context.fillText(middle, width / 2, height / 2)
  return stillOf(made)
}

import { isFlash, timecode } from '../test-signal'
import { centred, drawing, FONTS } from './canvas'
import { chromaSize, i420Views, PROGRAM_COLOUR_SPACE, rgbaToI420, type I420Views } from './colour'
import type { Rect } from './rect'

/** 75 % bars: white, yellow, cyan, green, magenta, red, blue. */
const BARS = ['#bfbfbf', '#bfbf00', '#00bfbf', '#00bf00', '#bf00bf', '#bf0000', '#0000bf'] as const
const GLYPHS = '0123456789:'
const TIMECODE_LENGTH = 11
/** White in limited range. */
const WHITE = { luma: 235, chroma: 128 } as const
/** The bar crosses the picture once in this time. */
const SWEEP_US = 4_000_000

const even = (value: number): number => 2 * Math.round(value / 2)

interface Layout {
  /** Turns white in the flash: the upper half, which is half of the picture. */
  readonly flash: Rect
  readonly timecode: Rect
  readonly glyphWidth: number
  /** Where the white bar runs. */
  readonly track: Rect
  readonly barWidth: number
}

function layoutOf(width: number, height: number): Layout {
  const glyphWidth = even(Math.min(width * 0.055, height * 0.1))
  const glyphHeight = even(glyphWidth * 1.6)
  return {
    flash: { x: 0, y: 0, width, height: even(height / 2) },
    timecode: {
      x: even((width - glyphWidth * TIMECODE_LENGTH) / 2),
      y: even(height * 0.58),
      width: glyphWidth * TIMECODE_LENGTH,
      height: glyphHeight,
    },
    glyphWidth,
    track: { x: 0, y: even(height * 0.92), width, height: height - even(height * 0.92) },
    barWidth: Math.max(4, even(width / 40)),
  }
}

function drawBackground(width: number, height: number, fps: number, { flash, timecode: code, track }: Layout): Uint8ClampedArray {
  const { context } = drawing(width, height)
  context.fillStyle = '#1c2029'
  context.fillRect(0, 0, width, height)
  BARS.forEach((colour, index) => {
    context.fillStyle = colour
    const from = even((width * index) / BARS.length)
    context.fillRect(from, 0, even((width * (index + 1)) / BARS.length) - from, flash.height)
  })
  context.fillStyle = '#000000'
  context.fillRect(code.x, code.y, code.width, code.height)
  context.fillRect(track.x, track.y, track.width, track.height)
  context.fillStyle = '#f2f4f8'
  context.font = `600 ${height * 0.055}px ${FONTS}`
  centred(context, 'AnchorDesk', width / 2, height * 0.54, width * 0.8)
  context.fillStyle = '#a9b2c3'
  context.font = `400 ${height * 0.04}px ${FONTS}`
  centred(context, `${width} × ${height} · ${fps} fps`, width / 2, height * 0.86, width * 0.8)
  return context.getImageData(0, 0, width, height).data
}

/** Luma of each glyph, rows packed. */
function drawGlyphs(width: number, height: number): Map<string, Uint8Array> {
  const glyphs = new Map<string, Uint8Array>()
  for (const glyph of GLYPHS) {
    const { context } = drawing(width, height)
    context.fillStyle = '#000000'
    context.fillRect(0, 0, width, height)
    context.fillStyle = '#ffffff'
    context.font = `700 ${height * 0.85}px ui-monospace, "Noto Sans Mono", monospace`
    centred(context, glyph, width / 2, height * 0.54, width * 4)
    const luma = new Uint8Array(width * height)
    const chroma = chromaSize(width) * chromaSize(height)
    rgbaToI420(context.getImageData(0, 0, width, height).data, width, height, {
      y: luma,
      u: new Uint8Array(chroma),
      v: new Uint8Array(chroma),
    })
    glyphs.set(glyph, luma)
  }
  return glyphs
}

/**
 * The test card: bars, a running timecode, a moving bar, and a white flash over half of the picture at each whole second
 * (`isFlash`). Everything still is drawn once; a frame costs a few rows of bytes and the copy into a `VideoFrame`.
 */
export class TestCard {
  readonly width: number
  readonly height: number
  readonly fps: number
  readonly #layout: Layout
  readonly #background: I420Views
  readonly #glyphs: Map<string, Uint8Array>
  readonly #data: Uint8Array<ArrayBuffer>
  readonly #picture: I420Views
  #flashShown = false
  #barX = 0

  /** Width and height are even; `fps` counts the frames of the timecode. */
  constructor(width: number, height: number, fps: number) {
    this.width = width
    this.height = height
    this.fps = fps
    this.#layout = layoutOf(width, height)
    const size = (width * height * 3) / 2
    const background = new Uint8Array(size)
    this.#background = i420Views(background, width, height)
    rgbaToI420(drawBackground(width, height, fps, this.#layout), width, height, this.#background)
    this.#glyphs = drawGlyphs(this.#layout.glyphWidth, this.#layout.timecode.height)
    this.#data = background.slice()
    this.#picture = i420Views(this.#data, width, height)
  }

  /** The card at a moment of the test signal's clock, which is also the frame's timestamp. The caller closes the frame. */
  draw(timeUs: number): VideoFrame {
    this.#drawFlash(isFlash(timeUs))
    this.#drawBar(timeUs)
    this.#drawTimecode(timecode(timeUs, this.fps))
    return new VideoFrame(this.#data, {
      format: 'I420',
      codedWidth: this.width,
      codedHeight: this.height,
      timestamp: timeUs,
      colorSpace: PROGRAM_COLOUR_SPACE,
    })
  }

  #drawFlash(flash: boolean): void {
    if (flash === this.#flashShown) return
    if (flash) this.#fill(this.#layout.flash)
    else this.#restore(this.#layout.flash)
    this.#flashShown = flash
  }

  #drawBar(timeUs: number): void {
    const { track, barWidth } = this.#layout
    const share = (((timeUs % SWEEP_US) + SWEEP_US) % SWEEP_US) / SWEEP_US
    this.#restore({ ...track, x: this.#barX, width: barWidth })
    this.#barX = even(share * (this.width - barWidth - 2))
    this.#fill({ ...track, x: this.#barX, width: barWidth })
  }

  #drawTimecode(text: string): void {
    const { timecode: box, glyphWidth } = this.#layout
    for (const [index, char] of [...text].entries()) {
      const glyph = this.#glyphs.get(char)
      if (!glyph) continue
      for (let row = 0; row < box.height; row++) {
        this.#picture.y.set(glyph.subarray(row * glyphWidth, (row + 1) * glyphWidth), (box.y + row) * this.width + box.x + index * glyphWidth)
      }
    }
  }

  #fill(rect: Rect): void {
    this.#rows(rect, (plane, _, from, to) => plane.fill(plane === this.#picture.y ? WHITE.luma : WHITE.chroma, from, to))
  }

  #restore(rect: Rect): void {
    this.#rows(rect, (plane, background, from, to) => plane.set(background.subarray(from, to), from))
  }

  /** Each row of each plane inside an even rectangle. */
  #rows({ x, y, width, height }: Rect, action: (plane: Uint8Array, background: Uint8Array, from: number, to: number) => void): void {
    for (const [name, shift] of [
      ['y', 0],
      ['u', 1],
      ['v', 1],
    ] as const) {
      const stride = this.width >> shift
      for (let row = y >> shift; row < (y + height) >> shift; row++) {
        const from = row * stride + (x >> shift)
        action(this.#picture[name], this.#background[name], from, from + (width >> shift))
      }
    }
  }
}

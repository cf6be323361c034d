import { FULL_FRAME } from '../../../electron/shared/scene'
import { drawText, type Compositor, type Layer } from '../compositor'

/** No source has this id: a line break is in none of theirs. */
const LINE = 'line\n'
const SIZE = 0.045
const LOOK = { colour: '#ffffff', background: '#161b26', size: SIZE, align: 'center' } as const
/** The lower tenth of the picture, as wide as the middle of it. */
const TRANSFORM = { ...FULL_FRAME, x: 0.1, y: 0.86, width: 0.8, height: 0.1 }
const LAYER: Layer = { id: LINE, transform: TRANSFORM }

/** One line on the program, over the scene. Drawn once for each size and text. */
export class StatusLine {
  readonly #compositor: Pick<Compositor, 'setPicture' | 'removePicture'>
  readonly #draw: typeof drawText
  #drawn = ''
  #text = ''

  constructor(compositor: Pick<Compositor, 'setPicture' | 'removePicture'>, draw: typeof drawText = drawText) {
    this.#compositor = compositor
    this.#draw = draw
  }

  /** @param text '' = none */
  set(text: string): void {
    this.#text = text
    if (text !== '') return
    this.#drawn = ''
    this.#compositor.removePicture(LINE)
  }

  /** The scene's layers with the line on top. */
  over(layers: readonly Layer[], width: number, height: number): readonly Layer[] {
    if (this.#text === '') return layers
    const key = `${width}×${height} ${this.#text}`
    if (key !== this.#drawn) {
      this.#drawn = key
      this.#compositor.setPicture(LINE, this.#draw({ ...LOOK, text: this.#text, transform: TRANSFORM }, width, height))
    }
    return [...layers, LAYER]
  }
}

import { FULL_FRAME } from '../../../electron/shared/scene'
import { drawPauseCard, type Compositor, type Layer, type PauseCardOptions } from '../compositor'

/** No source has this id: theirs have at least one character. */
const CARD = ''
const LAYERS: readonly Layer[] = [{ id: CARD, transform: FULL_FRAME }]

/** The card that stands in for the scene while the program is paused. Drawn once for each size, title and language. */
export class Pause {
  readonly #compositor: Pick<Compositor, 'setPicture' | 'removePicture'>
  readonly #draw: (options: PauseCardOptions) => VideoFrame
  #drawn = ''
  #paused = false

  constructor(compositor: Pick<Compositor, 'setPicture' | 'removePicture'>, draw: (options: PauseCardOptions) => VideoFrame = drawPauseCard) {
    this.#compositor = compositor
    this.#draw = draw
  }

  get paused(): boolean {
    return this.#paused
  }

  set(paused: boolean): void {
    this.#paused = paused
    if (paused) return
    this.#drawn = ''
    this.#compositor.removePicture(CARD)
  }

  /** Instead of the scene's layers. */
  layers(card: PauseCardOptions): readonly Layer[] {
    const key = JSON.stringify([card.title, card.language, card.width, card.height])
    if (key !== this.#drawn) {
      this.#drawn = key
      this.#compositor.setPicture(CARD, this.#draw(card))
    }
    return LAYERS
  }
}

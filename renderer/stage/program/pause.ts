import { FULL_FRAME } from '../../../electron/shared/scene'
import { PAUSE_CARD, type Card } from '../../../electron/shared/show-status'
import { drawPauseCard, type Compositor, type Layer, type PauseCardOptions } from '../compositor'

type CardOptions = Omit<PauseCardOptions, 'card'>

/** No source has this id: theirs have at least one character. */
const CARD = ''
const LAYERS: readonly Layer[] = [{ id: CARD, transform: FULL_FRAME }]

/** The card that stands in for the scene while the program is paused. Drawn once for each card, size, title and language. */
export class Pause {
  readonly #compositor: Pick<Compositor, 'setPicture' | 'removePicture'>
  readonly #draw: (options: PauseCardOptions) => VideoFrame
  #drawn = ''
  #card: Card = PAUSE_CARD
  #paused = false

  constructor(compositor: Pick<Compositor, 'setPicture' | 'removePicture'>, draw: (options: PauseCardOptions) => VideoFrame = drawPauseCard) {
    this.#compositor = compositor
    this.#draw = draw
  }

  get paused(): boolean {
    return this.#paused
  }

  set(paused: boolean, card: Card = PAUSE_CARD): void {
    this.#paused = paused
    this.#card = card
    if (paused) return
    this.#drawn = ''
    this.#compositor.removePicture(CARD)
  }

  /** Instead of the scene's layers. */
  layers(options: CardOptions): readonly Layer[] {
    const { title, language, width, height } = options
    const key = JSON.stringify([this.#card, title, language, width, height])
    if (key !== this.#drawn) {
      this.#drawn = key
      this.#compositor.setPicture(CARD, this.#draw({ ...options, card: this.#card }))
    }
    return LAYERS
  }
}

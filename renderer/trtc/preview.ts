import type { PreviewPort } from './preview-port'
import { arrangeMix, type MixInput } from './mix-arrangement'
import { lumaVariance, mixPictures, type Picture, type PlacedPicture } from './picture-mix'

export interface PreviewOptions {
  readonly port: PreviewPort
  readonly mix: () => MixInput
  readonly mirrored: () => boolean
  readonly guest: (userId: string) => Picture | null
}

/** The program as the anchor sees it: the newest picture of each stream, laid out as the cloud's mix. */
export class Preview {
  readonly #options: PreviewOptions
  readonly #own: { big: Picture | null; sub: Picture | null } = { big: null, sub: null }

  constructor(options: PreviewOptions) {
    this.#options = options
  }

  /** The SDK's own memory is kept, and read when a picture is due. */
  take(stream: 'big' | 'sub', picture: Picture): void {
    this.#own[stream] = picture
    this.send()
  }

  forget(stream: 'big' | 'sub'): void {
    this.#own[stream] = null
  }

  /** Of the newest picture; null without one. */
  variance(stream: 'big' | 'sub'): number | null {
    const picture = this.#own[stream]
    return picture === null ? null : lumaVariance(picture)
  }

  send(): void {
    const { port, mix, guest, mirrored } = this.#options
    if (!port.due) return
    port.sendPicture((width, height, target) => {
      const pictures = arrangeMix(mix()).flatMap(({ from, box, fit }): PlacedPicture[] => {
        const picture = 'stream' in from ? this.#own[from.stream] : guest(from.userId)
        return picture === null ? [] : [{ picture, box, fit, mirrored: 'stream' in from && from.stream === 'big' && mirrored() }]
      })
      return mixPictures(pictures, width, height, target)
    })
  }
}

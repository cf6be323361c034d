import { RESOLUTIONS, DEFAULT_PROFILE, type Profile } from '../../electron/shared/profile'
import { PAUSE_CARD, type Card } from '../../electron/shared/show-status'
import { swapRedAndBlue, type Art } from './art'
import { STREAM, WATERMARK_RGBA } from './constants'
import type { Still } from './scene-plan'
import type { Cloud, Sdk } from './sdk'

export interface CoverOptions {
  readonly sdk: Pick<Sdk, 'TRTCImageBuffer'>
  readonly cloud: Cloud
  readonly art: Art
  readonly log: (message: string) => void
}

/** The picture that is sent in place of a muted one, at the SDK's own lowest rate: it stands still. */
const CARD_FPS = 5

/** What lies over the camera's picture or in place of it: the watermark of texts and images, and the card of a pause. */
export class Cover {
  readonly #options: CoverOptions
  #profile: Profile = DEFAULT_PROFILE
  #stills: readonly Still[] = []
  #line = ''
  #drawn = ''
  #marked = false
  #paused = false
  #card: Card = PAUSE_CARD
  #show = { title: '', language: 'en' as 'en' | 'zh-CN' }

  constructor(options: CoverOptions) {
    this.#options = options
  }

  setProfile(profile: Profile): void {
    const resized = profile.resolution !== this.#profile.resolution
    this.#profile = profile
    if (!resized) return
    this.#mark()
    if (this.#paused) this.#showCard()
  }

  setShow(title: string, language: 'en' | 'zh-CN'): void {
    this.#show = { title, language }
    if (this.#paused) this.#showCard()
  }

  setStills(stills: readonly Still[]): void {
    this.#stills = stills
    this.#mark()
  }

  setLine(text: string): void {
    this.#line = text
    this.#mark()
  }

  setPaused(paused: boolean, card: Card): void {
    const { cloud } = this.#options
    const same = paused === this.#paused
    this.#paused = paused
    this.#card = card
    // The card first: viewers do not see black in between.
    if (paused) this.#showCard()
    if (same) return
    cloud.muteLocalVideo(paused, STREAM.big)
    cloud.muteLocalVideo(paused, STREAM.sub)
    if (!paused) cloud.setVideoMuteImage(null, CARD_FPS)
  }

  /** The room was left, and with it what the SDK was told of its pictures. */
  again(): void {
    this.#drawn = ''
    this.#mark()
    if (!this.#paused) return
    this.#paused = false
    this.setPaused(true, this.#card)
  }

  /** A device that is opened during a pause is covered too. */
  keep(): void {
    if (!this.#paused) return
    this.#options.cloud.muteLocalVideo(true, STREAM.big)
    this.#options.cloud.muteLocalVideo(true, STREAM.sub)
  }

  #showCard(): void {
    const { cloud, sdk, art } = this.#options
    const { width, height } = RESOLUTIONS[this.#profile.resolution]
    const { buffer, byteLength } = swapRedAndBlue(art.card({ card: this.#card, ...this.#show, width, height }))
    cloud.setVideoMuteImage(new sdk.TRTCImageBuffer(buffer, byteLength, width, height), CARD_FPS)
  }

  /** One for all: a stream has one watermark. It has the whole picture's size. */
  #mark(): void {
    const { width, height } = RESOLUTIONS[this.#profile.resolution]
    const key = JSON.stringify([this.#stills, this.#line, width, height])
    if (key === this.#drawn) return
    this.#drawn = key
    if (this.#stills.length === 0 && this.#line === '') {
      if (this.#marked) this.#options.cloud.setWaterMark(STREAM.big, null, WATERMARK_RGBA, 0, 0, 0, 0, 0)
      this.#marked = false
      return
    }
    this.#options.art.stills({ stills: this.#stills, line: this.#line, width, height }).then(
      (pixels) => {
        if (this.#drawn !== key) return
        this.#marked = true
        this.#options.cloud.setWaterMark(STREAM.big, pixels.buffer, WATERMARK_RGBA, width, height, 0, 0, 1)
      },
      (error: unknown) => this.#options.log(`the watermark was not drawn: ${error instanceof Error ? error.message : String(error)}`),
    )
  }
}

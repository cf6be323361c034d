import { CommentLanes } from '../../../electron/shared/comment-lanes'
import {
  COMMENT_AREA,
  COMMENT_SIZE,
  CROSSING_SECONDS,
  DEFAULT_OVERLAY,
  OVERLAY,
  type OverlayBanner,
  type OverlayComment,
  type OverlayState,
} from '../../../electron/shared/overlay'
import { FULL_FRAME } from '../../../electron/shared/scene'
import { commentHeight, drawBanner, drawComment, drawPin, drawPk, type Compositor, type Layer, type Still } from '../compositor'

/** Ids of pictures that no source has: theirs hold no space. */
const PIN = 'overlay pin'
const BANNER = 'overlay banner'
const PK = 'overlay pk'
const lineId = (id: string): string => `overlay line ${id}`

const BANNER_US = 5_000_000
const FADE_US = 300_000
/** Shares of the picture. */
const TOP = 0.02
const PK_TOP = 0.03
const PIN_LEFT = 0.05
const PIN_BOTTOM = 0.92
const BANNER_BOTTOM = 0.7

export interface OverlayArt {
  readonly comment: typeof drawComment
  readonly pin: typeof drawPin
  readonly banner: typeof drawBanner
  readonly pk: typeof drawPk
}

export interface ProgramOverlayOptions {
  readonly compositor: Pick<Compositor, 'setPicture' | 'removePicture'>
  readonly width: number
  readonly height: number
  /** Drawing needs a canvas; tests have none. */
  readonly art?: OverlayArt
  /** UNIX milliseconds. */
  readonly now?: () => number
}

/**
 * Comments, a pinned message and gift banners over the scene. Each is drawn once and then only moved; where things are follows from the picture
 * clock's time. Comments that move are forgotten when their size, their area or the picture's size changes.
 */
export class ProgramOverlay {
  readonly #compositor: ProgramOverlayOptions['compositor']
  readonly #art: OverlayArt
  readonly #now: () => number
  readonly #stills = new Map<string, Still>()
  #width: number
  #height: number
  #state: OverlayState = { ...DEFAULT_OVERLAY, pinned: null, pk: null }
  #lanes: CommentLanes<OverlayComment>
  #banners: readonly OverlayBanner[] = []
  /** When the first banner was first seen; null = not yet. */
  #bannerSinceUs: number | null = null
  #lastUs: number | null = null
  /** The score as it was drawn last. */
  #pkDrawn = ''

  constructor({
    compositor,
    width,
    height,
    art = { comment: drawComment, pin: drawPin, banner: drawBanner, pk: drawPk },
    now = Date.now,
  }: ProgramOverlayOptions) {
    this.#compositor = compositor
    this.#art = art
    this.#now = now
    this.#width = width
    this.#height = height
    this.#lanes = this.#newLanes()
  }

  setSize(width: number, height: number): void {
    if (width === this.#width && height === this.#height) return
    this.#width = width
    this.#height = height
    this.#clearLines()
    this.#forget(PIN)
    this.#forget(BANNER)
    this.#forget(PK)
  }

  set(state: OverlayState): void {
    const before = this.#state
    this.#state = state
    if (before.comments !== state.comments || before.size !== state.size || before.area !== state.area) this.#clearLines()
    if (before.pinned?.name !== state.pinned?.name || before.pinned?.text !== state.pinned?.text) this.#forget(PIN)
    if (!state.gifts || state.comments === 'preview') this.#endBanners()
  }

  say(comments: readonly OverlayComment[]): void {
    if (this.#state.comments === 'program') for (const comment of comments) this.#lanes.say(comment)
  }

  take(ids: readonly string[]): void {
    this.#lanes.take(new Set(ids))
    this.#forgetGone()
  }

  banner(banner: OverlayBanner): void {
    const [shown] = this.#banners
    if (shown?.id === banner.id) {
      this.#banners = [banner, ...this.#banners.slice(1)]
      // Its words are new: it is seen from now, without coming in again.
      if (this.#bannerSinceUs !== null && this.#lastUs !== null) this.#bannerSinceUs = this.#lastUs - FADE_US
      this.#forget(BANNER)
      return
    }
    const others = this.#banners.filter(({ id }) => id !== banner.id)
    this.#banners = [...others, banner].slice(0, 1 + OVERLAY.maxBanners)
  }

  /** Moves everything to that moment. @returns layers that stand above the scene's, bottom to top */
  layers(timestampUs: number): readonly Layer[] {
    const elapsedUs = Math.max(0, timestampUs - (this.#lastUs ?? timestampUs))
    this.#lastUs = timestampUs
    const distance = (this.#width / CROSSING_SECONDS[this.#state.speed]) * (elapsedUs / 1_000_000)
    if (!this.#lanes.isEmpty) {
      this.#lanes.step(distance, (comment) => this.#drawLine(comment))
      this.#forgetGone()
    }
    return [...this.#lines(), ...this.#pin(), ...this.#banner(timestampUs), ...this.#pk()]
  }

  get #size(): number {
    return this.#height * COMMENT_SIZE[this.#state.size]
  }

  #newLanes(): CommentLanes<OverlayComment> {
    const lanes = Math.max(1, Math.floor(((COMMENT_AREA[this.#state.area] - TOP) * this.#height) / commentHeight(this.#size)))
    return new CommentLanes({ lanes, width: this.#width, gap: this.#size, maxLines: OVERLAY.maxLines })
  }

  #drawLine({ id, name, text }: OverlayComment): number {
    return this.#keep(lineId(id), this.#art.comment({ name: this.#state.names ? name : '', text }, this.#size, this.#width)).width
  }

  #lines(): Layer[] {
    const height = commentHeight(this.#size)
    return this.#lanes.moving.flatMap(({ line, lane, x }) => this.#layer(lineId(line.id), x, TOP * this.#height + lane * height))
  }

  #pin(): Layer[] {
    const { pinned } = this.#state
    if (pinned === null) return []
    const still = this.#stills.get(PIN) ?? this.#keep(PIN, this.#art.pin(pinned, this.#width, this.#height))
    return this.#layer(PIN, PIN_LEFT * this.#width, PIN_BOTTOM * this.#height - still.height)
  }

  #banner(timestampUs: number): Layer[] {
    if (this.#bannerSinceUs !== null && timestampUs - this.#bannerSinceUs >= BANNER_US) {
      this.#banners = this.#banners.slice(1)
      this.#bannerSinceUs = null
      this.#forget(BANNER)
    }
    const [banner] = this.#banners
    if (banner === undefined) return []
    this.#bannerSinceUs ??= timestampUs
    const ageUs = timestampUs - this.#bannerSinceUs
    const still = this.#stills.get(BANNER) ?? this.#keep(BANNER, this.#art.banner(banner, this.#width, this.#height))
    const opacity = Math.min(1, Math.max(0, Math.min(ageUs, BANNER_US - ageUs) / FADE_US))
    return this.#layer(BANNER, (this.#width - still.width) / 2, BANNER_BOTTOM * this.#height - still.height, opacity)
  }

  /** At the top, in the middle; drawn anew once a second while its clock runs. */
  #pk(): Layer[] {
    const { pk } = this.#state
    if (pk === null) {
      this.#forget(PK)
      return []
    }
    const secondsLeft = pk.endsAtMs === null || pk.result !== null ? null : Math.max(0, Math.ceil((pk.endsAtMs - this.#now()) / 1_000))
    const drawn = JSON.stringify([pk, secondsLeft])
    if (drawn !== this.#pkDrawn || !this.#stills.has(PK)) {
      this.#pkDrawn = drawn
      this.#keep(PK, this.#art.pk({ ...pk, secondsLeft }, this.#width, this.#height))
    }
    const still = this.#stills.get(PK)
    return still === undefined ? [] : this.#layer(PK, (this.#width - still.width) / 2, PK_TOP * this.#height)
  }

  /** Pixel for pixel, on whole chroma samples: nothing is scaled while it moves. */
  #layer(id: string, x: number, y: number, opacity = 1): Layer[] {
    const still = this.#stills.get(id)
    if (still === undefined) return []
    const [left, top] = [2 * Math.round(x / 2), 2 * Math.round(y / 2)]
    const box = { x: left / this.#width, y: top / this.#height, width: still.width / this.#width, height: still.height / this.#height }
    return [{ id, transform: { ...FULL_FRAME, ...box, fit: 'fill', opacity } }]
  }

  #keep(id: string, still: Still): Still {
    this.#stills.set(id, still)
    this.#compositor.setPicture(id, still)
    return still
  }

  #forget(id: string): void {
    if (this.#stills.delete(id)) this.#compositor.removePicture(id)
  }

  #forgetGone(): void {
    const here = new Set([PIN, BANNER, PK, ...this.#lanes.moving.map(({ line }) => lineId(line.id))])
    for (const id of [...this.#stills.keys()]) if (!here.has(id)) this.#forget(id)
  }

  #clearLines(): void {
    this.#lanes = this.#newLanes()
    this.#forgetGone()
  }

  #endBanners(): void {
    this.#banners = []
    this.#bannerSinceUs = null
    this.#forget(BANNER)
  }
}

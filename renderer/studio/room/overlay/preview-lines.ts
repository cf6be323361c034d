import { CommentLanes } from '../../../../electron/shared/comment-lanes'
import { COMMENT_AREA, COMMENT_SIZE, CROSSING_SECONDS, OVERLAY, type OverlayComment, type OverlaySettings } from '../../../../electron/shared/overlay'

const LINE_HEIGHT = 1.4
/** Shares of the picture. */
const TOP = 0.02
const LEFT = 0.02
/** A frame that comes later than this moves things no further: the window was hidden. */
const MAX_STEP_SEC = 0.25

/**
 * Comments over the preview alone, one element each that is made once and then moved. Whoever wants no motion sees them stand for as long as they
 * would cross. Owns the elements and the frames that it asks for.
 */
export class PreviewLines {
  readonly #host: HTMLElement
  readonly #settings: OverlaySettings
  readonly #elements = new Map<string, HTMLElement>()
  readonly #isStill: boolean
  readonly #height: number
  readonly #width: number
  readonly #lanes: CommentLanes<OverlayComment>
  #frame: number | null = null
  #lastMs: number | null = null

  /** For this size of the host and these settings: when either changes, a new one takes its place. */
  constructor(host: HTMLElement, settings: OverlaySettings, isStill: boolean) {
    this.#host = host
    this.#settings = settings
    this.#isStill = isStill
    this.#width = host.clientWidth
    this.#height = host.clientHeight
    const lanes = Math.max(1, Math.floor((COMMENT_AREA[settings.area] - TOP) / (COMMENT_SIZE[settings.size] * LINE_HEIGHT)))
    const gap = isStill ? Infinity : this.#size
    this.#lanes = new CommentLanes({ lanes, width: this.#width, gap, maxLines: OVERLAY.maxLines })
  }

  say(comments: readonly OverlayComment[]): void {
    for (const comment of comments) this.#lanes.say(comment)
    this.#ask()
  }

  take(ids: readonly string[]): void {
    this.#lanes.take(new Set(ids))
    this.#draw()
  }

  close(): void {
    if (this.#frame !== null) cancelAnimationFrame(this.#frame)
    this.#frame = null
    for (const element of this.#elements.values()) element.remove()
    this.#elements.clear()
  }

  get #size(): number {
    return this.#height * COMMENT_SIZE[this.#settings.size]
  }

  #ask(): void {
    this.#frame ??= requestAnimationFrame((nowMs) => {
      this.#frame = null
      this.#step(nowMs)
      if (this.#lanes.isEmpty) this.#lastMs = null
      else this.#ask()
    })
  }

  #step(nowMs: number): void {
    const seconds = Math.min(MAX_STEP_SEC, Math.max(0, (nowMs - (this.#lastMs ?? nowMs)) / 1_000))
    this.#lastMs = nowMs
    this.#lanes.step((this.#width / CROSSING_SECONDS[this.#settings.speed]) * seconds, (comment) => this.#make(comment))
    this.#draw()
  }

  #make({ id, name, text }: OverlayComment): number {
    const element = document.createElement('span')
    element.className = 'line'
    if (this.#settings.names && name !== '') {
      const who = document.createElement('b')
      who.textContent = name
      element.append(who, ' ')
    }
    element.append(text)
    element.style.fontSize = `${this.#size}px`
    this.#host.append(element)
    this.#elements.set(id, element)
    return element.offsetWidth
  }

  #draw(): void {
    const here = new Set<string>()
    for (const { line, lane, x } of this.#lanes.moving) {
      here.add(line.id)
      const left = this.#isStill ? LEFT * this.#width : x
      const element = this.#elements.get(line.id)
      if (element !== undefined) element.style.transform = `translate(${left}px, ${TOP * this.#height + lane * this.#size * LINE_HEIGHT}px)`
    }
    for (const [id, element] of this.#elements) {
      if (here.has(id)) continue
      element.remove()
      this.#elements.delete(id)
    }
  }
}

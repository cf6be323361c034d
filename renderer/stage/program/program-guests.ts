import { coAnchorSource } from '../../../electron/shared/co-anchor-line'
import { FULL_FRAME, type Transform } from '../../../electron/shared/scene'
import { arrange, WHOLE, type Box } from '../../../electron/shared/seat-layout'
import type { Layout } from '../../../electron/shared/seats'
import { drawNamePlate, drawPlaceholder, type Compositor, type Layer, type Still } from '../compositor'
import type { SourceReading, StagedGuest } from '../worker-protocol'
import type { AudioMixer, MixedBlock } from './audio-mixer'
import { FrameIntake } from './frame-intake'
import { GuestTiles } from './guest-tiles'
import type { Log } from './log'
import type { PreviewSender } from './preview-sender'
import { SampleIntake } from './sample-intake'
import { SeatMotion } from './seat-motion'
import { VoiceChoice } from './voice-choice'

/** Without a frame for so long a card with the name stands in the seat. A bad line stutters for less. */
const STALE_MS = 1_500
const MAX_PIXELS = 1_920 * 1_088
const PLACEHOLDER = { width: 640, height: 360 } as const

export interface ProgramGuestsOptions {
  readonly compositor: Pick<Compositor, 'setPicture' | 'removePicture'>
  readonly mixer: Pick<AudioMixer, 'push' | 'drop' | 'setGuests'>
  readonly preview: Pick<PreviewSender, 'wantsTiles' | 'sendTile'>
  /** Of the program, pixels. */
  size(): { readonly width: number; readonly height: number }
  nowMs(): number
  readonly log: Log
  /** Tests have no canvas. */
  readonly draw?: { placeholder(name: string): Still; plate(name: string, width: number, height: number): Still }
}

interface Guest {
  staged: StagedGuest
  frames: FrameIntake | null
  samples: SampleIntake | null
  framedAtMs: number | null
  /** What the compositor holds of this one. */
  shown: 'nothing' | 'frames' | 'card'
  /** The plate as it was drawn last; '' = none. */
  plate: string
  /** Shares of the program. */
  plateSize?: { readonly width: number; readonly height: number }
}

const DRAW = {
  placeholder: (name: string): Still => drawPlaceholder({ name, message: '…', ...PLACEHOLDER }),
  plate: drawNamePlate,
}

/**
 * The co-anchors in the program: their pictures at their seats with their names, their sound in the mix; those of the greenroom are in neither. Owns
 * their intakes.
 */
export class ProgramGuests {
  readonly #options: ProgramGuestsOptions
  readonly #draw: NonNullable<ProgramGuestsOptions['draw']>
  readonly #tiles: GuestTiles
  readonly #guests = new Map<string, Guest>()
  readonly #motion = new SeatMotion()
  readonly #voices = new VoiceChoice()
  #layout: Layout = 'solo'
  #speaker: string | null = null
  #arranged = ''

  constructor(options: ProgramGuestsOptions) {
    this.#options = options
    this.#draw = options.draw ?? DRAW
    this.#tiles = new GuestTiles(options.preview)
  }

  set(layout: Layout, staged: readonly StagedGuest[]): void {
    this.#layout = layout
    for (const userId of [...this.#guests.keys()]) if (!staged.some((one) => one.userId === userId)) this.#forget(userId)
    // By their seats: it is the order in which they stand.
    for (const one of staged) {
      const guest = this.#guests.get(one.userId)
      if (guest === undefined) this.#guests.set(one.userId, { staged: one, frames: null, samples: null, framedAtMs: null, shown: 'nothing', plate: '' })
      else guest.staged = one
    }
    this.#options.mixer.setGuests(
      [...this.#guests.values()].map(({ staged: { userId, seat, muted, volume } }) => ({
        id: coAnchorSource(userId),
        gain: seat === 0 || muted ? 0 : volume,
      })),
    )
    for (const [userId, guest] of this.#guests) if (guest.staged.seat === 0) this.#takeOff(userId, guest)
  }

  video(userId: string, frames: ReadableStream<VideoFrame>): void {
    const guest = this.#guests.get(userId)
    if (guest === undefined) {
      void frames.cancel()
      return
    }
    guest.frames?.close()
    guest.frames = new FrameIntake(frames, { onFrame: (frame) => this.#newFrame(userId, frame), log: this.#options.log })
  }

  audio(userId: string, samples: ReadableStream<AudioData>): void {
    const guest = this.#guests.get(userId)
    if (guest === undefined) {
      void samples.cancel()
      return
    }
    const id = coAnchorSource(userId)
    guest.samples?.close()
    this.#options.mixer.drop(id)
    guest.samples = new SampleIntake(samples, { onSamples: (left, right, atUs) => this.#options.mixer.push(id, left, right, atUs), log: this.#options.log })
  }

  /** Who speaks is drawn from what was mixed. */
  mixed({ voices, timestampUs }: MixedBlock): void {
    this.#speaker = this.#voices.hear(voices, timestampUs)
  }

  /** The scene in the anchor's box, and those on the air in theirs. */
  over(scene: readonly Layer[], timestampUs: number): readonly Layer[] {
    const seated = [...this.#guests.values()].filter(({ staged }) => staged.seat > 0).sort((a, b) => a.staged.seat - b.staged.seat)
    this.#rearrange(seated, timestampUs)
    const { anchor, seats } = this.#motion.at(timestampUs)
    const below: Layer[] = []
    const above: Layer[] = []
    for (const [userId, box] of seats) {
      const guest = this.#guests.get(userId)
      if (guest === undefined || guest.staged.seat === 0) continue
      this.#showCardWhenStale(userId, guest)
      const layers: Layer[] = [{ id: coAnchorSource(userId), transform: { ...FULL_FRAME, ...box, fit: 'cover' } }, ...this.#plate(userId, guest, box)]
      if (isWhole(box)) below.push(...layers)
      else above.push(...layers)
    }
    const own = isWhole(anchor) ? scene : scene.map(({ id, transform }) => ({ id, transform: inBox(transform, anchor), within: anchor }))
    // Whoever fills the picture stands behind the others, also behind the anchor.
    return seats.size === 0 ? scene : [...below, ...own, ...above]
  }

  /** Where the anchor's own scene stands at this moment. */
  anchorBox(timestampUs: number): Box {
    return this.#motion.at(timestampUs).anchor
  }

  /** Since the last call, `elapsedMs` ago. By user id. */
  readings(elapsedMs: number): Record<string, SourceReading> {
    return Object.fromEntries([...this.#guests].flatMap(([userId, { frames }]) => (frames === null ? [] : [[userId, frames.reading(elapsedMs)]])))
  }

  close(): void {
    for (const userId of [...this.#guests.keys()]) this.#forget(userId)
  }

  #rearrange(seated: readonly Guest[], timestampUs: number): void {
    const people = seated.map(({ staged: { userId, spotlight } }) => ({ userId, spotlight }))
    const speaker = this.#speaker === null ? null : (people.find(({ userId }) => coAnchorSource(userId) === this.#speaker)?.userId ?? null)
    const key = JSON.stringify([this.#layout, people, this.#layout === 'speaker' ? speaker : null])
    if (key === this.#arranged) return
    this.#arranged = key
    this.#motion.set(arrange(this.#layout, people, speaker), timestampUs)
  }

  #newFrame(userId: string, frame: VideoFrame): void {
    const guest = this.#guests.get(userId)
    // What is larger than was ever wished would hold the whole program up: its card stands instead.
    if (guest === undefined || frame.displayWidth * frame.displayHeight > MAX_PIXELS) {
      frame.close()
      return
    }
    guest.framedAtMs = this.#options.nowMs()
    if (guest.staged.seat > 0) {
      guest.shown = 'frames'
      this.#options.compositor.setPicture(coAnchorSource(userId), frame)
      return
    }
    try {
      this.#tiles.show(userId, frame)
    } finally {
      frame.close()
    }
  }

  #showCardWhenStale(userId: string, guest: Guest): void {
    const ageMs = guest.framedAtMs === null ? Infinity : this.#options.nowMs() - guest.framedAtMs
    if (guest.shown === 'card' || (ageMs < STALE_MS && !guest.staged.lost)) return
    guest.shown = 'card'
    this.#options.compositor.setPicture(coAnchorSource(userId), this.#draw.placeholder(guest.staged.nick))
  }

  /** Drawn for the size at which it will stand still, so that a move does not draw it anew with each picture. */
  #plate(userId: string, guest: Guest, box: Box): readonly Layer[] {
    const id = plateOf(userId)
    const { width, height } = this.#options.size()
    const settled = this.#motion.at(Infinity).seats.get(userId) ?? box
    const key = `${guest.staged.nick} ${Math.round(settled.width * width)} ${Math.round(settled.height * height)}`
    if (guest.plate !== key) {
      guest.plate = key
      const still = this.#draw.plate(guest.staged.nick, settled.width * width, settled.height * height)
      guest.plateSize = { width: still.width / width, height: still.height / height }
      this.#options.compositor.setPicture(id, still)
    }
    const { plateSize } = guest
    if (plateSize === undefined) return []
    const margin = 0.02 * settled.height
    const transform: Transform = { ...FULL_FRAME, ...plateSize, fit: 'fill', x: box.x + margin, y: box.y + box.height - plateSize.height - margin }
    return [{ id, transform, within: box }]
  }

  #takeOff(userId: string, guest: Guest): void {
    if (guest.shown !== 'nothing') this.#options.compositor.removePicture(coAnchorSource(userId))
    if (guest.plate !== '') this.#options.compositor.removePicture(plateOf(userId))
    guest.shown = 'nothing'
    guest.plate = ''
  }

  #forget(userId: string): void {
    const guest = this.#guests.get(userId)
    if (guest === undefined) return
    this.#guests.delete(userId)
    guest.frames?.close()
    guest.samples?.close()
    this.#options.mixer.drop(coAnchorSource(userId))
    this.#tiles.forget(userId)
    this.#takeOff(userId, guest)
  }
}

/** No source has this id: a line break is in none of theirs. */
function plateOf(userId: string): string {
  return `plate\n${userId}`
}

function isWhole({ x, y, width, height }: Box): boolean {
  return x === WHOLE.x && y === WHOLE.y && width === WHOLE.width && height === WHOLE.height
}

function inBox(transform: Transform, box: Box): Transform {
  return {
    ...transform,
    x: box.x + transform.x * box.width,
    y: box.y + transform.y * box.height,
    width: transform.width * box.width,
    height: transform.height * box.height,
  }
}

import { cleanNotice } from '../shared/notice-text'
import type { RichText } from '../shared/room-message'
import { withoutStatus, withStatus, type HeldStatus, type ShowStatus, type Standing } from '../shared/show-status'

export interface StatusDeskOptions {
  /** What was held when the app ended. */
  readonly held: HeldStatus | null
  paused(): boolean
  /** Card or line, pause and the room's status: at once. */
  show(standing: Standing): void
  /** Kept for the next start, and shown. */
  keep(held: HeldStatus | null): void
  /** @returns the notice before; null = it was not said */
  sayNotice(notice: RichText, ifStill: string | null): Promise<RichText | null>
}

/** From the first status to the end of the last that took its place. */
interface Episode {
  /** The notice before it; null = not known (yet). */
  noticeBefore: RichText | null
}

/** One press, so that it can be taken back. */
interface Step {
  readonly from: Standing
  readonly episode: Episode
  /** The notice that it said; null = it left the notice alone. */
  said: string | null
  /** What was there until then. */
  noticeBefore: RichText | null
}

/**
 * The status of the show: picture, notice and room status as one action that can be taken back. The picture changes at once; notices are said
 * one after the other, and put back only where nobody wrote another one meanwhile.
 */
export class StatusDesk {
  readonly #options: StatusDeskOptions
  #held: HeldStatus | null
  #episode: Episode
  #last: Step | null = null
  /** What waits while a rehearsal is on. */
  #aside: { readonly held: HeldStatus | null; readonly episode: Episode } | null = null
  /** A notice that the room was not there to put back. */
  #unsaid: { readonly notice: RichText; readonly ifStill: string } | null = null
  #saying: Promise<void> = Promise.resolve()

  constructor(options: StatusDeskOptions) {
    this.#options = options
    this.#held = options.held
    this.#episode = { noticeBefore: options.held?.noticeBefore ?? null }
  }

  get held(): HeldStatus | null {
    return this.#held
  }

  /** Resolves when the notice was said, or could not be. */
  set(wanted: ShowStatus): Promise<void> {
    const status = { ...wanted, notice: cleanNotice(wanted.notice) }
    const from = this.#standing()
    if (JSON.stringify(from.held?.status) === JSON.stringify(status)) return this.roomListens()
    if (from.held === null) this.#episode = { noticeBefore: null }
    return this.#step(from, withStatus(from, status))
  }

  /** @param resume the anchor shows himself again, whatever was before */
  end(resume = false): Promise<void> {
    const from = this.#standing()
    if (from.held === null) return this.#saying
    const to = withoutStatus(from)
    return this.#step(from, resume ? { ...to, paused: false } : to)
  }

  undo(): Promise<void> {
    const step = this.#last
    this.#last = null
    if (step === null) return this.#saying
    this.#episode = step.episode
    this.#show(step.from)
    return this.#then(async () => {
      if (step.said === null || step.noticeBefore === null) return
      await this.#sayBack(step.noticeBefore, step.said)
      if (this.#held !== null && this.#held === step.from.held) this.#keep({ ...this.#held, noticeSaid: true, noticeBefore: step.episode.noticeBefore })
    })
  }

  /** The show is over: so is its status, and there is nothing to take back. */
  async showEnded(): Promise<void> {
    const ended = this.end()
    this.#last = null
    await ended
  }

  /** A rehearsal is no show of this status, and its room has notices of its own: it waits. */
  setAside(): void {
    this.#aside ??= { held: this.#held, episode: this.#episode }
    this.#last = null
    this.#unsaid = null
    this.#episode = { noticeBefore: null }
    this.#show({ held: null, paused: false })
  }

  /** The rehearsal is over: what waited holds again. */
  takeUp(): void {
    const aside = this.#aside
    if (aside === null) return
    this.#aside = null
    this.#last = null
    this.#unsaid = null
    this.#episode = aside.episode
    this.#show({ held: aside.held, paused: false })
  }

  /** A room that was away hears what it missed. */
  roomListens(): Promise<void> {
    return this.#then(async () => {
      await this.#sayUnsaid()
      await this.#say(this.#episode, null)
    })
  }

  #standing(): Standing {
    return { held: this.#held, paused: this.#options.paused() }
  }

  #step(from: Standing, to: Standing): Promise<void> {
    const step: Step = { from, episode: this.#episode, said: null, noticeBefore: null }
    this.#last = step
    this.#show(to)
    return this.#then(async () => {
      await this.#sayUnsaid()
      if (to.held === null) await this.#putBack(step)
      else await this.#say(step.episode, step)
    })
  }

  /** The notice of the status that holds, if it is not said yet. */
  async #say(episode: Episode, step: Step | null): Promise<void> {
    const held = this.#held
    if (held === null || held.noticeSaid) return
    const before = await this.#options.sayNotice({ form: 'plain', text: held.status.notice }, null)
    if (before === null) return
    episode.noticeBefore ??= before
    if (step !== null) Object.assign(step, { said: held.status.notice, noticeBefore: before })
    if (this.#held === held) this.#keep({ ...held, noticeSaid: true, noticeBefore: episode.noticeBefore })
  }

  async #putBack(step: Step): Promise<void> {
    const { episode, from } = step
    if (episode.noticeBefore === null || from.held === null || from.held.status.notice === '') return
    const before = await this.#sayBack(episode.noticeBefore, from.held.status.notice)
    if (before?.text === from.held.status.notice) Object.assign(step, { said: episode.noticeBefore.text, noticeBefore: before })
  }

  async #sayBack(notice: RichText, ifStill: string): Promise<RichText | null> {
    const before = await this.#options.sayNotice(notice, ifStill)
    this.#unsaid = before === null ? { notice, ifStill } : null
    return before
  }

  async #sayUnsaid(): Promise<void> {
    if (this.#unsaid !== null) await this.#sayBack(this.#unsaid.notice, this.#unsaid.ifStill)
  }

  #show(standing: Standing): void {
    this.#held = standing.held
    this.#options.show(standing)
    this.#options.keep(standing.held)
  }

  #keep(held: HeldStatus): void {
    this.#held = held
    this.#options.keep(held)
  }

  #then(act: () => Promise<void>): Promise<void> {
    this.#saying = this.#saying.then(act)
    return this.#saying
  }
}

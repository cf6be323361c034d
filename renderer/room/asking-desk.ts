import { answerData, ASKING_SEC, questionData, readAnswer, readQuestion, type CoAnchorRefusal } from '../../electron/shared/asking'
import { NOT_ASKING, type Application, type Invitation, type OwnApplication, type useAsking } from './asking-store'
import type { AskingLine, AskingNews } from './chat-signaling'
import { refusalOf } from './refusal'

/** More at once are read by nobody; the first have the first right. */
const MOST_APPLICATIONS = 50
const INVITATIONS_KEPT = 20
const STANDS_MS = ASKING_SEC * 1_000

export interface AskingDeskOptions {
  readonly roomId: string
  readonly line: AskingLine
  readonly store: ReturnType<typeof useAsking>
  /** Whom to ask; '' = not known yet. */
  anchor(): string
  isCrew(): boolean
  /** What the chat knows of somebody; null = nothing. */
  person(userId: string): { readonly nick: string; readonly level: number; readonly isCrew: boolean } | null
}

/** Asks for the mic, and hears who asks. The service loses messages: whatever stands for too long is ended here too. Owns the timer for that. */
export class AskingDesk {
  readonly #options: AskingDeskOptions
  readonly #store: AskingDeskOptions['store']
  /** Of the own application; '' = it is on its way, or there is none. */
  #ownId = ''
  /** Grows with each application: what comes for an earlier one is late. */
  #round = 0
  #timer: ReturnType<typeof setTimeout> | null = null
  #closed = false

  constructor(options: AskingDeskOptions) {
    this.#options = options
    this.#store = options.store
  }

  /** A viewer asks the anchor. How it went stands in `own`. */
  async askForMic(): Promise<void> {
    const { line, roomId } = this.#options
    const anchor = this.#options.anchor()
    if (this.#isAsking()) return
    this.#round += 1
    const round = this.#round
    this.#ownId = ''
    this.#become({ state: 'asking', reason: '', endsAtMs: Date.now() + STANDS_MS })
    try {
      if (anchor === '') throw Object.assign(new Error('the room is not known yet'), { code: 2801 })
      const inviteId = await line.ask(anchor, questionData('co-anchor-apply', roomId), ASKING_SEC)
      const isLate = this.#closed || round !== this.#round || !this.#isAsking()
      // Thought better of it, or over, while it was on its way.
      if (isLate) await line.takeBack(inviteId)
      else this.#ownId = inviteId
    } catch (error) {
      if (this.#closed || round !== this.#round || !this.#isAsking()) return
      const { reason } = refusalOf(error)
      this.#become(reason === 'blocked' ? { state: 'declined', reason: 'blocked', endsAtMs: 0 } : { state: 'failed', reason: '', endsAtMs: 0 })
    }
  }

  /** Thinks better of it; or has read what came of it. */
  async withdraw(): Promise<void> {
    const [inviteId, wasAsking] = [this.#ownId, this.#isAsking()]
    this.#ownId = ''
    this.#become(NOT_ASKING)
    if (wasAsking && inviteId !== '') await this.#said(this.#options.line.takeBack(inviteId))
  }

  /** A viewer answers the crew. @returns false: it was not heard, or stands no longer */
  async answerInvitation(accept: boolean): Promise<boolean> {
    const { invited } = this.#store
    if (invited === null) return false
    this.#store.invited = null
    return this.#said(this.#options.line.answer(invited.inviteId, accept, answerData(accept ? '' : 'declined')))
  }

  /** The crew asks a viewer. @returns false: it could not be said */
  async inviteToMic(userId: string, nick: string): Promise<boolean> {
    const { line, roomId } = this.#options
    if (this.#store.invitations.some((one) => one.userId === userId && one.state === 'waiting')) return true
    try {
      const inviteId = await line.ask(userId, questionData('co-anchor-invite', roomId), ASKING_SEC)
      if (this.#closed) return false
      const invitation: Invitation = { inviteId, userId, nick, state: 'waiting', endsAtMs: Date.now() + STANDS_MS }
      this.#store.invitations = [...this.#store.invitations.filter((one) => one.userId !== userId), invitation].slice(-INVITATIONS_KEPT)
      this.#watch()
      return true
    } catch (error) {
      return isRefusal(error)
    }
  }

  async cancelInvitation(inviteId: string): Promise<boolean> {
    this.#settle(inviteId, 'cancelled')
    return this.#said(this.#options.line.takeBack(inviteId))
  }

  /** The applicant has a place already: that is the backend's, and comes first. @returns false: it was not heard */
  async acceptApplication(inviteId: string): Promise<boolean> {
    this.#drop(inviteId)
    return this.#said(this.#options.line.answer(inviteId, true, answerData('')))
  }

  /** @returns false: it was not heard */
  async declineApplication(inviteId: string, reason: CoAnchorRefusal): Promise<boolean> {
    this.#drop(inviteId)
    return this.#said(this.#options.line.answer(inviteId, false, answerData(reason)))
  }

  hear(news: AskingNews): void {
    switch (news.kind) {
      case 'asked':
        this.#asked(news.inviteId, news.from, news.data)
        break
      case 'answered':
        this.#answered(news.inviteId, news.accepted, news.data)
        break
      case 'taken-back':
        this.#drop(news.inviteId)
        if (this.#store.invited?.inviteId === news.inviteId) this.#store.invited = null
        break
      case 'timed-out':
        this.#timedOut(news.inviteId)
    }
  }

  close(): void {
    this.#closed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#store.clear()
  }

  #asked(inviteId: string, from: string, data: string): void {
    const question = readQuestion(data)
    if (question === null || question.roomId !== this.#options.roomId) return
    const [nowMs, person] = [Date.now(), this.#options.person(from)]
    if (question.kind === 'co-anchor-invite') {
      // Anybody can say that he is the crew.
      if (from !== this.#options.anchor() && person?.isCrew !== true) return
      this.#store.invited = { inviteId, nick: person?.nick ?? '', endsAtMs: nowMs + STANDS_MS }
    } else {
      if (!this.#options.isCrew()) return
      const others = this.#store.applications.filter((one) => one.userId !== from && one.inviteId !== inviteId)
      if (others.length >= MOST_APPLICATIONS) return
      const [nick, level] = [person?.nick ?? '', person?.level ?? 0]
      this.#store.applications = [...others, { inviteId, userId: from, nick: nick || from, level, askedAtMs: nowMs, endsAtMs: nowMs + STANDS_MS }]
      if (nick === '') void this.#name(inviteId, from)
    }
    this.#watch()
  }

  /** Who has not said a word is known to the service. */
  async #name(inviteId: string, userId: string): Promise<void> {
    let nick = ''
    try {
      nick = await this.#options.line.nickOf(userId)
    } catch (error) {
      // The id does as a name.
      isRefusal(error)
    }
    if (nick !== '') this.#store.applications = this.#store.applications.map((one: Application) => (one.inviteId === inviteId ? { ...one, nick } : one))
  }

  #answered(inviteId: string, accepted: boolean, data: string): void {
    this.#settle(inviteId, accepted ? 'accepted' : 'declined')
    if (inviteId !== this.#ownId || inviteId === '' || !this.#isAsking()) return
    this.#ownId = ''
    const reason = readAnswer(data)?.reason ?? ''
    this.#become(accepted ? { state: 'accepted', reason: '', endsAtMs: 0 } : { state: 'declined', reason: reason || 'declined', endsAtMs: 0 })
  }

  #timedOut(inviteId: string): void {
    this.#settle(inviteId, 'timed-out')
    this.#drop(inviteId)
    if (this.#store.invited?.inviteId === inviteId) this.#store.invited = null
    if (inviteId !== '' && inviteId === this.#ownId) this.#ownTimedOut()
  }

  #ownTimedOut(): void {
    this.#ownId = ''
    if (this.#isAsking()) this.#become({ state: 'timed-out', reason: '', endsAtMs: 0 })
  }

  #settle(inviteId: string, state: Invitation['state']): void {
    this.#store.invitations = this.#store.invitations.map((one: Invitation) => (one.inviteId === inviteId && one.state === 'waiting' ? { ...one, state } : one))
  }

  #isAsking(): boolean {
    return this.#store.own.state === 'asking'
  }

  #drop(inviteId: string): void {
    this.#store.applications = this.#store.applications.filter((one) => one.inviteId !== inviteId)
  }

  #become(own: OwnApplication): void {
    this.#store.own = own
    this.#watch()
  }

  /** Ends what has stood long enough, and comes again for the next. */
  #watch(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    if (this.#closed) return
    const nowMs = Date.now()
    const isOver = ({ endsAtMs }: { readonly endsAtMs: number }): boolean => endsAtMs <= nowMs
    const { applications, invitations, invited } = this.#store
    if (applications.some(isOver)) this.#store.applications = applications.filter((one) => !isOver(one))
    for (const one of invitations) if (one.state === 'waiting' && isOver(one)) this.#settle(one.inviteId, 'timed-out')
    if (invited !== null && isOver(invited)) this.#store.invited = null
    if (this.#store.own.state === 'asking' && isOver(this.#store.own)) this.#ownTimedOut()
    const standing = [
      ...this.#store.applications,
      ...this.#store.invitations.filter(({ state }) => state === 'waiting'),
      ...(this.#store.invited === null ? [] : [this.#store.invited]),
      ...(this.#store.own.state === 'asking' ? [this.#store.own] : []),
    ].map(({ endsAtMs }) => endsAtMs)
    if (standing.length > 0) this.#timer = setTimeout(() => this.#watch(), Math.max(0, Math.min(...standing) - Date.now()))
  }

  async #said(saying: Promise<void>): Promise<boolean> {
    try {
      await saying
      return true
    } catch (error) {
      return isRefusal(error)
    }
  }
}

/** The service's own errors have a code; anything else is a fault of the page. @returns false */
function isRefusal(error: unknown): false {
  if (typeof error === 'object' && error !== null && 'code' in error) return false
  throw error
}

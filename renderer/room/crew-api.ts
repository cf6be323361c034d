import { z } from 'zod'
import {
  auditPageSchema,
  broadcastSchema,
  drawListSchema,
  drawOverSchema,
  drawProofSchema,
  drawStartedSchema,
  energySchema,
  giftEntriesSchema,
  giftsThankedSchema,
  giftTotalsSchema,
  inviteSchema,
  lossReportSchema,
  measureSchema,
  membersSchema,
  mutedSchema,
  penaltiesSchema,
  personCardSchema,
  quickNoticesSchema,
  roomListSchema,
  showReportSchema,
  textHistorySchema,
  wordsReplacedSchema,
  wordsSchema,
  wordTestSchema,
  type AuditPage,
  type BroadcastBy,
  type DrawList,
  type DrawOver,
  type DrawProof,
  type DrawStarted,
  type Energy,
  type GiftEntries,
  type GiftsThanked,
  type GiftTotals,
  type Invite,
  type LossReport,
  type Members,
  type Muted,
  type Penalties,
  type PersonCard,
  type QuickNotices,
  type ShowReport,
  type TextHistory,
  type Word,
  type WordTest,
} from '../../electron/shared/crew-api'
import { cloudTasksSchema, type CloudTasks } from '../../electron/shared/cloud'
import { connectionSchema, pkViewSchema, type ConnectionView, type PkView } from '../../electron/shared/pk'
import { orderSchema, publicRoomSchema, type GiftOrder, type PublicRoom } from '../../electron/shared/room-api'
import type { Role, RoomStatus } from '../../electron/shared/room-message'
import { seatTableSchema, type Layout, type SeatTableView } from '../../electron/shared/seats'
import { askApi, type ApiRequest } from './api-request'

/** For how long: `seconds` goes with `timed`. */
export type PenaltyTerm = { readonly scope: 'timed'; readonly seconds: number } | { readonly scope: 'show' | 'forever' }

export interface DrawSetup {
  readonly title: string
  readonly keyword: string
  readonly seconds: number
  readonly winners: number
  readonly minLevel: number
  readonly followersOnly: boolean
}

/** What is changed of somebody's seat, all of it or, where one is refused, nothing. `volume`: SEAT_VOLUME. `seat` alone moves whoever is on the air. */
export interface SeatEdit {
  readonly onAir?: boolean
  readonly seat?: number
  readonly muted?: boolean
  readonly volume?: number
  readonly spotlight?: boolean
}

/** The room to connect with: the server of the link (scheme, host and port), its room, and the session that the link opened there. */
export interface OtherRoomSession {
  readonly base: string
  readonly room: string
  /** A secret. */
  readonly token: string
  /** What the other room's anchor is called until his server says it. */
  readonly nick: string
}

export interface CrewApiOptions {
  readonly base: string
  readonly roomId: string
  token(): string
}

const nothing = z.object({})

/** What anchor and producer do over HTTP; the backend checks their rights. All methods throw RoomApiError. */
export class CrewApi {
  readonly #options: CrewApiOptions
  readonly #room: string

  constructor(options: CrewApiOptions) {
    this.#options = options
    this.#room = `/api/rooms/${encodeURIComponent(options.roomId)}`
  }

  setStatus(status: RoomStatus): Promise<PublicRoom> {
    return this.#ask('PUT', `${this.#room}/status`, publicRoomSchema, { status })
  }

  /** @param change cover: https or ''; startsAt: UNIX seconds, 0 = none */
  edit(change: { readonly title?: string; readonly cover?: string; readonly startsAt?: number }): Promise<PublicRoom> {
    return this.#ask('PATCH', this.#room, publicRoomSchema, change)
  }

  setText(field: 'notice' | 'introduction', text: string, images: readonly string[] = []): Promise<PublicRoom> {
    return this.#ask('PUT', `${this.#room}/${field}`, publicRoomSchema, { text, images })
  }

  textHistory(field: 'notice' | 'introduction'): Promise<TextHistory> {
    return this.#ask('GET', `${this.#room}/${field}/history`, textHistorySchema)
  }

  quickNotices(): Promise<QuickNotices> {
    return this.#ask('GET', `${this.#room}/quick-notices`, quickNoticesSchema)
  }

  keepQuickNotice(text: string, images: readonly string[] = []): Promise<{ id: number }> {
    return this.#ask('POST', `${this.#room}/quick-notices`, z.object({ id: z.number() }), { text, images })
  }

  async forgetQuickNotice(id: number): Promise<void> {
    await this.#ask('DELETE', `${this.#room}/quick-notices/${id}`, nothing)
  }

  mute(userId: string, term: PenaltyTerm, reason = ''): Promise<Muted> {
    return this.#ask('PUT', `${this.#room}/mutes/${encodeURIComponent(userId)}`, mutedSchema, { ...term, reason })
  }

  unmute(userId: string): Promise<number> {
    return this.#measure('DELETE', `mutes/${encodeURIComponent(userId)}`)
  }

  muteAll(on: boolean, reason = ''): Promise<number> {
    return this.#measure('PUT', 'mute-all', { on, reason })
  }

  /** @param seconds between two messages of one viewer, 0–3,600; 0 = off */
  slowMode(seconds: number, reason = ''): Promise<number> {
    return this.#measure('PUT', 'slow-mode', { seconds, reason })
  }

  /** Sends people out; they cannot come back for the term. */
  remove(userIds: readonly string[], term: PenaltyTerm, reason = ''): Promise<number> {
    return this.#measure('POST', 'removals', { userIds, ...term, reason })
  }

  unblock(userId: string): Promise<number> {
    return this.#measure('DELETE', `blocks/${encodeURIComponent(userId)}`)
  }

  penalties(): Promise<Penalties> {
    return this.#ask('GET', `${this.#room}/penalties`, penaltiesSchema)
  }

  person(userId: string): Promise<PersonCard> {
    return this.#ask('GET', `${this.#room}/people/${encodeURIComponent(userId)}`, personCardSchema)
  }

  /** The membership that counts for levels. */
  async setMember(userId: string, member: boolean): Promise<void> {
    await this.#ask('PUT', `/api/people/${encodeURIComponent(userId)}/membership`, nothing, { member })
  }

  deleteMessage(msgSeq: number, reason = ''): Promise<number> {
    return this.#measure('DELETE', `messages/${msgSeq}?reason=${encodeURIComponent(reason)}`)
  }

  /** @param before only entries older than this id; 0 = the newest */
  audit(before = 0): Promise<AuditPage> {
    return this.#ask('GET', `${this.#room}/audit?before=${before}`, auditPageSchema)
  }

  undo(entry: number): Promise<number> {
    return this.#measure('POST', `audit/${entry}/undo`, {})
  }

  async words(): Promise<readonly Word[]> {
    return (await this.#ask('GET', '/api/words', wordsSchema)).words
  }

  /** @returns those of which nothing is left that could be looked for */
  async replaceWords(words: readonly Word[]): Promise<readonly string[]> {
    return (await this.#ask('PUT', '/api/words', wordsReplacedSchema, { words })).unusable
  }

  /** What would become of a message of this text, at most `MAX_TRIED_CHARS` long. */
  testWords(text: string): Promise<WordTest> {
    return this.#ask('POST', '/api/words/test', wordTestSchema, { text })
  }

  members(): Promise<Members> {
    return this.#ask('GET', `${this.#room}/members`, membersSchema)
  }

  /** How many are here, as the room counts now; null = not known. */
  async online(): Promise<number | null> {
    return (await this.#ask('GET', `${this.#room}/status`, publicRoomSchema)).online
  }

  energy(): Promise<Energy> {
    return this.#ask('GET', `${this.#room}/energy`, energySchema)
  }

  losses(): Promise<LossReport> {
    return this.#ask('GET', `${this.#room}/losses`, lossReportSchema)
  }

  giftTotals(limit: number): Promise<GiftTotals> {
    return this.#ask('GET', `${this.#room}/gift-totals?limit=${limit}`, giftTotalsSchema)
  }

  /**
   * A page of the gifts of the present or last show, newest first.
   * @param before only what is older than this order; '' = from the newest
   */
  giftOrders(before = ''): Promise<GiftEntries> {
    return this.#ask('GET', `${this.#room}/gift-orders${before === '' ? '' : `?before=${encodeURIComponent(before)}`}`, giftEntriesSchema)
  }

  /** @param orderIds at most MAX_THANKED */
  thankGifts(orderIds: readonly string[], thanked: boolean): Promise<GiftsThanked> {
    return this.#ask('PUT', `${this.#room}/gift-thanks`, giftsThankedSchema, { orderIds, thanked })
  }

  /** @param show 0 = the present or last one */
  showReport(show = 0): Promise<ShowReport> {
    return this.#ask('GET', `${this.#room}/shows/${show}`, showReportSchema)
  }

  refund(orderId: string): Promise<GiftOrder> {
    return this.#ask('POST', `${this.#room}/gifts/${encodeURIComponent(orderId)}/refund`, orderSchema, {})
  }

  draws(): Promise<DrawList> {
    return this.#ask('GET', `${this.#room}/draws`, drawListSchema)
  }

  startDraw(setup: DrawSetup): Promise<DrawStarted> {
    return this.#ask('POST', `${this.#room}/draws`, drawStartedSchema, setup)
  }

  finishDraw(drawId: string): Promise<DrawProof> {
    return this.#ask('POST', `${this.#room}/draws/${encodeURIComponent(drawId)}/finish`, drawProofSchema, {})
  }

  async cancelDraw(drawId: string): Promise<void> {
    await this.#ask('DELETE', `${this.#room}/draws/${encodeURIComponent(drawId)}`, nothing)
  }

  drawProof(drawId: string): Promise<DrawProof> {
    return this.#ask('GET', `${this.#room}/draws/${encodeURIComponent(drawId)}/proof`, drawProofSchema)
  }

  /** One that is over. */
  drawOver(drawId: string): Promise<DrawOver> {
    return this.#ask('GET', `${this.#room}/draws/${encodeURIComponent(drawId)}`, drawOverSchema)
  }

  /** Rooms of the server. */
  async rooms(): Promise<readonly PublicRoom[]> {
    return (await this.#ask('GET', '/api/rooms', roomListSchema)).rooms
  }

  /** To all rooms of the server. */
  async broadcast(text: string): Promise<BroadcastBy> {
    return (await this.#ask('POST', '/api/broadcast', broadcastSchema, { text })).by
  }

  /** The greenroom and the air. */
  seats(): Promise<SeatTableView> {
    return this.#ask('GET', `${this.#room}/seats`, seatTableSchema)
  }

  /** Into the greenroom. */
  admit(userId: string): Promise<SeatTableView> {
    return this.#ask('POST', `${this.#room}/seats`, seatTableSchema, { userId })
  }

  editSeat(userId: string, edit: SeatEdit): Promise<SeatTableView> {
    return this.#ask('PATCH', `${this.#room}/seats/${encodeURIComponent(userId)}`, seatTableSchema, edit)
  }

  /** Out of the greenroom or off the air; the link that they came by ends. */
  unseat(userId: string): Promise<SeatTableView> {
    return this.#ask('DELETE', `${this.#room}/seats/${encodeURIComponent(userId)}`, seatTableSchema)
  }

  setLayout(layout: Layout): Promise<SeatTableView> {
    return this.#ask('PUT', `${this.#room}/layout`, seatTableSchema, { layout })
  }

  /** This room's server speaks to the other one's from now on. Answered after the first attempt: it may be lost already. */
  connectRoom(other: OtherRoomSession): Promise<ConnectionView> {
    return this.#ask('PUT', `${this.#room}/connection`, connectionSchema, other)
  }

  disconnectRoom(): Promise<ConnectionView> {
    return this.#ask('DELETE', `${this.#room}/connection`, connectionSchema)
  }

  connection(): Promise<ConnectionView> {
    return this.#ask('GET', `${this.#room}/connection`, connectionSchema)
  }

  pk(): Promise<PkView> {
    return this.#ask('GET', `${this.#room}/pk`, pkViewSchema)
  }

  /** Offers a PK. @param userId one of `PkView.rooms` @param seconds PK_SECONDS */
  startPk(userId: string, seconds: number): Promise<PkView> {
    return this.#ask('POST', `${this.#room}/pk`, pkViewSchema, { userId, seconds })
  }

  /** As the host: takes the offer back or ends the run early. On both sides: puts a result away. */
  stopPk(): Promise<PkView> {
    return this.#ask('DELETE', `${this.#room}/pk`, pkViewSchema)
  }

  /** To the offer of the room that this one is connected with. */
  answerPk(accept: boolean): Promise<PkView> {
    return this.#ask('PUT', `${this.#room}/pk/answer`, pkViewSchema, { accept })
  }

  /** What Tencent's cloud does with the TRTC room. */
  cloudTasks(): Promise<CloudTasks> {
    return this.#ask('GET', `${this.#room}/cloud-tasks`, cloudTasksSchema)
  }

  recordInCloud(): Promise<CloudTasks> {
    return this.#ask('POST', `${this.#room}/cloud-recording`, cloudTasksSchema, {})
  }

  endCloudRecording(): Promise<CloudTasks> {
    return this.#ask('DELETE', `${this.#room}/cloud-recording`, cloudTasksSchema)
  }

  /** A signed link for one person. @param seconds it can be used, 60 or more */
  makeInvite(role: Extract<Role, 'coanchor' | 'producer'>, seconds: number): Promise<Invite> {
    return this.#ask('POST', `${this.#room}/invites`, inviteSchema, { role, seconds })
  }

  /** With it end the sessions that came by it. */
  async endInvite(inviteId: string): Promise<void> {
    await this.#ask('DELETE', `${this.#room}/invites/${encodeURIComponent(inviteId)}`, nothing)
  }

  /** @returns the measure's number in the audit log, by which it is undone */
  async #measure(method: ApiRequest<unknown>['method'], path: string, body?: unknown): Promise<number> {
    return (await this.#ask(method, `${this.#room}/${path}`, measureSchema, body)).entry
  }

  #ask<T>(method: ApiRequest<T>['method'], path: string, answer: z.ZodType<T>, body?: unknown): Promise<T> {
    const { base, token } = this.#options
    return askApi({ base, method, path, token: token(), answer, body })
  }
}

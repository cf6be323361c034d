import type { VueWrapper } from '@vue/test-utils'
import { flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia, type Pinia } from 'pinia'
import type { Component } from 'vue'
import type { CoAnchorRefusal } from '../../../../../electron/shared/asking'
import { NO_CO_ANCHORS, type CoAnchorMedia, type CoAnchors } from '../../../../../electron/shared/co-anchor-line'
import type { Invite, Penalties, PersonCard } from '../../../../../electron/shared/crew-api'
import type { Layout, SeatTableView } from '../../../../../electron/shared/seats'
import type { Snapshot } from '../../../../../electron/shared/snapshot'
import { RoomApiError } from '../../../../../renderer/room/api-request'
import type { Application } from '../../../../../renderer/room/asking-store'
import type { CrewApi, PenaltyTerm, SeatEdit } from '../../../../../renderer/room/crew-api'
import type { LiveRoom } from '../../../../../renderer/room/live-room'
import { useVisit } from '../../../../../renderer/room/visit-store'
import { i18n } from '../../../../../renderer/studio/i18n'
import type { Seated } from '../../../../../renderer/studio/room/co-anchors/seating'
import { useDesk } from '../../../../../renderer/studio/stores/desk'
import { useStudioRoom } from '../../../../../renderer/studio/stores/studio-room'
import { fakeMain, type FakeMain } from '../mounted'
import { snapshotWith } from '../snapshot'

export function seated(nick: string, change: Partial<Seated> = {}): Seated {
  return { userId: `u_${nick}`, nick, avatar: '', level: 3, seat: 0, ready: true, muted: false, volume: 1, spotlight: false, ...change }
}

export function tableOf(entries: readonly Seated[], change: Partial<SeatTableView> = {}): SeatTableView {
  return { rev: 1, layout: 'grid', entries: [...entries], ...change }
}

export function mediaWith(change: Partial<CoAnchorMedia> = {}): CoAnchorMedia {
  return {
    ...{ state: 'connected', lostAtMs: null, width: 640, height: 360, fps: 30, rttMs: 30, loss: 0 },
    checks: { camera: 'pass', microphone: 'pass', echo: 'warn', line: 'unknown' },
    ...change,
  }
}

export function applicationOf(nick: string, change: Partial<Application> = {}): Application {
  return { inviteId: `i_${nick}`, userId: `u_${nick}`, nick, level: 2, askedAtMs: 0, endsAtMs: 30_000, ...change }
}

export function withCoAnchors(coAnchors: Partial<CoAnchors>, change: Partial<Snapshot> = {}): Snapshot {
  return snapshotWith({ coAnchors: { ...NO_CO_ANCHORS, ...coAnchors }, ...change })
}

/** The backend's seats: writes down what it is asked and answers with its table. `gate`: answers wait for it. `refuse`: thrown by the next call. */
export class FakeSeats implements Pick<
  CrewApi,
  'seats' | 'admit' | 'editSeat' | 'unseat' | 'setLayout' | 'makeInvite' | 'endInvite' | 'person' | 'remove' | 'penalties'
> {
  readonly calls: unknown[][] = []
  gate: Promise<void> = Promise.resolve()
  refuse: Error | null = null

  constructor(public table: SeatTableView = tableOf([], { rev: 0 })) {}

  seats(): Promise<SeatTableView> {
    return this.#did(['seats'])
  }

  admit(userId: string): Promise<SeatTableView> {
    return this.#did(['admit', userId], ({ entries }) => ({ entries: [...entries, seated(userId.slice(2), { userId, ready: false })] }))
  }

  editSeat(userId: string, { onAir, ...edit }: SeatEdit): Promise<SeatTableView> {
    return this.#did(['edit', userId, { ...(onAir === undefined ? {} : { onAir }), ...edit }], ({ entries }) => ({
      entries: entries.map((one) => {
        if (one.userId !== userId) return { ...one, spotlight: one.spotlight && edit.spotlight !== true }
        return { ...one, ...edit, seat: onAir === undefined ? (edit.seat ?? one.seat) : Number(onAir) }
      }),
    }))
  }

  unseat(userId: string): Promise<SeatTableView> {
    return this.#did(['unseat', userId], ({ entries }) => ({ entries: entries.filter((one) => one.userId !== userId) }))
  }

  setLayout(layout: Layout): Promise<SeatTableView> {
    return this.#did(['layout', layout], () => ({ layout }))
  }

  async makeInvite(role: 'coanchor' | 'producer', seconds: number): Promise<Invite> {
    await this.#did(['invite', role, seconds])
    const expiresAt = Math.floor(Date.now() / 1_000) + seconds
    return { inviteId: `link-${this.calls.length}`, role, expiresAt, token: 't', path: '/guest/?room=program#invite=t' }
  }

  async endInvite(inviteId: string): Promise<void> {
    await this.#did(['end', inviteId])
  }

  async person(userId: string): Promise<PersonCard> {
    return { userId, nick: userId.slice(2), avatar: '', level: 5, role: 'viewer', member: false, follows: true, joinedAt: 1, mute: null, block: null }
  }

  async remove(userIds: readonly string[], term: PenaltyTerm): Promise<number> {
    await this.#did(['remove', ...userIds, term.scope])
    return 1
  }

  async penalties(): Promise<Penalties> {
    return { mutes: [], blocks: [], names: {}, muteAll: false, slowModeSec: 0 }
  }

  async #did(call: unknown[], change?: (table: SeatTableView) => Partial<SeatTableView>): Promise<SeatTableView> {
    this.calls.push(call)
    await this.gate
    const { refuse } = this
    this.refuse = null
    if (refuse !== null) throw refuse
    if (change !== undefined) this.table = { ...this.table, rev: this.table.rev + 1, ...change(this.table) }
    return this.table
  }
}

export function refused(code: string): RoomApiError {
  return new RoomApiError('refused', { code, message: `${code}.`, remedy: 'Wait.' })
}

/** What the room passes on between people. `hears`: whether it does. */
export class FakeAsker implements Pick<LiveRoom, 'inviteToMic' | 'cancelInvitation' | 'acceptApplication' | 'declineApplication'> {
  readonly calls: unknown[][] = []
  hears = true

  inviteToMic(userId: string, nick: string): Promise<boolean> {
    return this.#did('invite', userId, nick)
  }
  cancelInvitation(inviteId: string): Promise<boolean> {
    return this.#did('cancel', inviteId)
  }
  acceptApplication(inviteId: string): Promise<boolean> {
    return this.#did('accept', inviteId)
  }
  declineApplication(inviteId: string, reason: CoAnchorRefusal): Promise<boolean> {
    return this.#did('decline', inviteId, reason)
  }

  #did(...call: unknown[]): Promise<boolean> {
    this.calls.push(call)
    return Promise.resolve(this.hears)
  }
}

export interface Mic {
  readonly main: FakeMain
  readonly crew: FakeSeats
  readonly asker: FakeAsker
  readonly pinia: Pinia
  /** Mounts a part of it in the document. */
  show(component: Component, props?: Record<string, unknown>): Promise<VueWrapper>
  /** The stage tells something else from now on. */
  stageTells(coAnchors: Partial<CoAnchors>): void
}

/** The studio inside a room that has these seats. */
export async function onTheMic(coAnchors: Partial<CoAnchors> = {}, change: Partial<Snapshot> = {}): Promise<Mic> {
  const snapshot = withCoAnchors(coAnchors, change)
  const main = fakeMain(snapshot)
  const pinia = createPinia()
  setActivePinia(pinia)
  await useDesk().open()
  const crew = new FakeSeats(coAnchors.table ?? undefined)
  const asker = new FakeAsker()
  const room = useStudioRoom()
  room.crew = crew as unknown as CrewApi
  room.live = asker as unknown as LiveRoom
  useVisit().phase = 'inside'
  let version = snapshot.version
  return {
    ...{ main, crew, asker, pinia },
    show: async (component, props = {}) => {
      const wrapper = mount(component, { props, global: { plugins: [pinia, i18n] }, attachTo: document.body })
      await flushPromises()
      return wrapper
    },
    stageTells: (next) => main.patch({ version: ++version, changed: { coAnchors: { ...NO_CO_ANCHORS, ...next } } }),
  }
}

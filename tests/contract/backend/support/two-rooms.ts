import type { PkView } from '../../../../electron/shared/pk'
import type { RoomSession } from '../../../../electron/shared/room-api'
import type { RoomMessageOf } from '../../../../electron/shared/room-message'
import { SkippingTime } from '../../../fakes/skipping-time'
import { until } from '../../../support/until'
import { ApiClient, newOrderId } from './api-client'
import { ROOM } from './cloud-backend'
import { Door } from './door'
import { EmbeddedBackend } from './embedded-backend'
import { toldIn } from './house'

export const PK = `/api/rooms/${ROOM}/pk`
export const CONNECTION = `/api/rooms/${ROOM}/connection`
export const OTHER_ROOM = `${PK}/other-room`
const DEADLINE_MS = 20_000

/** One of the two rooms: its server, its anchor and somebody who gives. */
export class Side {
  readonly house: EmbeddedBackend
  readonly time: SkippingTime
  anchor: ApiClient
  viewer: ApiClient

  private constructor(house: EmbeddedBackend, time: SkippingTime, anchor: ApiClient, viewer: ApiClient) {
    this.house = house
    this.time = time
    this.anchor = anchor
    this.viewer = viewer
  }

  static async open(aheadMs: number, nick: string): Promise<Side> {
    const time = new SkippingTime(aheadMs)
    const house = await EmbeddedBackend.start({ businessTime: time })
    const anchor = await house.anchor()
    await anchor.ok('PUT', '/api/session/profile', { nick })
    await anchor.ok('PUT', `/api/rooms/${ROOM}/status`, { status: 'live' })
    return new Side(house, time, anchor, await house.guest('Giver'))
  }

  /** Kills its process's part and begins it again on the same data. */
  async restart(meanwhile: () => void = () => undefined): Promise<void> {
    await this.house.shut()
    meanwhile()
    await this.house.open()
    this.anchor = new ApiClient(this.house.base, this.anchor.session)
    this.viewer = new ApiClient(this.house.base, this.viewer.session)
  }

  async give(count: number): Promise<string> {
    const orderId = newOrderId()
    await this.viewer.ok('POST', `/api/rooms/${ROOM}/gifts`, { orderId, giftId: 'rose', count })
    return orderId
  }

  view(): Promise<PkView> {
    return this.anchor.ok<PkView>('GET', PK)
  }

  /** @returns when the crew sees all of this */
  sees(wanted: Partial<PkView>): Promise<PkView> {
    return until(
      async () => {
        const view = await this.view()
        return Object.entries(wanted).every(([name, value]) => JSON.stringify(view[name as keyof PkView]) === JSON.stringify(value)) ? view : null
      },
      DEADLINE_MS,
      JSON.stringify(wanted),
    )
  }

  told(): readonly RoomMessageOf<'pk'>[] {
    return toldIn(this.house).filter((message) => message['kind'] === 'pk') as unknown as readonly RoomMessageOf<'pk'>[]
  }

  /** @returns when the room was told the state */
  hears(state: PkView['state']): Promise<RoomMessageOf<'pk'>> {
    return until(
      () => {
        const last = this.told().at(-1)
        return last?.state === state ? last : null
      },
      DEADLINE_MS,
      `the room to be told ${state}`,
    )
  }
}

/** Two installations whose clocks are minutes apart. The guest's anchor is on the host's air, and his server speaks to the host's. */
export class TwoRooms {
  readonly host: Side
  readonly guest: Side
  /** The host's address, as the guest knows it. */
  readonly door: Door
  /** The guest's anchor, in the host's room. */
  readonly visitor: ApiClient

  private constructor(host: Side, guest: Side, door: Door, visitor: ApiClient) {
    this.host = host
    this.guest = guest
    this.door = door
    this.visitor = visitor
  }

  static async open(): Promise<TwoRooms> {
    const host = await Side.open(0, 'Hana')
    const guest = await Side.open(10 * 60_000, 'Gil')
    const door = new Door()
    await door.listen()
    door.open(host.house.base)
    const visitor = await TwoRooms.onAir(host, 'Gil')
    const rooms = new TwoRooms(host, guest, door, visitor)
    await rooms.connect()
    return rooms
  }

  /** Somebody comes by a co-anchor's link and is put on the air. */
  static async onAir(host: Side, nick: string): Promise<ApiClient> {
    const { token } = await host.anchor.ok<{ token: string }>('POST', `/api/rooms/${ROOM}/invites`, { role: 'coanchor' })
    const session = await host.house.nobody().ok<RoomSession>('POST', `/api/rooms/${ROOM}/sessions`, { nick, invite: token })
    const client = new ApiClient(host.house.base, session)
    await client.ok('PUT', `/api/rooms/${ROOM}/seats/me`, { ready: true })
    await host.anchor.ok('PATCH', `/api/rooms/${ROOM}/seats/${client.userId}`, { onAir: true })
    return client
  }

  async connect(): Promise<void> {
    await this.guest.anchor.ok('PUT', CONNECTION, { base: this.door.base, room: ROOM, token: this.visitor.session?.token, nick: 'the other room' })
  }

  /** For both. */
  skip(ms: number): void {
    this.host.time.skip(ms)
    this.guest.time.skip(ms)
  }

  async offer(seconds = 60): Promise<PkView> {
    await this.host.sees({ rooms: [this.visitor.userId] })
    return this.host.anchor.ok<PkView>('POST', PK, { userId: this.visitor.userId, seconds })
  }

  /** Offered and accepted. */
  async begin(): Promise<void> {
    await this.offer()
    await this.guest.sees({ state: 'offered', side: 'guest' })
    await this.guest.anchor.ok('PUT', `${PK}/answer`, { accept: true })
  }

  async restartHost(meanwhile?: () => void): Promise<void> {
    this.door.shut()
    await this.host.restart(meanwhile)
    this.door.open(this.host.house.base)
  }

  async close(): Promise<void> {
    await this.guest.house.close()
    await this.door.close()
    await this.host.house.close()
  }
}

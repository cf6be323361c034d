import type { Edition } from '../../../../electron/shared/edition'
import { RestClient, textElement, type MessageElement } from '../../im/support/rest-client'
import type { ApiClient } from './api-client'
import { APP, CloudBackend, ROOM } from './cloud-backend'
import type { HeardMessage, House, HouseOptions, Sent } from './house'
import type { StoreKind, TestStore } from './test-store'

/** The backend beside the stand-in for the cloud, as a house. */
export class CloudHouse implements House {
  readonly sdkAppId = APP.sdkAppId
  readonly wire = null
  readonly listeners = 0
  readonly backend: CloudBackend

  private constructor(backend: CloudBackend) {
    this.backend = backend
  }

  static async start({ edition, store, time, ...more }: HouseOptions & { readonly edition?: Edition; readonly store?: StoreKind }): Promise<CloudHouse> {
    const backend = await CloudBackend.start({
      more: { ...more, ...(time === undefined ? {} : { clock: time, timers: time }) },
      ...(edition === undefined ? {} : { edition }),
      ...(store === undefined ? {} : { store }),
    })
    return new CloudHouse(backend)
  }

  get base(): string {
    return this.backend.base
  }

  get store(): TestStore {
    return this.backend.store
  }

  get restBase(): string {
    return this.backend.cloud.base
  }

  rest(): RestClient {
    return new RestClient({ base: this.restBase, sdkAppId: APP.sdkAppId, key: APP.key, identifier: APP.admin })
  }

  anchor(): Promise<ApiClient> {
    return this.backend.anchor()
  }

  nobody(): ApiClient {
    return this.backend.nobody()
  }

  guest(nick: string, room = ROOM): Promise<ApiClient> {
    return this.backend.guest(nick, room)
  }

  heard(room = ROOM): readonly HeardMessage[] {
    return this.backend.cloud.messages
      .filter(({ groupId }) => groupId === room)
      .map(({ from, priority, body, cloudCustomData, msgSeq }) => ({
        from,
        priority,
        type: body[0]?.MsgType ?? '',
        content: body[0]?.MsgContent ?? {},
        cloudCustomData,
        msgSeq,
      }))
  }

  recalled(): readonly number[] {
    return this.backend.cloud.recalled
  }

  async listen(): Promise<void> {
    // The stand-in keeps the messages of all rooms.
  }

  join(guest: ApiClient): Promise<number> {
    return this.backend.cloud.join(ROOM, guest.userId)
  }

  async say(guest: ApiClient, text: string): Promise<number> {
    return (await this.send(guest, [textElement(text)])).code
  }

  async send(guest: ApiClient, body: readonly MessageElement[], cloudCustomData = ''): Promise<Sent> {
    const outcome = await this.backend.cloud.send(ROOM, guest.userId, body, cloudCustomData)
    return outcome.ok ? { code: 0, info: '', msgSeq: outcome.msgSeq } : { ...outcome, msgSeq: 0 }
  }

  leave(guest: ApiClient): Promise<void> {
    return this.backend.cloud.leave(ROOM, guest.userId)
  }

  async line(guest: ApiClient, up: boolean): Promise<void> {
    await this.backend.cloud.callback('State.StateChange', {
      EventTime: Date.now(),
      Info: { Action: up ? 'Login' : 'Disconnect', To_Account: guest.userId, Reason: up ? 'Register' : 'LinkClose' },
    })
  }

  stream(on: boolean): Promise<void> {
    return this.backend.backend.program(on)
  }

  shut(): Promise<void> {
    return this.backend.shut()
  }

  open(): Promise<void> {
    return this.backend.open()
  }

  close(): Promise<void> {
    return this.backend.close()
  }
}

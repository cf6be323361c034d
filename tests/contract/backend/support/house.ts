import type { Edition } from '../../../../electron/shared/edition'
import type { PaymentHook } from '../../../../electron/room-server/backend/gifts/payment'
import type { ApiClient } from './api-client'
import { CloudBackend, ROOM } from './cloud-backend'
import { EmbeddedBackend } from './embedded-backend'

/** The backend with an IM: which one makes no difference to a suite that takes a house. */
export interface House {
  readonly base: string
  anchor(): Promise<ApiClient>
  nobody(): ApiClient
  guest(nick: string): Promise<ApiClient>
  /** Everything that a member was told by the backend so far, in order. */
  told(): readonly Record<string, unknown>[]
  /** A guest's client goes into the room, and says something there. @returns the code that it is given; 0 = none */
  join(guest: ApiClient): Promise<number>
  say(guest: ApiClient, text: string): Promise<number>
  /** Ends the process's part and begins it again on the same data. */
  shut(): Promise<void>
  open(): Promise<void>
  close(): Promise<void>
}

export interface HouseOptions {
  readonly edition?: Edition
  readonly payment?: PaymentHook
}

class CloudHouse implements House {
  readonly #cloud: CloudBackend

  constructor(cloud: CloudBackend) {
    this.#cloud = cloud
  }

  get base(): string {
    return this.#cloud.base
  }

  anchor(): Promise<ApiClient> {
    return this.#cloud.anchor()
  }

  nobody(): ApiClient {
    return this.#cloud.nobody()
  }

  guest(nick: string): Promise<ApiClient> {
    return this.#cloud.guest(nick)
  }

  told(): readonly Record<string, unknown>[] {
    return this.#cloud.cloud.told(ROOM)
  }

  join(guest: ApiClient): Promise<number> {
    return this.#cloud.cloud.join(ROOM, guest.userId)
  }

  async say(guest: ApiClient, text: string): Promise<number> {
    const outcome = await this.#cloud.cloud.say(ROOM, guest.userId, text)
    return outcome.ok ? 0 : outcome.code
  }

  shut(): Promise<void> {
    return this.#cloud.shut()
  }

  open(): Promise<void> {
    return this.#cloud.open()
  }

  close(): Promise<void> {
    return this.#cloud.close()
  }
}

export const HOUSES: readonly { readonly name: string; readonly open: (options?: HouseOptions) => Promise<House> }[] = [
  {
    name: 'a stand-in for the cloud',
    open: async ({ edition, ...more } = {}) => new CloudHouse(await CloudBackend.start(edition === undefined ? { more } : { more, edition })),
  },
  { name: 'the embedded server', open: (options = {}) => EmbeddedBackend.start(options) },
]

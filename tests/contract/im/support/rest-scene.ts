import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { roomName } from './room-name'
import type { RestAnswer, RestClient } from './rest-client'
import { RoomServerProcess } from './room-server-process'
import { WireClient } from './wire-client'

export let server: RoomServerProcess
export let rest: RestClient
/** The room of the case that runs. */
export let room: string
const clients: WireClient[] = []

/** One server for a file, a room for each case, and accounts that REST may name. */
export function useRestScene(): void {
  beforeAll(async () => {
    server = await RoomServerProcess.start()
    rest = server.rest()
    await rest.importAccounts('owner', 'somebody_else', 'bob', 'carol', 'dave', 'never_here')
  })
  afterAll(async () => {
    await server.close()
  })
  beforeEach(async () => {
    nextRoom()
    await rest.openRoom(room)
  })
  afterEach(() => {
    for (const client of clients.splice(0)) client.close()
  })
}

/** A name for another room; it is not there yet. */
export function nextRoom(name = roomName()): void {
  room = name
}

export function create(changes: object): Promise<RestAnswer & { GroupId?: string }> {
  return rest.call('create_group', { Owner_Account: 'owner', Type: 'AVChatRoom', Name: 'Friday night', GroupId: room, ...changes })
}

export async function connect(userId: string): Promise<WireClient> {
  const client = new WireClient(userId)
  clients.push(client)
  await client.connect(server.wire)
  await client.login(server.userSig(userId))
  return client
}

export async function enter(userId: string): Promise<WireClient> {
  const client = await connect(userId)
  await client.join(room)
  return client
}

export function fails(answer: RestAnswer, code: number): void {
  expect(answer).toMatchObject({ ActionStatus: 'FAIL', ErrorCode: code, ErrorInfo: expect.any(String) as unknown })
}

/** A string of exactly so many bytes, most of them in characters of three. */
export function bytes(count: number): string {
  return '文'.repeat(Math.floor(count / 3)) + 'x'.repeat(count % 3)
}

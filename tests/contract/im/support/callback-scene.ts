import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished } from 'vitest'
import { CallbackReceiver, type ReceivedCallback } from './callback-receiver'
import { newRandom, textElement, type RestAnswer, type RestClient } from './rest-client'
import { roomName } from './room-name'
import { RoomServerProcess, SDK_APP_ID } from './room-server-process'
import { nowS } from './user-sig'
import { WireClient } from './wire-client'

const TOKEN = 'xxxxyyyy'
const CLOCK_SLACK_S = 5

export const REFUSED_BY_APP = 10_016
export const MS_TEXT = expect.stringMatching(/^\d{13}$/) as unknown

export let receiver: CallbackReceiver
export let server: RoomServerProcess
export let rest: RestClient
/** The room of the case that runs. */
export let room: string
const clients: WireClient[] = []

/** One server for a file, which tells all to one receiver; a room for each case. */
export function useCallbackScene(): void {
  beforeAll(async () => {
    receiver = new CallbackReceiver()
    server = await RoomServerProcess.start({ callbackUrl: await receiver.listen(), callbackToken: TOKEN })
    rest = server.rest()
    await rest.importAccounts('carol')
  })
  afterAll(async () => {
    await server.close()
    await receiver.close()
  })
  beforeEach(async () => {
    nextRoom()
    await rest.openRoom(room)
  })
  afterEach(() => {
    receiver.reset()
    for (const client of clients.splice(0)) client.close()
  })
}

/** A server that waits for an answer as long as Tencent's cloud does, before the same receiver, with the room of the case. It ends with the test. */
export async function startAsTheCloud(): Promise<RoomServerProcess> {
  const asTheCloud = await RoomServerProcess.start({ callbackUrl: receiver.url, callbackToken: TOKEN, callbackSeconds: null })
  onTestFinished(() => asTheCloud.close())
  await asTheCloud.rest().openRoom(room)
  return asTheCloud
}

/** A name for another room; it is not there yet. */
export function nextRoom(): void {
  room = roomName()
}

export async function connect(userId: string, to = server): Promise<WireClient> {
  const client = new WireClient(userId)
  clients.push(client)
  await client.connect(to.wire)
  await client.login(to.userSig(userId))
  return client
}

export async function enter(userId: string, to = server): Promise<WireClient> {
  const client = await connect(userId, to)
  await client.join(room)
  return client
}

export function sendByRest(changes: object = {}, by = rest): Promise<RestAnswer & { MsgSeq: number; MsgTime: number }> {
  return by.call('send_group_msg', { GroupId: room, Random: newRandom(), MsgBody: [textElement('hello')], ...changes })
}

export function ofRoom(callback: ReceivedCallback): boolean {
  return callback.body['GroupId'] === room
}

/** The first callback of a command for the room. */
export function next(command: string): Promise<ReceivedCallback> {
  return receiver.next(command, ofRoom)
}

/** The body is as documented: every field of it, and no other than those that the documents call later additions. */
export function expectBody(callback: ReceivedCallback, documented: Record<string, unknown>, optional: readonly string[] = []): void {
  const body = Object.fromEntries(Object.entries(callback.body).filter(([name]) => !optional.includes(name)))
  expect(body).toEqual({ CallbackCommand: callback.command, ...documented })
}

export function expectTransport(callback: ReceivedCallback, platform: string): void {
  const requestTime = callback.query['RequestTime'] ?? ''
  expect(callback.method).toBe('POST')
  expect(callback.path).toBe('/im/callback')
  expect(callback.query).toEqual({
    SdkAppid: String(SDK_APP_ID),
    CallbackCommand: callback.command,
    contenttype: 'json',
    ClientIP: '127.0.0.1',
    OptPlatform: platform,
    RequestTime: expect.stringMatching(/^\d{10}$/) as unknown,
    Sign: signature(TOKEN, requestTime),
  })
  expect(Math.abs(Number(requestTime) - nowS())).toBeLessThanOrEqual(CLOCK_SLACK_S)
}

export function expectSigned(callback: ReceivedCallback): void {
  expect(callback.query['Sign']).toBe(signature(TOKEN, callback.query['RequestTime'] ?? ''))
}

export function signature(token: string, requestTime: string): string {
  return createHash('sha256').update(`${token}${requestTime}`).digest('hex')
}

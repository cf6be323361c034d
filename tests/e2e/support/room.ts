import type { Page } from 'playwright-core'
import { PROGRAM_ROOM, type RoomServerAddresses } from '../../../electron/shared/room-server'
import { ApiClient } from '../../contract/backend/support/api-client'
import { WireClient, WireError } from '../../contract/im/support/wire-client'
import { until } from '../../support/until'
import { stateOf } from './app'

const DEADLINE_MS = 20_000

/** Where the app's room server answers. */
export function addressesOf(studio: Page): Promise<RoomServerAddresses> {
  return until(async () => (await stateOf(studio)).roomServer.addresses, DEADLINE_MS, 'the room server')
}

/** Somebody in the program's room, without a browser. */
export interface Viewer {
  readonly nick: string
  readonly userId: string
  readonly api: ApiClient
  readonly line: WireClient
}

/** A guest of the backend whose line to the chat is not open yet. @param http of the room server */
export async function guest(http: string, nick: string): Promise<Viewer> {
  const api = await new ApiClient(http).guest(PROGRAM_ROOM, nick)
  return { nick, userId: api.userId, api, line: new WireClient(api.userId, api.session?.sdkAppId) }
}

/** Opens the line, or opens it again. @throws WireError with the code of a refusal */
export async function comeIn({ api, line }: Viewer): Promise<void> {
  await line.connect(api.session?.wire ?? '')
  await line.login(api.session?.userSig ?? '')
  await line.join(PROGRAM_ROOM)
}

/** A guest who is in the room. */
export async function enter(http: string, nick: string): Promise<Viewer> {
  const viewer = await guest(http, nick)
  await comeIn(viewer)
  return viewer
}

/** @returns the code of the refusal; 0 = it was said */
export async function says({ line }: Viewer, text: string): Promise<number> {
  try {
    await line.send(PROGRAM_ROOM, text)
    return 0
  } catch (error) {
    if (error instanceof WireError) return error.code
    throw error
  }
}

/** Says it until the answer is this one. */
export function saysSoon(viewer: Viewer, code: number, text: string): Promise<true> {
  return until(async () => ((await says(viewer, text)) === code ? true : null), DEADLINE_MS, `the answer ${code}`)
}

/** Waits until something that was said or told in the room contains this. */
export function hears({ line }: Viewer, what: string): Promise<true> {
  return until(() => (line.items.some((item) => JSON.stringify(item.MsgBody ?? '').includes(what)) ? true : null), DEADLINE_MS, what)
}

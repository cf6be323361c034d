import type { Destination, DestinationState } from '../../../electron/shared/destination'
import type { RoomSession } from '../../../electron/shared/room-api'
import { PROGRAM_ROOM } from '../../../electron/shared/room-server'
import type { Settings } from '../../../electron/shared/settings'
import { ApiClient } from '../../contract/backend/support/api-client'
import { ADMIN, RoomServerProcess, SDK_APP_ID, SECRET_KEY } from '../../contract/im/support/room-server-process'
import { ChatCloud } from '../../fakes/chat-cloud'
import { installDouble, type InstalledDouble } from '../../fakes/trtc-native/install'
import { until } from '../../support/until'
import { launch, stateOf, type RunningApp } from './app'

const DEADLINE_MS = 20_000
const TOKEN = 'callback-token'
export const TRTC: Destination = { kind: 'trtc', id: 'room', name: 'TRTC', enabled: true, failover: 'ask' }
export const LOCAL: Destination = { kind: 'local', id: 'local', name: '', enabled: true }
/** Stands in the push address of the relay. */
export const RELAY_KEY = 'planted-key'

/** A team's room server whose chat is the stand-in for Tencent's, and a TRTC library that is the double. */
export interface TrtcHouse {
  readonly http: string
  readonly sdk: InstalledDouble
  /** The crew of the team's room. */
  readonly anchor: ApiClient
  /** Somebody who came by a co-anchor's link and waits in the greenroom. */
  coAnchor(nick: string): Promise<ApiClient>
  /** A co-anchor's link into another room of this server. */
  otherRoom(roomId: string): Promise<string>
  close(): Promise<void>
}

export async function openTrtcHouse(): Promise<TrtcHouse> {
  const cloud = new ChatCloud({ sdkAppId: SDK_APP_ID, key: SECRET_KEY, admin: ADMIN, token: TOKEN })
  const server = await RoomServerProcess.start({ args: ['--im', await cloud.listen(), '--callback-token', TOKEN] })
  const sdk = installDouble('healthy')
  const anchor = new ApiClient(server.http, { token: server.anchorToken } as RoomSession)
  const room = `/api/rooms/${PROGRAM_ROOM}`
  return {
    http: server.http,
    sdk,
    anchor,
    coAnchor: async (nick) => {
      const { token } = await anchor.ok<{ token: string }>('POST', `${room}/invites`, { role: 'coanchor', seconds: 3_600 })
      const guest = new ApiClient(server.http, await new ApiClient(server.http).ok<RoomSession>('POST', `${room}/sessions`, { nick, invite: token }))
      await anchor.ok('POST', `${room}/seats`, { userId: guest.userId })
      return guest
    },
    otherRoom: async (roomId) => {
      // Another anchor's: this link makes the room.
      await anchor.ok('POST', '/api/anchor-links', { roomId, title: roomId })
      const { path } = await anchor.ok<{ path: string }>('POST', `/api/rooms/${roomId}/invites`, { role: 'coanchor', seconds: 3_600 })
      return `${server.http}${path}`
    },
    close: async () => {
      sdk.remove()
      await server.stop('SIGTERM')
      await cloud.close()
    },
  }
}

/** The app with a TRTC destination and a relay, signed in to the team's room; its engine is TRTC when this resolves. */
export async function launchWithTrtc({ http, sdk, anchor }: TrtcHouse, settings: Partial<Settings> = {}): Promise<RunningApp> {
  const app = await launch({ args: ['--trtc-sdk', sdk.folder], settings: { language: 'en', destinations: [LOCAL, TRTC], ...settings } })
  const { studio } = app
  await studio.evaluate(async (key) => {
    const destination = { kind: 'rtmp', id: 'cdn', name: 'CDN', enabled: true, server: 'rtmp://cdn.example.com/live' } as const
    await window.anchor.call('destination.save', { destination, secret: `show?secret=${key}` })
  }, RELAY_KEY)
  const { path } = await anchor.ok<{ path: string }>('POST', '/api/anchor-links', { roomId: PROGRAM_ROOM, seconds: 3_600 })
  // Its page may reach the team's server from now on: it is loaded with another policy.
  const reloaded = studio.waitForEvent('load')
  // The answer may be lost with the page that asked.
  await studio.evaluate((link) => void window.anchor.call('cloud.signIn', { link }), `${http}${path}`)
  await reloaded
  await until(async () => ((await stateOf(studio)).trtc.engine === 'trtc' ? true : null), DEADLINE_MS, 'the TRTC engine')
  return app
}

export async function destinationBecomes({ studio }: RunningApp, id: string, wanted: DestinationState): Promise<true> {
  const state = async (): Promise<DestinationState | null> => (await stateOf(studio)).destinations.find(({ config }) => config.id === id)?.status?.state ?? null
  return until(async () => ((await state()) === wanted ? true : null), DEADLINE_MS, `${id} to be ${wanted}`)
}

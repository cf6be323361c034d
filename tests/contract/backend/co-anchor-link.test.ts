import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { RoomSession } from '../../../electron/shared/room-api'
import { ApiClient } from './support/api-client'
import { CloudBackend, ROOM } from './support/cloud-backend'

const SESSIONS = `/api/rooms/${ROOM}/sessions`

/** What a link that is for one person goes through, where IM or the line to the page fails: seen at the stand-in alone. */
describe('a co-anchor’s link', () => {
  let house: CloudBackend
  let anchor: ApiClient
  beforeAll(async () => {
    house = await CloudBackend.start()
    anchor = await house.anchor()
  })
  afterEach(() => void (house.cloud.intercept = () => null))
  afterAll(() => house.close())
  const newLink = async (): Promise<string> => (await anchor.ok<{ token: string }>('POST', `/api/rooms/${ROOM}/invites`, { role: 'coanchor' })).token
  const comeIn = async (body: object, as = house.nobody()): Promise<ApiClient> =>
    new ApiClient(house.base, await as.ok<RoomSession>('POST', SESSIONS, { nick: 'Cy', ...body }))

  it('is not used up by one who could not come in because IM was away', async () => {
    const invite = await newLink()
    house.cloud.intercept = ({ command }) => (command.endsWith('account_import') ? { ErrorCode: 70_402 } : null)
    expect(await house.nobody().refused('POST', SESSIONS, { nick: 'Cy', invite })).toBe('im.refused')
    house.cloud.intercept = () => null
    const cy = await comeIn({ invite })
    const imported = house.cloud.accounts.size
    expect(await house.nobody().refused('POST', SESSIONS, { nick: 'Eve', invite })).toBe('invite.used')
    // Nor does IM hear of somebody who does not come in.
    expect(house.cloud.accounts.size).toBe(imported)
    expect((await comeIn({ invite }, cy)).userId).toBe(cy.userId)
  })
})

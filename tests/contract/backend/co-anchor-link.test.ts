import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { seatDesk } from '../../../electron/room-server/seat-desk'
import type { RoomSession } from '../../../electron/shared/room-api'
import { ApiClient } from './support/api-client'
import { CloudBackend, ROOM } from './support/cloud-backend'
import { signedToken } from './support/signed-token'

const SEATS = `/api/rooms/${ROOM}/seats`
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

  it('lets in whoever has the claim to it again: the answer was lost, or the session is over for long', async () => {
    const invite = await newLink()
    const [claim, another] = [randomBytes(16).toString('hex'), randomBytes(16).toString('hex')]
    const first = await comeIn({ invite, claim })
    const again = await comeIn({ invite, claim })
    expect(again.userId).toBe(first.userId)
    const over = await signedToken(house.store, { t: 'access', u: first.userId, r: 'coanchor', m: ROOM, e: 1_700_000_000, i: '', s: 'a-session' })
    const late = new ApiClient(house.base, { ...first.session, token: over } as RoomSession)
    expect((await comeIn({ invite, claim }, late)).userId).toBe(first.userId)
    await again.ok('PUT', `${SEATS}/me`, { ready: true })
    expect(await house.nobody().refused('POST', SESSIONS, { nick: 'Eve', invite })).toBe('invite.used')
    expect(await house.nobody().refused('POST', SESSIONS, { nick: 'Eve', invite, claim: another })).toBe('invite.used')
    for (const bad of ['', 'too-short', `${claim} `, 'x'.repeat(65)])
      expect(await house.nobody().refused('POST', SESSIONS, { nick: 'Eve', invite, claim: bad }), bad).toBe('request.invalid')
    // Of another link it says nothing.
    expect((await comeIn({ invite: await newLink(), claim })).userId).not.toBe(first.userId)
    await anchor.ok('POST', `/api/rooms/${ROOM}/removals`, { userIds: [first.userId], scope: 'forever', reason: '' })
    const heard: string[] = []
    house.cloud.intercept = ({ command }) => {
      heard.push(command)
      return null
    }
    expect(await house.nobody().refused('POST', SESSIONS, { nick: 'Not Cy', invite, claim })).toBe('auth.blocked')
    expect(heard).toEqual([])
  })

  it('that is ended while somebody comes in by it lets him in no more', async () => {
    const { token: invite, inviteId } = await anchor.ok<{ token: string; inviteId: string }>('POST', `/api/rooms/${ROOM}/invites`, { role: 'coanchor' })
    let release: (answer: null) => void = () => undefined
    const held = new Promise<null>((resolve) => (release = resolve))
    const asked = new Promise<void>((resolve) => {
      house.cloud.intercept = ({ command }) => {
        if (!command.endsWith('account_import')) return null
        resolve()
        return held
      }
    })
    const refusal = house.nobody().refused('POST', SESSIONS, { nick: 'Cy', invite })
    await asked
    await anchor.ok('DELETE', `/api/rooms/${ROOM}/invites/${inviteId}`)
    release(null)
    expect(await refusal).toBe('invite.ended')
  })

  it('is no way back for one who was sent away, nor is another that was opened in his name', async () => {
    const [first, second] = [await newLink(), await newLink()]
    const cy = await comeIn({ invite: first })
    const again = await comeIn({ invite: second }, cy)
    expect(again.userId).toBe(cy.userId)
    await cy.ok('PUT', `${SEATS}/me`, { ready: true })
    await anchor.ok('DELETE', `${SEATS}/${cy.userId}`)
    for (const one of [cy, again]) expect(await one.refused('PUT', `${SEATS}/me`, { ready: true })).toBe('auth.invalid')
    for (const invite of [first, second]) expect(await cy.refused('POST', SESSIONS, { nick: 'Cy', invite })).toBe('invite.ended')
  })

  it('lets nobody in by his token alone, once the link that he came by last was ended', async () => {
    const cy = await comeIn({ invite: await newLink() })
    const last = await anchor.ok<{ token: string; inviteId: string }>('POST', `/api/rooms/${ROOM}/invites`, { role: 'coanchor' })
    await comeIn({ invite: last.token }, cy)
    await anchor.ok('DELETE', `/api/rooms/${ROOM}/invites/${last.inviteId}`)
    expect(await cy.refused('PUT', `${SEATS}/me`, { ready: true })).toBe('seat.not-admitted')
    expect(seatDesk(house.business).caller(ROOM, cy.session?.token ?? '')).toMatchObject({ userId: cy.userId, byLink: false })
  })
})

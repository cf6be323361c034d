import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ChatClient, withCode } from './support/chat-client'
import { ADMIN, RoomServerProcess, SDK_APP_ID, SECRET_KEY } from './support/room-server-process'
import { nowS, packUserSig, roomPermission, signUserSig, unpackUserSig, type UserSigClaims } from './support/user-sig'
import { openSocket, WireClient, wireUrl } from './support/wire-client'

const EXPIRED = 70_001
const BAD = [70_003, 70_009]
const OTHER_USER = 70_013
const OTHER_APP = 70_014
const NOT_ADMIN = 60_010
const HOUR_S = 3_600

let server: RoomServerProcess
beforeAll(async () => {
  server = await RoomServerProcess.start()
})
afterAll(async () => {
  await server.close()
})

const claims = (userId: string, changes: Partial<UserSigClaims> = {}): UserSigClaims => ({
  sdkAppId: SDK_APP_ID,
  userId,
  time: nowS(),
  expire: HOUR_S,
  ...changes,
})
const good = (userId: string, changes: Partial<UserSigClaims> = {}): string => signUserSig(claims(userId, changes), SECRET_KEY)
/** A true signature under changed claims. */
const altered =
  (field: string, value: unknown) =>
  (userId: string): string =>
    packUserSig({ ...unpackUserSig(good(userId)), [field]: value })

/** What is wrong with a signature, and the codes that say so. */
const REFUSED: readonly (readonly [string, (userId: string) => string, readonly number[]])[] = [
  ['expired', (userId) => good(userId, { time: nowS() - 2 * HOUR_S }), [EXPIRED]],
  ['made with another key', (userId) => signUserSig(claims(userId), SECRET_KEY.replaceAll('5', '6')), BAD],
  ['with a longer life written into it', altered('TLS.expire', 10 * HOUR_S), BAD],
  ['with another time written into it', altered('TLS.time', nowS() - 1), BAD],
  ['with a signature of another length', altered('TLS.sig', 'AAAA'), BAD],
  ['with a permission written into it', altered('TLS.userbuf', 'AAAA'), BAD],
  ['with another user written into it', altered('TLS.identifier', 'root'), [...BAD, OTHER_USER]],
  ['of another version', altered('TLS.ver', '1.0'), BAD],
  ['of another user', () => good('bob'), [OTHER_USER]],
  ['of another app', (userId) => signUserSig(claims(userId, { sdkAppId: SDK_APP_ID + 1 }), SECRET_KEY), [OTHER_APP]],
  ['cut short', (userId) => good(userId).slice(0, -20), BAD],
  ['that holds nothing', () => packUserSig({}), BAD],
  ['that is not even packed', () => 'hello there', BAD],
]

describe('a UserSig', () => {
  it.each(REFUSED)('%s is refused at log-in', async (_what, userSig, codes) => {
    const client = new WireClient('anna')
    await client.connect(server.wire)
    const refusal = await client.login(userSig('anna')).then(
      () => null,
      (error: unknown) => error as { code: number },
    )
    expect(codes).toContain(refusal?.code)
    client.close()
  })

  it.each(REFUSED)('%s is refused by REST', async (_what, userSig, codes) => {
    const answer = await server.rest().call('get_group_info', { GroupIdList: ['none'] }, { usersig: userSig(ADMIN) })
    expect(answer.ActionStatus).toBe('FAIL')
    expect(codes).toContain(answer.ErrorCode)
  })

  it.each([
    ['plain', {}],
    ['with a room permission', { userBuf: roomPermission(claims('anna'), 10_000, 255) }],
    ['for 180 days', { expire: 15_552_000 }],
  ] as const)('%s is taken', async (_what, changes) => {
    const client = new WireClient('anna')
    await client.connect(server.wire)
    expect(await client.login(good('anna', changes))).toMatchObject({ A2Key: expect.any(String) as unknown, TinyId: expect.stringMatching(/^\d+$/) as unknown })
    client.close()
  })

  it('refused says its code through the real SDK', async () => {
    const client = await ChatClient.open(server.wire)
    await expect(client.login('anna', good('anna', { time: nowS() - 2 * HOUR_S }))).rejects.toMatchObject(withCode(EXPIRED))
    await expect(client.login('anna', good('bob'))).rejects.toMatchObject(withCode(OTHER_USER))
    await client.login('anna', good('anna'))
    await client.close()
  })
})

describe('the key that a log-in gives', () => {
  it('opens again without a UserSig, and only for its user', async () => {
    const anna = new WireClient('anna')
    await anna.connect(server.wire)
    const { A2Key, TinyId } = await anna.login(good('anna'))
    anna.close()
    const again = new WireClient('anna')
    await again.connect(server.wire)
    await again.request('im_open_status.wslogin', { State: 'Online' }, { a2: A2Key, tinyid: TinyId })
    await expect(again.request('im_open_status.wshello', {}, { a2: `${String(A2Key).slice(0, -2)}xx`, tinyid: TinyId })).rejects.toMatchObject({
      code: expect.any(Number) as unknown,
    })
    again.close()
  })

  it('is needed for everything', async () => {
    const stranger = new WireClient('anna')
    await stranger.connect(server.wire)
    for (const command of ['group_open_http_svc.apply_join_group', 'group_open_http_svc.send_group_msg', 'profile.portrait_set', 'openim.sendmsg']) {
      await expect(stranger.request(command, { GroupId: 'any' }), command).rejects.toMatchObject({ code: expect.any(Number) as unknown })
    }
    stranger.close()
  })
})

describe('REST', () => {
  it('is for administrators', async () => {
    const answer = await server.rest('anna').call('create_group', { Type: 'AVChatRoom', Name: 'n', Owner_Account: 'anna' })
    expect(answer).toMatchObject({ ActionStatus: 'FAIL', ErrorCode: NOT_ADMIN })
    expect(await server.rest(ADMIN).call('create_group', { Type: 'AVChatRoom', Name: 'n', Owner_Account: 'anna' })).toMatchObject({ ErrorCode: 0 })
  })

  it('wants its query whole', async () => {
    for (const query of [{ usersig: '' }, { identifier: '' }, { sdkappid: '0' }, { sdkappid: String(SDK_APP_ID + 1) }]) {
      const answer = await server.rest().call('get_group_info', { GroupIdList: ['none'] }, query)
      expect(answer, JSON.stringify(query)).toMatchObject({ ActionStatus: 'FAIL', ErrorCode: expect.any(Number) as unknown })
    }
  })
})

describe('a page', () => {
  it.each(['https://evil.example.com', 'http://127.0.0.1.evil.example.com', 'http://localhost.evil.example.com:8080', 'null'])(
    'of %s gets no socket',
    async (origin) => {
      await expect(openSocket(wireUrl(server.wire), origin)).rejects.toThrow(/40[13]/)
    },
  )

  it('of the server itself does', async () => {
    const socket = await openSocket(wireUrl(server.wire), server.http)
    socket.terminate()
  })
})

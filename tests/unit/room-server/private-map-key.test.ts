import { describe, expect, it } from 'vitest'
import { ANCHOR_PRIVILEGES, CO_ANCHOR_PRIVILEGES, permission, signPrivateMapKey, type TrtcRoom } from '../../../electron/room-server/private-map-key'
import { readUserSig, verifyUserSig } from '../../../electron/room-server/usersig'

const KEY = '5bd2850fff3ecb11d7c805251c51ee463a25727bddc2385f3fa8bfee1bb93b5e'
const REQUEST = { sdkAppId: 1_400_000_000, key: KEY, userId: 'xiaojun', expireSec: 15_552_000, nowSec: 1_700_000_000, privileges: ANCHOR_PRIVILEGES }
// Made by Tencent's own TLSSigAPIv2 with a frozen clock, and computed once more in Python.
const VECTORS: readonly (readonly [TrtcRoom, string, string])[] = [
  [10_000, 'AAAHeGlhb2p1blNyTgAAACcQZkE/AAAAAP8AAAAA', 'y9Avb5xwHgIgoABbGakLaE0xs+v/dLcIPegbWfcbRLI='],
  ['1000000040', 'AQAHeGlhb2p1blNyTgAAAAAAZkE/AAAAAP8AAAAAAAoxMDAwMDAwMDQw', 'uupaOmIqiVUsVoCDvmakmGU86GEQBV0Ie6Q+9GFbowM='],
]

describe('a room permission', () => {
  it.each(VECTORS)('of room %j is laid out and signed as Tencent’s own', (room, userBuf, signature) => {
    expect(permission({ ...REQUEST, room }).toString('base64')).toBe(userBuf)
    expect(readUserSig(signPrivateMapKey({ ...REQUEST, room }))).toMatchObject({ 'TLS.userbuf': userBuf, 'TLS.sig': signature })
  })

  it('ends with its time, and is nobody else’s', () => {
    const signed = signPrivateMapKey({ ...REQUEST, room: 'friday' })
    const expected = { sdkAppId: REQUEST.sdkAppId, key: KEY, userId: 'xiaojun', nowSec: REQUEST.nowSec }
    expect(verifyUserSig(signed, expected)).toEqual({ ok: true, expiresAtSec: REQUEST.nowSec + REQUEST.expireSec })
    expect(verifyUserSig(signed, { ...expected, userId: 'eve' })).toMatchObject({ ok: false })
  })

  it('lets a co-anchor in, be seen and heard, but make no room and share no screen', () => {
    expect(CO_ANCHOR_PRIVILEGES).toBe(190)
    expect(permission({ ...REQUEST, room: 'friday', privileges: CO_ANCHOR_PRIVILEGES }).readUInt32BE(3 + 7 + 12)).toBe(190)
  })
})

import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readUserSig, signUserSig, USERSIG_REFUSED, verifyUserSig } from '../../../electron/room-server/usersig'

// Vectors of tencent-facts §1.2: made by Tencent's own TLSSigAPIv2 with a frozen clock.
const KEY = '5bd2850fff3ecb11d7c805251c51ee463a25727bddc2385f3fa8bfee1bb93b5e'
const REQUEST = { sdkAppId: 1_400_000_000, key: KEY, userId: 'xiaojun', expireSec: 15_552_000, nowSec: 1_700_000_000 }
const TENCENTS =
  'eJyrVgrxCdYrSy1SslIy0jNQ0gHzM1NS80oy0zLBwhWZiflZpXlQqeKU7MSCgswUJStDEwMogMiUZOamKlkZmqOKplYUZBaBxE1NTY3gosWZ6UpWSj5ljuYp*p7l5unBxXnF2WVhVU4uAf7Ozi5JpX7O5SbuHuUhzgZJmQXaTia2SrUAohcx8g__'
const EXPECTED = { sdkAppId: REQUEST.sdkAppId, key: KEY, userId: 'xiaojun', nowSec: REQUEST.nowSec + 10 }

describe('a UserSig', () => {
  it('has the signature of Tencent’s own', () => {
    expect(readUserSig(signUserSig(REQUEST))?.['TLS.sig']).toBe('LvA7d/Iw7gSsnskvVzBDPOCCDbuNCw4GHwTC0bip+B4=')
    expect(readUserSig(signUserSig(REQUEST))).toEqual(readUserSig(TENCENTS))
  })

  it.each([
    ['a numeric room', 'AAAHeGlhb2p1blNyTgAAACcQZkE/AAAAAP8AAAAA', 'y9Avb5xwHgIgoABbGakLaE0xs+v/dLcIPegbWfcbRLI='],
    ['a string room', 'AQAHeGlhb2p1blNyTgAAAAAAZkE/AAAAAP8AAAAAAAoxMDAwMDAwMDQw', 'uupaOmIqiVUsVoCDvmakmGU86GEQBV0Ie6Q+9GFbowM='],
  ])('signs the permission of %s', (_what, userBuf, sig) => {
    expect(readUserSig(signUserSig({ ...REQUEST, userBuf: Buffer.from(userBuf, 'base64') }))?.['TLS.sig']).toBe(sig)
  })

  it('is taken until its time is over', () => {
    expect(verifyUserSig(TENCENTS, EXPECTED)).toEqual({ ok: true, expiresAtSec: 1_715_552_000 })
    expect(verifyUserSig(TENCENTS, { ...EXPECTED, nowSec: 1_715_551_999 })).toMatchObject({ ok: true })
    expect(verifyUserSig(TENCENTS, { ...EXPECTED, nowSec: 1_715_552_000 })).toEqual({ ok: false, reason: 'expired' })
  })

  it('is refused with a reason, and each reason has Tencent’s code', () => {
    expect(verifyUserSig(TENCENTS, { ...EXPECTED, userId: 'other' })).toEqual({ ok: false, reason: 'other-user' })
    expect(verifyUserSig(TENCENTS, { ...EXPECTED, sdkAppId: 1 })).toEqual({ ok: false, reason: 'other-app' })
    expect(verifyUserSig(TENCENTS, { ...EXPECTED, key: 'f'.repeat(64) })).toEqual({ ok: false, reason: 'forged' })
    expect(USERSIG_REFUSED).toEqual({ expired: 70001, malformed: 70003, forged: 70009, 'other-user': 70013, 'other-app': 70014 })
  })

  it('is not fooled by an altered note', () => {
    const note = readUserSig(TENCENTS)
    expect(note).not.toBeNull()
    for (const change of [{ 'TLS.identifier': 'admin' }, { 'TLS.expire': 999_999_999 }, { 'TLS.time': 1_800_000_000 }, { 'TLS.userbuf': 'AAAA' }]) {
      const altered = repack({ ...note, ...change })
      expect(verifyUserSig(altered, { ...EXPECTED, userId: String((change as Record<string, unknown>)['TLS.identifier'] ?? 'xiaojun') })).toEqual({
        ok: false,
        reason: 'forged',
      })
    }
  })

  it('is none for anything else', () => {
    const bomb = pack('x'.repeat(1_000_000))
    for (const text of ['', 'abc', TENCENTS.slice(0, 100), '!'.repeat(20), 'A'.repeat(10_000), repack({ 'TLS.ver': '1.0' }), repack(null), bomb])
      expect(verifyUserSig(text, EXPECTED), text.slice(0, 20)).toEqual({ ok: false, reason: 'malformed' })
  })
})

function repack(note: unknown): string {
  return pack(JSON.stringify(note))
}

/** As Tencent packs a note: zlib, base64 in an alphabet of its own. */
function pack(text: string): string {
  return deflateSync(text).toString('base64').replace(/\+/g, '*').replace(/\//g, '-').replace(/=/g, '_')
}

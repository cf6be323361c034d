import { describe, expect, it } from 'vitest'
import { roomPermission, signatureOf, signUserSig, unpackUserSig, type UserSigClaims } from './support/user-sig'

/** Made with Tencent's own signer under a frozen clock. */
const KEY = '5bd2850fff3ecb11d7c805251c51ee463a25727bddc2385f3fa8bfee1bb93b5e'
const CLAIMS: UserSigClaims = { sdkAppId: 1_400_000_000, userId: 'xiaojun', time: 1_700_000_000, expire: 15_552_000 }
const PACKED =
  'eJyrVgrxCdYrSy1SslIy0jNQ0gHzM1NS80oy0zLBwhWZiflZpXlQqeKU7MSCgswUJStDEwMogMiUZOamKlkZmqOKplYUZBaBxE1NTY3gosWZ6UpWSj5ljuYp*p7l5unBxXnF2WVhVU4uAf7Ozi5JpX7O5SbuHuUhzgZJmQXaTia2SrUAohcx8g__'

describe('the signer of these tests', () => {
  it('signs as Tencent signs', () => {
    expect(signatureOf(CLAIMS, KEY)).toBe('LvA7d/Iw7gSsnskvVzBDPOCCDbuNCw4GHwTC0bip+B4=')
  })

  it('packs and unpacks what Tencent packs', () => {
    expect(unpackUserSig(signUserSig(CLAIMS, KEY))).toEqual(unpackUserSig(PACKED))
  })

  it.each([
    [10_000, 'AAAHeGlhb2p1blNyTgAAACcQZkE/AAAAAP8AAAAA', 'y9Avb5xwHgIgoABbGakLaE0xs+v/dLcIPegbWfcbRLI='],
    ['1000000040', 'AQAHeGlhb2p1blNyTgAAAAAAZkE/AAAAAP8AAAAAAAoxMDAwMDAwMDQw', 'uupaOmIqiVUsVoCDvmakmGU86GEQBV0Ie6Q+9GFbowM='],
  ] as const)('signs the permission of room %s', (room, userBuf, signature) => {
    const permission = roomPermission(CLAIMS, room, 255)
    expect(Buffer.from(permission).toString('base64')).toBe(userBuf)
    expect(signatureOf({ ...CLAIMS, userBuf: permission }, KEY)).toBe(signature)
  })
})

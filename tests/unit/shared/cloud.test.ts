import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cloudSettingsSchema, isServerOrigin, parseSignInLink } from '../../../electron/shared/cloud'

const LINK = 'https://Rooms.example.com:8443/anchor/?room=Friday-1#invite=eyJ0.ab-c_'

describe('a sign-in link', () => {
  it('says server, room and invitation', () => {
    expect(parseSignInLink(`  ${LINK}\n`)).toEqual({
      server: 'https://rooms.example.com:8443',
      host: 'rooms.example.com:8443',
      roomId: 'Friday-1',
      invite: 'eyJ0.ab-c_',
      safe: true,
    })
    expect(parseSignInLink('http://127.0.0.1:8360/anchor/?room=a#invite=b')).toMatchObject({ safe: true })
    expect(parseSignInLink('http://192.168.1.5:8360/anchor/?room=a#invite=b')).toMatchObject({ safe: false })
  })

  it.each([
    '',
    'https://rooms.example.com/',
    LINK.replace('anchor', 'guest'),
    LINK.replace('https', 'ftp'),
    LINK.replace('#invite', '&invite'),
    `${LINK} x`,
    LINK.replace('Rooms', 'u:p@rooms'),
  ])('is not %j', (text) => expect(parseSignInLink(text)).toBeNull())

  it('whatever is pasted, leads to no other server than it says, and none that breaks out of a policy', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.string().map((part) => LINK.replace('.example', part)),
        ),
        (text) => {
          const link = parseSignInLink(text)
          if (link === null) return
          expect(new URL(link.server).origin).toBe(link.server.replace(/:443$/, ''))
          expect(link.server).not.toMatch(/[;'"*\s,]/)
        },
      ),
    )
  })
})

describe('the address of a team’s server', () => {
  it.each(['https://rooms.example.com', 'https://[::1]:8443', 'http://127.0.0.1:8360'])('is %j', (text) => expect(isServerOrigin(text)).toBe(true))

  it.each([
    'https://a;script-src',
    'https://*',
    "https://a'unsafe-inline'",
    'https://a b',
    'https://a/x',
    'http://rooms.example.com',
    'http://127.0.0.1.evil.example',
    'https://u@a',
  ])('is not %j', (text) => {
    expect(isServerOrigin(text)).toBe(false)
    expect(cloudSettingsSchema.safeParse({ kind: 'team', server: text, roomId: 'a', cloudChat: false }).success).toBe(false)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { joinAddress, parseJoinLink } from '../../../electron/shared/join-link'

const LINK = { host: '192.168.1.7:8360', room: 'program', invite: 'abc.DEF-_~1', secure: false }

describe('a co-anchor’s link', () => {
  it.each([
    ['http://192.168.1.7:8360/guest/?room=program#invite=abc.DEF-_~1', LINK],
    ['  https://show.example.com/guest/?room=r2#invite=x\n', { host: 'show.example.com', room: 'r2', invite: 'x', secure: true }],
    ['anchordesk://192.168.1.7:8360/guest/?room=program#invite=abc.DEF-_~1', LINK],
    ['anchordesk://show.example.com/guest/?room=r2&secure=1#invite=x', { host: 'show.example.com', room: 'r2', invite: 'x', secure: true }],
    ['https://192.168.1.7:8361/guest/?room=program&http=8360#invite=x', { host: '192.168.1.7:8360', room: 'program', invite: 'x', secure: false }],
    ['http://[fe80::1]:8360/guest/?room=program#invite=x', { host: '[fe80::1]:8360', room: 'program', invite: 'x', secure: false }],
  ])('%s', (text, link) => {
    expect(parseJoinLink(text)).toEqual(link)
    expect(parseJoinLink(joinAddress(link))).toEqual(link)
  })

  it.each([
    '',
    'nonsense',
    'http://192.168.1.7:8360/watch/?room=program#invite=x',
    'http://192.168.1.7:8360/guest/?room=program',
    'http://192.168.1.7:8360/guest/#invite=x',
    'http://192.168.1.7:8360/guest/../watch/?room=program#invite=x',
    'http://user:pass@192.168.1.7/guest/?room=program#invite=x',
    'file:///guest/?room=program#invite=x',
    'javascript:alert(1)',
    'anchordesk:///guest/?room=program#invite=x',
    'anchordesk://a b/guest/?room=program#invite=x',
    'http://192.168.1.7/guest/?room=pro%2Fgram#invite=x',
    'http://192.168.1.7/guest/?room=program#invite=%22%3E%3Cb%3E',
    `http://192.168.1.7/guest/?room=program#invite=${'x'.repeat(3_000)}`,
  ])('is not: %s', (text) => expect(parseJoinLink(text)).toBeNull())

  it('whatever is pasted: a link or none, never a throw, and never another address than it says', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl({ withFragments: true, withQueryParameters: true })), (text) => {
        const link = parseJoinLink(text)
        if (link !== null) expect(new URL(joinAddress(link)).host).toBe(link.host)
      }),
    )
  })
})

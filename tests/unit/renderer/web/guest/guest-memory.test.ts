// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { joinWindowAddress } from '../../../../../electron/shared/join-link'
import { readIdentity } from '../../../../../renderer/web/guest/guest-memory'
import { serverOf } from '../../../../../renderer/web/guest/server-of'

const INVITE = 'body.0123456789abcdef'

/** What the page makes of an address. The storage is one for all of them, as it is in the app's window. */
function at(href: string) {
  const { hostname, port, protocol, pathname, search, hash } = new URL(href)
  const place = { href, protocol, host: port === '' ? hostname : `${hostname}:${port}`, pathname, search, hash }
  vi.stubGlobal('location', place)
  const server = serverOf(place)
  return { server, identity: readIdentity('show', server.inApp ? server.origin : '') }
}
const inApp = (host: string, secure: boolean) => at(joinWindowAddress({ host, room: 'r', invite: INVITE, secure }))

beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
  vi.stubGlobal('history', { replaceState: () => undefined })
})

describe('who a co-anchor is', () => {
  it('is known in the app’s window to the server of the visit alone', () => {
    inApp('studio.example.com', true).identity.keeper.write('mine')
    inApp('studio.example.com', true).identity.ready.set(true)
    for (const other of [inApp('other.example.com', true), inApp('studio.example.com', false), inApp('studio.example.com:8443', true)])
      expect([other.identity.keeper.read(), other.identity.ready.get()]).toEqual([null, false])
    const again = inApp('studio.example.com', true).identity
    expect([again.keeper.read(), again.ready.get()]).toEqual(['mine', true])
  })

  it('and the invitation of one server is not that of another after a reload', () => {
    const { identity } = inApp('studio.example.com', true)
    expect(identity.invite).toBe(INVITE)
    const reloaded = (host: string) => at(`anchordesk://co-anchor/guest/?room=r&at=${host}&secure=1`).identity.invite
    expect([reloaded('studio.example.com'), reloaded('other.example.com')]).toEqual([INVITE, null])
  })

  it('stays what it was in a browser, whose storage is the server’s own', () => {
    const { identity } = at(`https://studio.example.com/guest/?room=r#invite=${INVITE}`)
    identity.keeper.write('mine')
    expect(localStorage.getItem('anchordesk.co-anchor.r.0123456789abcdef')).toBe('mine')
  })
})

describe('where the room server is', () => {
  it('says the origin of a page, and the address of the app’s own', () => {
    expect(at('http://192.168.1.2:8080/guest/?room=r&at=evil&secure=1').server).toEqual({ origin: 'http://192.168.1.2:8080', inApp: false })
    expect(at('https://a.example.com/guest/?room=r').server).toEqual({ origin: 'https://a.example.com', inApp: false })
    expect(inApp('[::1]:8080', false).server).toEqual({ origin: 'http://[::1]:8080', inApp: true })
    expect(inApp('a.example.com', true).server).toEqual({ origin: 'https://a.example.com', inApp: true })
  })
})

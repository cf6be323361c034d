import { beforeEach, describe, expect, it } from 'vitest'
import { IceServerBook } from '../../../electron/main/ice-server-book'
import { AnchorError } from '../../../electron/shared/errors'
import { MAX_ICE_SERVERS, type IceServerConfig } from '../../../electron/shared/ice-server'
import { defaultSettings, settingsSchema, type Settings } from '../../../electron/shared/settings'

const STUN: IceServerConfig = { id: 'a', url: 'stun:stun.example.org:3478', username: '' }
const TURN: IceServerConfig = { id: 'b', url: 'turn:turn.example.org:3478?transport=tcp', username: 'ada' }

let settings: { current: Settings; update(change: Partial<Settings>): Settings }
let secrets: Map<string, string>
let book: IceServerBook

beforeEach(() => {
  settings = {
    current: defaultSettings(),
    update: (change) => (settings.current = { ...settings.current, ...change }),
  }
  secrets = new Map()
  book = new IceServerBook(settings, {
    get: (id) => secrets.get(id) ?? null,
    set: (id, secret) => void (secret === null ? secrets.delete(id) : secrets.set(id, secret)),
  })
})

const codeOf = (act: () => void): string => {
  try {
    act()
  } catch (error) {
    if (error instanceof AnchorError) return error.code
    throw error
  }
  return 'nothing'
}

describe('the STUN and TURN servers', () => {
  it('are told with their credentials to the room server alone', () => {
    book.save(STUN, undefined)
    book.save(TURN, 'top secret')
    expect(book.usable()).toEqual([{ urls: [STUN.url] }, { urls: [TURN.url], username: 'ada', credential: 'top secret' }])
    expect(JSON.stringify([book.views(), settings.current])).not.toContain('top secret')
    expect(book.views().map(({ hasCredential }) => hasCredential)).toEqual([false, true])
    expect(settingsSchema.parse(settings.current)).toEqual(settings.current)
  })

  it('are tested as they were entered, with the credential that is kept where none was', () => {
    expect(book.resolve(STUN, undefined)).toEqual({ urls: [STUN.url] })
    expect(codeOf(() => book.resolve(TURN, undefined))).toBe('ice-server.credential-missing')
    expect(codeOf(() => book.resolve({ ...STUN, url: 'nonsense' }, undefined))).toBe('ice-server.address-invalid')
    expect(book.resolve(TURN, 'typed')).toEqual({ urls: [TURN.url], username: 'ada', credential: 'typed' })
    book.save(TURN, 'kept')
    expect(book.resolve({ ...TURN, username: 'bo' }, undefined)).toEqual({ urls: [TURN.url], username: 'bo', credential: 'kept' })
    expect(settings.current.iceServers).toEqual([TURN])
  })

  it('keep the credential over a change that does not name one, and lose it with the server', () => {
    book.save(TURN, 'top secret')
    book.save({ ...TURN, username: 'bo' }, undefined)
    expect(book.usable()).toEqual([{ urls: [TURN.url], username: 'bo', credential: 'top secret' }])
    book.save({ ...STUN, id: TURN.id, username: 'left over' }, undefined)
    expect(book.usable()).toEqual([{ urls: [STUN.url] }])
    expect(settings.current.iceServers[0]?.username).toBe('')
    expect([...secrets]).toEqual([])
    book.save(TURN, 'another')
    book.remove(TURN.id)
    expect([book.views(), [...secrets]]).toEqual([[], []])
  })

  it('whose credential was lost are not used, and say so, until it is given anew', () => {
    book.save(TURN, 'top secret')
    secrets.clear()
    expect(book.usable()).toEqual([])
    expect(book.views()).toEqual([{ config: TURN, hasCredential: false }])
    expect(codeOf(() => book.save(TURN, undefined))).toBe('ice-server.credential-missing')
    book.save(TURN, 'given anew')
    expect(book.usable()).toHaveLength(1)
  })

  it('are as many as a page takes, and such as it takes', () => {
    for (let at = 0; at < MAX_ICE_SERVERS; at += 1) book.save({ ...STUN, id: `${at}` }, undefined)
    expect(codeOf(() => book.save({ ...STUN, id: 'one more' }, undefined))).toBe('ice-server.limit')
    book.save({ ...STUN, id: '0', url: 'stun:other.example.org' }, undefined)
    expect(codeOf(() => book.save({ ...STUN, id: '0', url: 'http://example.org' }, undefined))).toBe('ice-server.address-invalid')
    // Written into the file by hand.
    settings.update({ iceServers: [{ ...STUN, url: 'nonsense' }] })
    expect(book.usable()).toEqual([])
  })
})

import { describe, expect, it } from 'vitest'
import { behindProxies, readTeamEnvironment, type TeamEnvironment } from '../../../../electron/room-server/team/environment'

const DATABASE_URL = 'postgres://ada:a-secret@db.example.org/rooms'
const read = (more: Readonly<Record<string, string>> = {}): TeamEnvironment => {
  const result = readTeamEnvironment({ DATABASE_URL, ...more })
  if (result === null || typeof result === 'string') throw new Error(String(result))
  return result
}

describe('the environment of a team’s server', () => {
  it('is none without a database, and has what is needed with one', () => {
    expect(readTeamEnvironment({})).toBeNull()
    expect(readTeamEnvironment({ DATABASE_URL: '' })).toBeNull()
    expect(read()).toMatchObject({ databaseUrl: DATABASE_URL, metricsToken: null, publicHosts: [], instanceAddress: null })
    expect(read({ PUBLIC_HOST: 'Room.example.com, live.example.com', INSTANCE_ADDRESS: 'http://10.0.0.5:8360/' })).toMatchObject({
      publicHosts: ['room.example.com', 'live.example.com'],
      instanceAddress: 'http://10.0.0.5:8360',
    })
  })

  it('says what is wrong, and not what it was set to', () => {
    for (const [name, value] of [
      ['DATABASE_URL', 'mysql://a-secret@host/rooms'],
      ['DATABASE_URL', 'a-secret'],
      ['METRICS_TOKEN', 'a-secret'],
      ['PUBLIC_HOST', 'https://a-secret/'],
      ['TRUSTED_PROXIES', 'a-secret'],
      ['TRUSTED_PROXIES', '10.0.0.0/33'],
      ['ROOM_NETWORKS', '10.0.0.0/8,a-secret'],
      ['INSTANCE_ADDRESS', 'a-secret'],
    ] as const) {
      const result = readTeamEnvironment({ DATABASE_URL, [name]: value })
      expect(result).toMatch(new RegExp(`^${name} takes `))
      expect(result).not.toContain('a-secret')
    }
  })
})

describe('who asks through proxies', () => {
  const { trustedProxies } = read({ TRUSTED_PROXIES: '10.0.0.5, 10.1.0.0/16, fd00::/8' })
  const from = (address: string, headers: Readonly<Record<string, string>>): string =>
    behindProxies({ address, secure: false }, headers, trustedProxies).address

  it('is the last one whom no trusted proxy was told by another', () => {
    expect(from('10.0.0.5', { 'x-forwarded-for': '203.0.113.7' })).toBe('203.0.113.7')
    expect(from('10.0.0.5', { 'x-forwarded-for': '192.0.2.1, 203.0.113.7, 10.1.2.3' })).toBe('203.0.113.7')
    expect(from('fd00::1', { 'x-forwarded-for': '2001:db8::7' })).toBe('2001:db8::7')
  })

  it('is whoever is connected where that is no trusted proxy, or says nothing of use', () => {
    expect(from('203.0.113.9', { 'x-forwarded-for': '192.0.2.1' })).toBe('203.0.113.9')
    expect(from('10.0.0.5', {})).toBe('10.0.0.5')
    expect(from('10.0.0.5', { 'x-forwarded-for': 'unknown' })).toBe('10.0.0.5')
  })

  it('came by HTTPS where the proxy says so', () => {
    const secure = (address: string): boolean => behindProxies({ address, secure: false }, { 'x-forwarded-proto': 'https' }, trustedProxies).secure
    expect([secure('10.0.0.5'), secure('203.0.113.9')]).toEqual([true, false])
  })
})

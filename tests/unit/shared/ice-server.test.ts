import { expect, it } from 'vitest'
import { iceServerProblem } from '../../../electron/shared/ice-server'

const problem = (url: string, username = 'ada', hasCredential = true): string | null => iceServerProblem({ url, username }, hasCredential)

it.each([
  'stun:stun.example.org',
  'stun:stun.example.org:3478',
  'stuns:10.0.0.2:5349',
  'stun:[2001:db8::1]:3478',
  'turn:turn.example.org',
  'turn:turn.example.org:3478?transport=udp',
  'turns:[::1]?transport=tcp',
])('%s is an address', (url) => {
  expect(problem(url)).toBeNull()
})

it.each([
  '',
  'stun:',
  'turn:',
  'http://stun.example.org',
  'stun://stun.example.org',
  'STUN:stun.example.org',
  'stun:stun.example.org:0',
  'stun:stun.example.org:65536',
  'stun:stun.example.org?transport=udp',
  'turn:turn.example.org?transport=tls',
  'turn:ada:secret@turn.example.org',
  'turn:turn.example.org,ada,secret',
  'turn:2001:db8::1',
  'turn:turn example.org',
  `stun:${'a'.repeat(600)}`,
])('%s is none', (url) => {
  expect(problem(url)).toBe('ice-server.address-invalid')
})

it('TURN wants to know for whom, STUN does not', () => {
  expect(problem('turn:t', '', true)).toBe('ice-server.user-missing')
  expect(problem('turn:t', 'ada', false)).toBe('ice-server.credential-missing')
  expect(problem('stun:s', '', false)).toBeNull()
})

import { expect, it } from 'vitest'
import { usableIceServers } from '../../../electron/shared/co-anchor-line'

it('of the servers that a room server names are used those that a browser takes, and of each the addresses', () => {
  const turn = { urls: ['turn:t:3478', 'turns:t?transport=tcp'], username: 'u', credential: 'c' }
  expect(
    usableIceServers([
      { urls: ['stun:s', 'stun:', 'https://s'] },
      turn,
      { urls: ['turn:t'] },
      { urls: ['turn:t'], username: 'u' },
      { urls: ['turn:t', 'stun:s:70000'], username: '', credential: 'c' },
      { urls: [''] },
    ]),
  ).toEqual([{ urls: ['stun:s'] }, turn])
  expect(usableIceServers([])).toEqual([])
})

import { expect, it } from 'vitest'
import { isPublic } from '../../../../electron/room-server/team/public-address'

it.each(['8.8.8.8', '172.15.0.1', '172.32.0.1', '100.128.0.1', '192.0.1.1', '2606:4700::1111', '::ffff:8.8.8.8', '64:ff9b::8.8.8.8', '2002:808:808::1'])(
  '%s is public',
  (address) => {
    expect(isPublic(address)).toBe(true)
  },
)

it.each([
  ...[
    '127.0.0.1',
    '127.9.9.9',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '224.0.0.1',
    '255.255.255.255',
  ],
  ...['::', '::1', 'fd00::1', 'fe80::1', 'ff02::1', '::ffff:127.0.0.1', '::ffff:a01:203', 'localhost', ''],
  // By a translator's or a tunnel's prefix.
  ...['64:ff9b::10.0.0.5', '64:ff9b::7f00:1', '64:ff9b::a9fe:a9fe', '64:ff9b:1::1', '2002:a00:1::1', '2002:c0a8:101::1', '::7f00:1'],
])('%s is not', (address) => {
  expect(isPublic(address)).toBe(false)
})

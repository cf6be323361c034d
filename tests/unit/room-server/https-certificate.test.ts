import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keptCertificate } from '../../../electron/room-server/https-certificate'

const NOW_MS = Date.UTC(2026, 10, 26)
const DAY_MS = 24 * 3_600_000
const NAMES = ['localhost', 'desk.local', '127.0.0.1', '192.168.1.5', 'fd00::2']

describe('the certificate of this machine', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'anchordesk-certificate-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('is for all of its names, signed by itself, no authority, and its own alone', async () => {
    const data = join(folder, 'data')
    const { cert } = await keptCertificate(data, NAMES, NOW_MS)
    const certificate = new X509Certificate(cert)
    for (const name of ['localhost', 'desk.local']) expect(certificate.checkHost(name), name).toBe(name)
    for (const name of ['127.0.0.1', '192.168.1.5', 'fd00::2']) expect(certificate.checkIP(name), name).toBe(name)
    expect(certificate.checkHost('evil.example.com')).toBeUndefined()
    expect(certificate.checkIP('192.168.1.6')).toBeUndefined()
    expect(certificate.verify(certificate.publicKey)).toBe(true)
    expect(certificate.ca).toBe(false)
    expect(Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)).toBe(397 * DAY_MS)
    expect(readdirSync(data)).toEqual(['https-certificate.json'])
    expect(statSync(join(data, 'https-certificate.json')).mode & 0o777).toBe(0o600)
  })

  it('stays while it holds, and while names only go', async () => {
    const first = await keptCertificate(folder, NAMES, NOW_MS)
    expect(await keptCertificate(folder, NAMES, NOW_MS + 365 * DAY_MS)).toEqual(first)
    expect(await keptCertificate(folder, ['localhost', '127.0.0.1'], NOW_MS)).toEqual(first)
  })

  it('is another one when a name is new, when it nears its end, and when it cannot be read', async () => {
    const first = await keptCertificate(folder, NAMES, NOW_MS)
    const second = await keptCertificate(folder, [...NAMES, '10.0.0.9'], NOW_MS)
    expect(second).not.toEqual(first)
    const third = await keptCertificate(folder, NAMES, NOW_MS + 367 * DAY_MS)
    expect(third).not.toEqual(second)
    const file = join(folder, 'https-certificate.json')
    for (const broken of ['', '{}', JSON.stringify({ key: 'k', cert: 'c' }), JSON.stringify({ key: first.key, cert: third.cert })]) {
      writeFileSync(file, broken)
      const made = await keptCertificate(folder, NAMES, NOW_MS)
      expect(new X509Certificate(made.cert).checkHost('localhost')).toBe('localhost')
      expect(made.cert).not.toBe(third.cert)
    }
  })
})

import { createPrivateKey, X509Certificate } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { z } from 'zod'

/** PEM. The key is a secret. */
export interface HttpsCertificate {
  readonly key: string
  readonly cert: string
}

const DAY_MS = 24 * 3_600_000
/** Browsers take no longer one, whoever signed it. */
const VALID_DAYS = 397
const RENEWED_BEFORE_DAYS = 30

const keptSchema = z.object({ key: z.string(), cert: z.string() })

/**
 * A certificate that this machine signs itself: browsers warn of it once, and then give its pages the camera, which they withhold over plain HTTP. It is
 * kept where only its user can read it, for as long as it holds: who has accepted it is not asked again.
 * @param names host names and addresses under which the server is reached
 * @throws Error of the disk
 */
export async function keptCertificate(dataDir: string, names: readonly string[], nowMs: number): Promise<HttpsCertificate> {
  const file = join(dataDir, 'https-certificate.json')
  const kept = read(file)
  if (kept !== null && isGood(kept, names, nowMs)) return kept
  const made = await make(names, nowMs)
  mkdirSync(dataDir, { recursive: true })
  // Beside and renamed: a killed process leaves the whole file or none.
  writeFileSync(`${file}.new`, `${JSON.stringify(made)}\n`, { mode: 0o600 })
  chmodSync(`${file}.new`, 0o600)
  renameSync(`${file}.new`, file)
  return made
}

/** Null: there is none, or none that can be read; another one costs no more than a question in the browser. */
function read(file: string): HttpsCertificate | null {
  try {
    const parsed = keptSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')))
    return parsed.success ? parsed.data : null
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

function isGood({ key, cert }: HttpsCertificate, names: readonly string[], nowMs: number): boolean {
  try {
    const certificate = new X509Certificate(cert)
    const covers = (name: string): boolean => (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined
    const endsMs = Date.parse(certificate.validTo)
    return certificate.checkPrivateKey(createPrivateKey(key)) && names.every(covers) && endsMs - nowMs > RENEWED_BEFORE_DAYS * DAY_MS
  } catch (error) {
    // OpenSSL says in many ways that something is no certificate or no key.
    if (error instanceof Error) return false
    throw error
  }
}

async function make(names: readonly string[], nowMs: number): Promise<HttpsCertificate> {
  // Large, and needed once a year.
  const { generate } = await import('selfsigned')
  const made = await generate([{ name: 'commonName', value: 'AnchorDesk' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    // Clocks of two machines differ.
    notBeforeDate: new Date(nowMs - DAY_MS),
    notAfterDate: new Date(nowMs + (VALID_DAYS - 1) * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: names.map((name) => (isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name })) },
    ],
  })
  return { key: made.private, cert: made.cert }
}

import { randomBytes } from 'node:crypto'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { LineMeasurement } from '../shared/checks'
import type { ParsedPushUrl } from '../shared/destination'
import { checkVersion, HANDSHAKE_BLOCK_BYTES, helloBlock, RTMP_VERSION } from '../shared/rtmp/handshake'
import { RtmpProtocolError } from '../shared/rtmp/protocol-error'

type Failure = NonNullable<LineMeasurement['failure']>
export type ProbeResult = Pick<LineMeasurement, 'rttMs' | 'failure'>

/** What Node says of a certificate it does not trust. */
const CERTIFICATE = /^(CERT_|ERR_TLS_CERT|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH)/

/**
 * Says hello to a server and hangs up: TCP, TLS where asked, and the first half of the RTMP handshake. Nothing is published
 * and no key is sent.
 * @param deadlineMs for all of it
 */
export function probeLine({ host, port, tls }: Pick<ParsedPushUrl, 'host' | 'port' | 'tls'>, deadlineMs: number): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const startedAt = performance.now()
    let rttMs: number | null = null
    let received = Buffer.alloc(0)
    const tcp = connectTcp({ host, port })
    const socket: Socket = tls ? connectTls({ socket: tcp, ...(isIP(host) === 0 ? { servername: host } : { host }) }) : tcp
    const done = (failure: Failure | null): void => {
      clearTimeout(deadline)
      socket.destroy()
      tcp.destroy()
      resolve({ rttMs: failure === null ? rttMs : null, failure })
    }
    const deadline = setTimeout(() => done(rttMs === null ? 'unreachable' : 'no-answer'), deadlineMs)
    tcp.once('connect', () => (rttMs = performance.now() - startedAt))
    socket.once(tls ? 'secureConnect' : 'connect', () =>
      socket.write(Buffer.concat([Buffer.of(RTMP_VERSION), helloBlock(0, randomBytes(HANDSHAKE_BLOCK_BYTES - 8))])),
    )
    socket.on('data', (bytes: Buffer) => {
      received = Buffer.concat([received, bytes])
      try {
        checkVersion(received[0] ?? RTMP_VERSION)
      } catch (error) {
        if (!(error instanceof RtmpProtocolError)) throw error
        done('not-rtmp')
        return
      }
      if (received.length > HANDSHAKE_BLOCK_BYTES) done(null)
    })
    const failed = (error: NodeJS.ErrnoException): void => done(failureOf(error, rttMs !== null, tls))
    tcp.on('error', failed)
    if (socket !== tcp) socket.on('error', failed)
    socket.once('close', () => done(rttMs === null ? 'unreachable' : 'not-rtmp'))
  })
}

function failureOf(error: NodeJS.ErrnoException, connected: boolean, tls: boolean): Failure {
  if (!connected) return 'unreachable'
  if (!tls) return 'not-rtmp'
  // Without a certificate's own code, the other side does not speak TLS at all.
  return CERTIFICATE.test(error.code ?? '') ? 'certificate' : 'not-rtmp'
}

import { describe, expect, it } from 'vitest'
import { connectionError, statusError } from '../../../electron/publisher/rtmp/errors'
import { isPermanent } from '../../../electron/shared/errors'
import { errorInfoSchema } from '../../../electron/shared/stage'

const where = { host: 'host', port: 443, phase: 'connecting' }
const failed = (code: string): ReturnType<typeof connectionError> => connectionError(Object.assign(new Error(code), { code }), where)
const status = (code: string, publishing = false): ReturnType<typeof statusError> =>
  statusError({ level: 'error', code, description: 'secret-key' }, publishing)

describe('a fault of the connection', () => {
  it.each(['CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'ERR_TLS_CERT_ALTNAME_INVALID'])(
    '%s is about the certificate, and final',
    (code) => {
      expect(failed(code)).toEqual({ code: 'publish.tls', context: { reason: code } })
      expect(isPermanent(failed(code))).toBe(true)
    },
  )

  it.each(['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR', 'ERR_TLS_HANDSHAKE_TIMEOUT', 'ECONNRESET', 'EPIPE', ''])(
    '%j may pass',
    (code) => {
      expect(isPermanent(failed(code))).toBe(false)
    },
  )
})

describe('a status of the server', () => {
  it('that refuses is final before the show and no reason to give up in the middle of it', () => {
    for (const code of ['NetStream.Publish.Denied', 'NetConnection.Connect.Rejected', 'NetConnection.Connect.InvalidApp']) {
      expect(status(code)).toEqual({ code: 'publish.denied', context: { reason: code } })
      expect(isPermanent(status(code, true)), code).toBe(false)
    }
  })

  it('that nobody knows is tried again', () => {
    for (const code of ['NetStream.Record.NoAccess', 'NetStream.Failed', 'NetConnection.Call.Failed', 'Vendor.Busy', ''])
      expect(isPermanent(status(code)), code).toBe(false)
    expect(status('NetStream.Publish.BadName').code).toBe('publish.bad-name')
  })

  it('is cut when it is long, and never repeats the description', () => {
    const told = status('x'.repeat(5_000))
    expect(errorInfoSchema.safeParse(told).success).toBe(true)
    expect(String(told.context['reason'])).toHaveLength(64)
    expect(JSON.stringify(status('NetStream.Publish.Denied'))).not.toContain('secret-key')
  })
})

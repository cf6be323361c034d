import { describe, expect, it } from 'vitest'
import { signTc3 } from '../../../../electron/room-server/cloud/tc3'

/**
 * The worked example of Tencent's document on signature v3 (CVM, DescribeInstances). Its hash of the canonical request (5ffe6a04…) and its signature were
 * computed once more from the document's rules with Python's hmac and hashlib.
 */
const EXAMPLE = {
  secretId: 'AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE',
  secretKey: 'Gu5t9xGARNpq86cd98joQYCN3EXAMPLE',
  service: 'cvm',
  host: 'cvm.tencentcloudapi.com',
  contentType: 'application/json; charset=utf-8',
  payload: String.raw`{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}`,
  timestampSec: 1_551_113_065,
}

describe('signature v3', () => {
  it('is that of Tencent’s own example', () => {
    expect(signTc3(EXAMPLE)).toBe(
      'TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, SignedHeaders=content-type;host, Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168',
    )
  })

  it('has the day of UTC, and is another one for any other byte', () => {
    // In Beijing this is the next day already.
    expect(signTc3({ ...EXAMPLE, timestampSec: 1_551_139_199 })).toContain('/2019-02-25/')
    const signatures = [
      {},
      { payload: '{}' },
      { timestampSec: EXAMPLE.timestampSec + 1 },
      { host: 'trtc.tencentcloudapi.com' },
      { secretKey: 'x' },
      { service: 'trtc' },
    ]
    expect(new Set(signatures.map((change) => signTc3({ ...EXAMPLE, ...change }))).size).toBe(signatures.length)
  })
})

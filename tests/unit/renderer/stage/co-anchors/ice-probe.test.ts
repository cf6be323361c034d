import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { IceProbeResult } from '../../../../../electron/shared/ice-server'
import { probeIceServer } from '../../../../../renderer/stage/co-anchors/ice-probe'

interface Candidate {
  readonly type: string
  readonly protocol: string
  readonly address: string | null
  readonly port: number | null
}

class FakePeer {
  static last: FakePeer
  static refuses = false
  onicecandidate: ((event: { candidate: Candidate | null }) => void) | null = null
  onicecandidateerror: ((event: { errorCode: number; errorText: string }) => void) | null = null
  closed = false
  constructor(readonly config: RTCConfiguration) {
    if (FakePeer.refuses) throw new SyntaxError('turn:user@host')
    FakePeer.last = this
  }
  createDataChannel(): void {
    return
  }
  setLocalDescription(): Promise<void> {
    return Promise.resolve()
  }
  close(): void {
    this.closed = true
  }
}

const STUN = { urls: ['stun:stun.example.org'] }
const TURN = { urls: ['turn:turn.example.org'], username: 'ada', credential: 'secret' }
const LOOKUP = [701, 'STUN host lookup received error.'] as const
const TIMEOUT = [701, 'STUN binding request timed out.'] as const

beforeEach(() => {
  vi.useFakeTimers()
  FakePeer.refuses = false
  vi.stubGlobal('RTCPeerConnection', FakePeer)
})
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function candidate(type: string, address: string | null = '192.0.2.1', protocol = 'udp'): void {
  FakePeer.last.onicecandidate?.({ candidate: { type, protocol, address, port: 4_000 } })
}
const gathered = (): void => FakePeer.last.onicecandidate?.({ candidate: null })
const failed = (errorCode: number, errorText: string): void => FakePeer.last.onicecandidateerror?.({ errorCode, errorText })

async function tested(server: typeof STUN | typeof TURN, happens: () => void | Promise<void>): Promise<IceProbeResult> {
  const test = probeIceServer(server)
  await happens()
  const result = await test
  const { closed, onicecandidate } = FakePeer.last
  expect({ closed, onicecandidate }, 'nothing of it goes on').toEqual({ closed: true, onicecandidate: null })
  return result
}

describe('a test of a STUN server', () => {
  it('tells the address that others see, and how long that took from the first socket on', async () => {
    const result = await tested(STUN, async () => {
      await vi.advanceTimersByTimeAsync(300)
      candidate('host')
      await vi.advanceTimersByTimeAsync(24)
      candidate('srflx', '203.0.113.7')
    })
    expect(result).toEqual({ outcome: 'reachable', address: '203.0.113.7:4000', ms: 24 })
    expect(FakePeer.last.config).toEqual({ iceServers: [STUN], iceTransportPolicy: 'all' })
  })

  it('writes an address of IPv6 as one', async () => {
    expect(await tested(STUN, () => candidate('srflx', '2001:db8::7'))).toMatchObject({ address: '[2001:db8::7]:4000' })
  })

  it('takes for an answer that there is no new address, and not that there was no socket', async () => {
    const all = (): void => {
      candidate('host')
      candidate('host', null)
      failed(...LOOKUP)
      gathered()
    }
    expect(await tested(STUN, all), 'one of two was answered').toMatchObject({ outcome: 'reachable', address: null })
    expect(await tested(STUN, gathered)).toEqual({ outcome: 'no-answer' })
    const tcp = (): void => {
      candidate('host', '192.0.2.1', 'tcp')
      gathered()
    }
    expect(await tested(STUN, tcp)).toEqual({ outcome: 'no-answer' })
  })

  it.each([
    [[LOOKUP, LOOKUP], 'unknown-host'],
    [[LOOKUP, TIMEOUT], 'no-answer'],
  ] as const)('says why nobody was reached: %j', async (errors, outcome) => {
    const happens = (): void => {
      for (const error of errors) {
        candidate('host')
        failed(error[0], error[1])
      }
      gathered()
    }
    expect(await tested(STUN, happens)).toEqual({ outcome })
  })

  it('waits for five seconds', async () => {
    const happens = async (): Promise<void> => {
      candidate('host')
      failed(...LOOKUP)
      await vi.advanceTimersByTimeAsync(5_000)
    }
    expect(await tested(STUN, happens)).toEqual({ outcome: 'no-answer' })
  })
})

describe('a test of a TURN server', () => {
  it('is passed when it gives an address, and asks for no other', async () => {
    const happens = (): void => {
      failed(...TIMEOUT)
      candidate('relay', '198.51.100.9')
    }
    expect(await tested(TURN, happens)).toMatchObject({ outcome: 'reachable', address: '198.51.100.9:4000' })
    expect(FakePeer.last.config).toEqual({ iceServers: [TURN], iceTransportPolicy: 'relay' })
  })

  it('ends at once where the credentials are not taken, and at last where it refuses otherwise', async () => {
    expect(await tested(TURN, () => failed(401, 'Unauthorized'))).toEqual({ outcome: 'refused', code: 401 })
    const full = async (): Promise<void> => {
      failed(486, 'Allocation Quota Reached')
      await vi.advanceTimersByTimeAsync(5_000)
    }
    expect(await tested(TURN, full)).toEqual({ outcome: 'refused', code: 486 })
  })

  it('says when its name is unknown, and when nobody answered', async () => {
    const unknown = (): void => {
      failed(701, 'TURN host lookup received error.')
      gathered()
    }
    expect(await tested(TURN, unknown)).toEqual({ outcome: 'unknown-host' })
    expect(await tested(TURN, gathered)).toEqual({ outcome: 'no-answer' })
  })
})

it('what the browser does not take is an error', async () => {
  FakePeer.refuses = true
  await expect(probeIceServer(STUN)).rejects.toThrow(SyntaxError)
})

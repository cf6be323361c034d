import type { IceServer } from '../../../electron/shared/co-anchor-line'
import { ICE_PROBE_MS, isTurn, type IceProbeResult } from '../../../electron/shared/ice-server'

/** Chromium's own code: no answer, no address for the name, or no way there. */
const UNREACHED = 701
const UNAUTHORISED = 401

/**
 * Asks one STUN or TURN server for an address, as a call with a co-anchor would. The connection is this test's own, and goes nowhere.
 * @throws DOMException the browser does not take the server
 */
export async function probeIceServer(server: IceServer): Promise<IceProbeResult> {
  const relayed = server.urls.every(isTurn)
  const { urls, username, credential } = server
  const peer = new RTCPeerConnection({
    iceServers: [{ urls, ...(username === undefined ? {} : { username }), ...(credential === undefined ? {} : { credential }) }],
    iceTransportPolicy: relayed ? 'relay' : 'all',
  })
  const { promise, resolve } = deferred<IceProbeResult>()
  let refusal: IceProbeResult | null = null
  let askedAtMs: number | null = null
  let sockets = 0
  /** Why sockets came to nothing, in Chromium's words. */
  const unreached: string[] = []
  const startedAtMs = performance.now()
  const elapsedMs = (): number => Math.round(performance.now() - (askedAtMs ?? startedAtMs))
  /** All have answered or failed, and nobody gave a new address. */
  const gathered = (): IceProbeResult => {
    // What a server tells that is the socket's own address is not told again.
    if (!relayed && sockets > unreached.length) return { outcome: 'reachable', address: null, ms: elapsedMs() }
    return { outcome: unreached.length > 0 && unreached.every((text) => /lookup/i.test(text)) ? 'unknown-host' : 'no-answer' }
  }

  peer.onicecandidateerror = ({ errorCode, errorText }) => {
    if (errorCode === UNREACHED) unreached.push(errorText)
    else refusal = { outcome: 'refused', code: errorCode }
    // Another network of this machine would be told the same.
    if (refusal !== null && errorCode === UNAUTHORISED) resolve(refusal)
  }
  peer.onicecandidate = ({ candidate }) => {
    if (candidate === null) resolve(refusal ?? gathered())
    else if (candidate.type === 'host' && candidate.protocol === 'udp') {
      sockets += 1
      // The server is asked as soon as there is a socket.
      askedAtMs ??= performance.now()
    } else if (candidate.type === (relayed ? 'relay' : 'srflx')) resolve({ outcome: 'reachable', address: placeOf(candidate), ms: elapsedMs() })
  }
  const deadline = setTimeout(() => resolve(refusal ?? { outcome: 'no-answer' }), ICE_PROBE_MS)

  try {
    // Without something to carry nothing is gathered.
    peer.createDataChannel('')
    await peer.setLocalDescription()
    return await promise
  } finally {
    clearTimeout(deadline)
    peer.onicecandidate = null
    peer.onicecandidateerror = null
    peer.close()
  }
}

function placeOf({ address, port }: RTCIceCandidate): string | null {
  if (address === null || port === null) return null
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined
  const promise = new Promise<T>((done) => (resolve = done))
  return { promise, resolve }
}

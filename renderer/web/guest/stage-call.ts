import { usableIceServers, type IceServer, type Signal, type Wish } from '../../../electron/shared/co-anchor-line'
import { picturePlan } from '../../../electron/shared/picture-plan'

/** Cut off for so long, it is called anew, milliseconds. */
const DISCONNECTED_MS = 3_000
/** Not connected for so long, the call is given up. */
const CONNECT_MS = 10_000

export interface CallHandlers {
  /** @returns false: it was not sent, the line is away */
  send(call: string, signal: Signal): boolean
  onConnected(): void
  /** This call is over. @param answered false: nothing came back at all, the line may be the cause */
  onFailed(answered: boolean): void
}

export interface CallOptions {
  readonly iceServers: readonly IceServer[]
  readonly audio: MediaStreamTrack | null
  readonly video: MediaStreamTrack | null
  readonly wish: Wish
  readonly handlers: CallHandlers
  /** Other ones in tests. */
  readonly makePeer?: (config: RTCConfiguration) => RTCPeerConnection
  readonly makeId?: () => string
}

/** One call of the page to the stage: own picture and sound there, the program and its sound back. Owns its connection and its timer. */
export class StageCall {
  readonly id: string
  /** What comes back. */
  readonly program: MediaStream
  readonly #handlers: CallHandlers
  readonly #peer: RTCPeerConnection
  readonly #audio: RTCRtpTransceiver
  readonly #video: RTCRtpTransceiver
  #wish: Wish
  #waiting: RTCIceCandidateInit[] = []
  #answered = false
  #over = false
  #timer: ReturnType<typeof setTimeout> | null = null

  constructor({
    iceServers,
    audio,
    video,
    wish,
    handlers,
    makePeer = (config) => new RTCPeerConnection(config),
    makeId = () => crypto.randomUUID(),
  }: CallOptions) {
    this.id = makeId()
    this.#handlers = handlers
    this.#wish = wish
    const peer = makePeer({ iceServers: usableIceServers(iceServers), bundlePolicy: 'max-bundle' })
    this.#peer = peer
    const mine = new MediaStream()
    this.#audio = peer.addTransceiver(audio ?? 'audio', { direction: 'sendrecv', streams: [mine] })
    this.#video = peer.addTransceiver(video ?? 'video', {
      direction: 'sendrecv',
      streams: [mine],
      sendEncodings: [picturePlan(wish, heightOf(video))],
    })
    this.program = new MediaStream([this.#audio.receiver.track, this.#video.receiver.track])
    peer.addEventListener('icecandidate', ({ candidate }) => this.#tellCandidate(candidate))
    peer.addEventListener('connectionstatechange', () => this.#look())
  }

  /** Never rejects: whatever goes wrong ends the call. */
  async start(): Promise<void> {
    this.#failIn(CONNECT_MS)
    try {
      await this.#peer.setLocalDescription(await this.#peer.createOffer())
      const sdp = this.#peer.localDescription?.sdp ?? ''
      if (this.#over) return
      if (!this.#handlers.send(this.id, { description: { type: 'offer', sdp } })) this.#fail()
    } catch (error) {
      this.#failBecauseOf(error)
    }
  }

  /** A signal of the stage; one of another call is not for this one. Never rejects. */
  async take(call: string, signal: Signal): Promise<void> {
    if (call !== this.id || this.#over) return
    try {
      if ('description' in signal) await this.#takeAnswer(signal.description)
      else if (signal.candidate !== null) await this.#takeCandidate(signal.candidate)
    } catch (error) {
      this.#failBecauseOf(error)
    }
  }

  /** Another device, or none, without a new call. */
  async replace(kind: 'audio' | 'video', track: MediaStreamTrack | null): Promise<void> {
    if (this.#over) return
    await (kind === 'audio' ? this.#audio : this.#video).sender.replaceTrack(track)
    if (kind === 'video') await this.apply(this.#wish)
  }

  /** What the stage has a use for from now on. */
  async apply(wish: Wish): Promise<void> {
    this.#wish = wish
    if (this.#over) return
    const { sender } = this.#video
    const parameters = sender.getParameters()
    const plan = picturePlan(wish, heightOf(sender.track))
    for (const encoding of parameters.encodings) Object.assign(encoding, plan)
    try {
      await sender.setParameters(parameters)
    } catch (error) {
      // Crossed with another change, or closed meanwhile; the next wish or camera says it again.
      if (!(error instanceof DOMException)) throw error
    }
  }

  stats(): Promise<RTCStatsReport> {
    return this.#peer.getStats()
  }

  close(): void {
    this.#over = true
    this.#stopTimer()
    this.#peer.close()
  }

  async #takeAnswer({ type, sdp }: RTCSessionDescriptionInit): Promise<void> {
    if (type !== 'answer' || this.#peer.signalingState !== 'have-local-offer') return
    this.#answered = true
    await this.#peer.setRemoteDescription({ type, ...(sdp === undefined ? {} : { sdp }) })
    const waiting = this.#waiting
    this.#waiting = []
    for (const candidate of waiting) await this.#addCandidate(candidate)
  }

  async #takeCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    if (this.#peer.remoteDescription === null) this.#waiting.push(candidate)
    else await this.#addCandidate(candidate)
  }

  async #addCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    try {
      await this.#peer.addIceCandidate(candidate)
    } catch (error) {
      // One way less; the others may do.
      if (!(error instanceof DOMException || error instanceof TypeError)) throw error
    }
  }

  #tellCandidate(candidate: RTCIceCandidate | null): void {
    if (this.#over) return
    if (candidate === null) {
      this.#handlers.send(this.id, { candidate: null })
      return
    }
    const { sdpMid, sdpMLineIndex, usernameFragment } = candidate
    // Some browsers end with an empty one, which means the same as none.
    if (candidate.candidate === '') return
    this.#handlers.send(this.id, { candidate: { candidate: candidate.candidate, sdpMid, sdpMLineIndex, usernameFragment } })
  }

  #look(): void {
    if (this.#over) return
    const { connectionState } = this.#peer
    if (connectionState === 'connected') {
      this.#stopTimer()
      this.#handlers.onConnected()
    } else if (connectionState === 'disconnected') this.#failIn(DISCONNECTED_MS)
    else if (connectionState === 'failed') this.#fail()
  }

  #failIn(ms: number): void {
    this.#stopTimer()
    this.#timer = setTimeout(() => this.#fail(), ms)
  }

  #failBecauseOf(error: unknown): void {
    // What WebRTC says of a description or a candidate that it does not take, or of a connection that was closed meanwhile.
    if (!(error instanceof DOMException || error instanceof TypeError)) throw error
    this.#fail()
  }

  #fail(): void {
    if (this.#over) return
    this.close()
    this.#handlers.onFailed(this.#answered)
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}

function heightOf(track: MediaStreamTrack | null): number {
  return track?.getSettings().height ?? 0
}

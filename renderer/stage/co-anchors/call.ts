import { signalSchema, usableIceServers, type IceServer, type Signal, type Wish } from '../../../electron/shared/co-anchor-line'
import { picturePlan } from '../../../electron/shared/picture-plan'

const MAX_MEDIA = 2

export interface CallOptions {
  /** The co-anchor's name of this connection. */
  readonly id: string
  readonly iceServers: readonly IceServer[]
  /** What goes back: the program's picture, and the sound of everybody else. */
  readonly picture: MediaStreamTrack
  readonly sound: MediaStreamTrack
  /** How much of the picture is sent until the other side says more or less; null = all of it, whatever is said. */
  readonly wish: Wish | null
  onSignal(signal: Signal): void
  onTrack(track: MediaStreamTrack): void
  onState(state: RTCPeerConnectionState): void
  log(message: string): void
}

export interface LineReading {
  /** There and back, milliseconds; null = not known. */
  readonly rttMs: number | null
  /** Share of the packets that did not come since the last reading; null = none were due. */
  readonly loss: number | null
}

/**
 * One connection to one co-anchor, who made the offer; to another room the offer is made here. Owns the peer connection; the tracks that go out are the
 * caller's.
 */
export class Call {
  readonly id: string
  readonly #options: CallOptions
  readonly #peer: RTCPeerConnection
  /** Signals follow one another: a candidate that comes before its offer was taken in would be refused. */
  #turn: Promise<void> = Promise.resolve()
  #received = 0
  #lost = 0
  #wish: Wish | null
  /** Of the picture when it was last fitted to the wish, pixels. */
  #height = 0
  #closed = false

  /** @throws DOMException: the browser makes no connection like this */
  constructor(options: CallOptions) {
    this.id = options.id
    this.#options = options
    this.#wish = options.wish
    this.#peer = new RTCPeerConnection({ iceServers: usableIceServers(options.iceServers) })
    this.#peer.onicecandidate = ({ candidate }) => {
      if (candidate === null) this.#tell({ candidate: null })
      else {
        const { candidate: text, sdpMid, sdpMLineIndex, usernameFragment } = candidate
        this.#tell({ candidate: { candidate: text, sdpMid, sdpMLineIndex, usernameFragment } })
      }
    }
    this.#peer.ontrack = ({ track }) => options.onTrack(track)
    this.#peer.onconnectionstatechange = () => options.onState(this.#peer.connectionState)
  }

  get state(): RTCPeerConnectionState {
    return this.#peer.connectionState
  }

  /** Makes the offer. */
  offer(): void {
    this.#turn = this.#turn.then(async () => {
      if (this.#closed) return
      const stream = new MediaStream()
      for (const track of [this.#options.sound, this.#options.picture]) this.#peer.addTransceiver(track, { direction: 'sendrecv', streams: [stream] })
      await this.#peer.setLocalDescription()
      const { localDescription } = this.#peer
      if (localDescription !== null) this.#tell({ description: { type: 'offer', sdp: localDescription.sdp } })
      await this.#fit()
    })
  }

  /** What the other side has a use for from now on. */
  wish(wish: Wish): void {
    if (this.#wish === null) return
    this.#wish = wish
    this.#turn = this.#turn.then(() => this.#fit())
  }

  take(signal: Signal): void {
    this.#turn = this.#turn.then(async () => {
      if (this.#closed) return
      try {
        await this.#take(signal)
      } catch (error) {
        // What a co-anchor's page sent does not fit: it calls again when nothing comes of this.
        this.#options.log(`a signal of ${this.#options.id} was not taken: ${error instanceof Error ? error.message : String(error)}`)
      }
    })
  }

  async reading(): Promise<LineReading> {
    let rttMs: number | null = null
    let [received, lost] = [0, 0]
    // A scene changes its size with the layout.
    if (this.#heightNow() !== this.#height) this.#turn = this.#turn.then(() => this.#fit())
    const stats = await this.#peer.getStats()
    stats.forEach((entry: RTCStats & Record<string, unknown>) => {
      if (entry.type === 'candidate-pair' && entry['nominated'] === true && typeof entry['currentRoundTripTime'] === 'number')
        rttMs = Math.round(entry['currentRoundTripTime'] * 1_000)
      if (entry.type === 'inbound-rtp') {
        received += Number(entry['packetsReceived'] ?? 0)
        lost += Number(entry['packetsLost'] ?? 0)
      }
    })
    const due = received - this.#received + lost - this.#lost
    const loss = due > 0 ? Math.min(1, Math.max(0, (lost - this.#lost) / due)) : null
    this.#received = received
    this.#lost = lost
    return { rttMs, loss }
  }

  close(): void {
    this.#closed = true
    this.#peer.onconnectionstatechange = null
    this.#peer.onicecandidate = null
    this.#peer.ontrack = null
    this.#peer.close()
  }

  /** What the room server would not take ends the whole line, not this call alone. */
  #tell(signal: Signal): void {
    if (signalSchema.safeParse(signal).success) this.#options.onSignal(signal)
    else this.#options.log(`a signal of ${this.#options.id} is too large to be sent`)
  }

  #heightNow(): number {
    return this.#wish === null ? 0 : (this.#options.picture.getSettings().height ?? 0)
  }

  /** Before there is a description there is no encoding to be fitted. */
  async #fit(): Promise<void> {
    const sender = this.#peer.getSenders().find(({ track }) => track === this.#options.picture)
    if (this.#wish === null || this.#closed || sender === undefined) return
    const parameters = sender.getParameters()
    this.#height = this.#heightNow()
    const plan = picturePlan(this.#wish, this.#height)
    for (const encoding of parameters.encodings) Object.assign(encoding, plan)
    try {
      await sender.setParameters(parameters)
    } catch (error) {
      // Closed meanwhile, or described anew: it is fitted again then.
      if (!(error instanceof DOMException)) throw error
    }
  }

  async #take(signal: Signal): Promise<void> {
    if ('candidate' in signal) {
      // A null candidate ends them; the empty one says the same to older browsers.
      await this.#peer.addIceCandidate(signal.candidate ?? undefined)
      return
    }
    // One picture and one sound; more would be work that nobody asked for.
    if ((signal.description.sdp.match(/^m=/gm) ?? []).length > MAX_MEDIA) throw new Error('too many media')
    await this.#peer.setRemoteDescription(signal.description)
    if (signal.description.type === 'answer') return
    for (const transceiver of this.#peer.getTransceivers()) {
      transceiver.direction = 'sendrecv'
      await transceiver.sender.replaceTrack(transceiver.receiver.track.kind === 'video' ? this.#options.picture : this.#options.sound)
    }
    await this.#peer.setLocalDescription()
    const { localDescription } = this.#peer
    if (localDescription !== null) this.#tell({ description: { type: 'answer', sdp: localDescription.sdp } })
    await this.#fit()
  }
}

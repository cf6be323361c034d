/** A track as far as the page looks at it. */
export class FakeTrack extends EventTarget {
  readonly kind: 'audio' | 'video'
  readonly label: string
  readonly #deviceId: string
  height = 360
  enabled = true
  contentHint = ''
  readyState: 'live' | 'ended' = 'live'

  constructor(kind: 'audio' | 'video', deviceId = `${kind}-1`) {
    super()
    this.kind = kind
    this.#deviceId = deviceId
    this.label = `Device ${deviceId}`
  }

  getSettings(): { deviceId: string; height: number } {
    return { deviceId: this.#deviceId, height: this.height }
  }

  async applyConstraints(): Promise<void> {
    return undefined
  }

  stop(): void {
    this.readyState = 'ended'
  }

  /** Its device is gone. */
  end(): void {
    this.readyState = 'ended'
    this.dispatchEvent(new Event('ended'))
  }

  get asTrack(): MediaStreamTrack {
    return this as unknown as MediaStreamTrack
  }
}

class FakeSender {
  track: FakeTrack | null
  parameters: { encodings: object[] }

  constructor(track: FakeTrack | null, encodings: readonly object[]) {
    this.track = track
    this.parameters = { encodings: encodings.map((one) => ({ ...one })) }
  }

  async replaceTrack(track: FakeTrack | null): Promise<void> {
    this.track = track
  }

  getParameters(): { encodings: object[] } {
    return this.parameters
  }

  async setParameters(parameters: { encodings: object[] }): Promise<void> {
    this.parameters = parameters
  }
}

/** A connection that does what it is told. */
export class FakePeer extends EventTarget {
  readonly config: RTCConfiguration
  readonly transceivers: { kind: string; direction: string; sender: FakeSender; receiver: { track: FakeTrack } }[] = []
  readonly candidates: unknown[] = []
  connectionState = 'new'
  signalingState = 'stable'
  localDescription: { sdp: string } | null = null
  remoteDescription: unknown = null
  refuse: DOMException | null = null
  closed = false

  constructor(config: RTCConfiguration = {}) {
    super()
    this.config = config
  }

  addTransceiver(what: string | FakeTrack, { direction, sendEncodings = [] }: { direction: string; sendEncodings?: readonly object[] }): unknown {
    const kind = typeof what === 'string' ? (what as 'audio' | 'video') : what.kind
    const transceiver = {
      kind,
      direction,
      sender: new FakeSender(typeof what === 'string' ? null : what, sendEncodings),
      receiver: { track: new FakeTrack(kind, 'remote') },
    }
    this.transceivers.push(transceiver)
    return transceiver
  }

  async createOffer(): Promise<{ type: 'offer'; sdp: string }> {
    return { type: 'offer', sdp: 'offer' }
  }

  async setLocalDescription(description: { sdp: string }): Promise<void> {
    this.localDescription = description
    this.signalingState = 'have-local-offer'
  }

  async setRemoteDescription(description: unknown): Promise<void> {
    if (this.refuse !== null) throw this.refuse
    this.remoteDescription = description
    this.signalingState = 'stable'
  }

  async addIceCandidate(candidate: unknown): Promise<void> {
    if (this.refuse !== null) throw this.refuse
    this.candidates.push(candidate)
  }

  become(state: string): void {
    this.connectionState = state
    this.dispatchEvent(new Event('connectionstatechange'))
  }

  close(): void {
    this.closed = true
  }

  get asPeer(): RTCPeerConnection {
    return this as unknown as RTCPeerConnection
  }
}

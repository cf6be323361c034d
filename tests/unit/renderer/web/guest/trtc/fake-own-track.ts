/** An own track, and the copies that were made of it. */
export class FakeTrack {
  static made = 0
  readonly id: string
  enabled = true
  stopped = false
  readonly copies: FakeTrack[] = []

  constructor() {
    FakeTrack.made += 1
    this.id = `track-${FakeTrack.made}`
  }

  clone(): FakeTrack {
    const copy = new FakeTrack()
    this.copies.push(copy)
    return copy
  }

  async applyConstraints(): Promise<void> {
    return undefined
  }

  stop(): void {
    this.stopped = true
  }
}

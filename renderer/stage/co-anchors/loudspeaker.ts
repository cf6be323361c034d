/**
 * Plays one co-anchor's sound to the anchor, or plays it muted: Chromium decodes the sound of a call only while an element plays it. Owns the
 * element.
 */
export class Loudspeaker {
  readonly #element = new Audio()
  readonly #log: (message: string) => void

  constructor(log: (message: string) => void) {
    this.#log = log
    this.#element.muted = true
  }

  play(track: MediaStreamTrack): void {
    this.#element.srcObject = new MediaStream([track])
    this.#element.play().catch((error: unknown) => {
      // A newer track ended the wait of this one.
      if (!(error instanceof DOMException) || error.name !== 'AbortError') this.#log(`a co-anchor's sound is not played: ${String(error)}`)
    })
  }

  setHeard(heard: boolean): void {
    this.#element.muted = !heard
  }

  close(): void {
    this.#element.pause()
    this.#element.srcObject = null
  }
}

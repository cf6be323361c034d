/**
 * Puts every program's own clock onto one output clock that never stops and never goes back: programs of a restarted
 * stage and the slate follow each other on it without the server noticing. Pure; microseconds throughout.
 */
export class OutputClock {
  #programId: string | null = null
  #offsetUs = 0
  /** output − wall clock, so that the output time of "now" is known while no program runs. */
  #skewUs: number | null = null
  #lastUs = { video: -1, audio: -1 }

  /** Output time of a program's chunk; null for one that would go back in time (it is to be dropped). */
  map(programId: string, track: 'video' | 'audio', timestampUs: number, wallUs: number): number | null {
    if (programId !== this.#programId) {
      const begin = Math.max(this.nowUs(wallUs), this.#lastUs.video + 1_000, this.#lastUs.audio + 1_000)
      this.#programId = programId
      this.#offsetUs = begin - timestampUs
    }
    const outUs = timestampUs + this.#offsetUs
    if (track === 'video') this.#skewUs = outUs - wallUs
    return this.#take(track, outUs)
  }

  /** Output time of "now". */
  nowUs(wallUs: number): number {
    if (this.#skewUs === null) this.#skewUs = -wallUs
    return wallUs + this.#skewUs
  }

  /** Claims an output time for the slate; null if it would go back. */
  claim(track: 'video' | 'audio', outUs: number): number | null {
    return this.#take(track, outUs)
  }

  #take(track: 'video' | 'audio', outUs: number): number | null {
    // Milliseconds are what RTMP carries: two frames of a track never share one.
    if (Math.round(outUs / 1_000) <= Math.round(this.#lastUs[track] / 1_000)) return null
    this.#lastUs[track] = outUs
    return outUs
  }
}

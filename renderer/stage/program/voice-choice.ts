/** Below this mean power nobody speaks: −45 dBFS. */
const QUIET = 10 ** (-45 / 10)
/** Another has to be louder than who speaks by 6 dB … */
const LOUDER = 4
/** … for so long, microseconds. */
const FOR_US = 800_000
/** Whoever has come to speak stays so long at least. */
const HOLD_US = 2_000_000
/** The power is averaged over about so long. */
const SMOOTH_US = 300_000

/** Who speaks, of several voices. Calm: a cough changes nothing. Pure: time is handed in. */
export class VoiceChoice {
  readonly #powers = new Map<string, number>()
  #speaker: string | null = null
  #since = -HOLD_US
  #rival: { readonly id: string; readonly sinceUs: number } | null = null
  #lastUs: number | null = null

  /** @param powers mean power of each voice in this block @returns who speaks; null = nobody has yet */
  hear(powers: ReadonlyMap<string, number>, nowUs: number): string | null {
    const keep = this.#lastUs === null ? 0 : Math.exp(-(nowUs - this.#lastUs) / SMOOTH_US)
    this.#lastUs = nowUs
    for (const id of [...this.#powers.keys()]) if (!powers.has(id)) this.#powers.delete(id)
    for (const [id, power] of powers) this.#powers.set(id, (this.#powers.get(id) ?? 0) * keep + power * (1 - keep))
    if (this.#speaker !== null && !powers.has(this.#speaker)) this.#speaker = null
    const [loudest, power] = [...this.#powers].reduce<readonly [string | null, number]>((most, one) => (one[1] > most[1] ? one : most), [null, QUIET])
    const now = this.#speaker === null ? 0 : (this.#powers.get(this.#speaker) ?? 0)
    if (loudest === null || loudest === this.#speaker || power < now * LOUDER) {
      this.#rival = null
      return this.#speaker
    }
    if (this.#rival?.id !== loudest) this.#rival = { id: loudest, sinceUs: nowUs }
    if (nowUs - this.#rival.sinceUs >= FOR_US && nowUs - this.#since >= HOLD_US) {
      this.#speaker = loudest
      this.#since = nowUs
      this.#rival = null
    }
    return this.#speaker
  }
}

/**
 * What was sent and what the server acknowledged. The counter on the wire has 32 bits and wraps each 4 GiB (93 minutes
 * at 6.16 Mbit/s); here it goes on. Pure; bytes and milliseconds.
 */
export class AckLedger {
  #sent = 0
  #acked = 0
  #lastSequence: number | null = null
  #marks: { bytes: number; atMs: number }[] = []
  #ackDelayMs: number | null = null

  /** Bytes since the handshake. */
  get sentBytes(): number {
    return this.#sent
  }

  /** null until the first acknowledgement. */
  get ackedBytes(): number | null {
    return this.#lastSequence === null ? null : this.#acked
  }

  get unackedBytes(): number | null {
    return this.#lastSequence === null ? null : Math.max(0, this.#sent - this.#acked)
  }

  /** From handing bytes to the socket until their acknowledgement was here: round trip and every buffer between. */
  get ackDelayMs(): number | null {
    return this.#ackDelayMs
  }

  sent(bytes: number, nowMs: number): void {
    this.#sent += bytes
    const last = this.#marks.at(-1)
    if (last === undefined || nowMs - last.atMs >= 20) this.#marks.push({ bytes: this.#sent, atMs: nowMs })
    else last.bytes = this.#sent
    if (this.#marks.length > 1_000) this.#marks.shift()
  }

  acknowledged(sequence: number, nowMs: number): void {
    const advance = this.#lastSequence === null ? sequence : (sequence - this.#lastSequence) >>> 0
    // More than half the ring is a step back: a server that starts anew or counts wrongly.
    if (advance > 0x7fffffff) return
    this.#lastSequence = sequence
    // Servers that count the handshake are 3,073 bytes ahead: never more than was sent.
    this.#acked = Math.min(this.#acked + advance, this.#sent)
    let mark: { bytes: number; atMs: number } | undefined
    while (this.#marks[0] !== undefined && this.#marks[0].bytes <= this.#acked) mark = this.#marks.shift()
    if (mark !== undefined) this.#ackDelayMs = nowMs - mark.atMs
  }
}

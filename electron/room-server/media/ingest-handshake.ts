import { randomBytes } from 'node:crypto'
import { checkVersion, HANDSHAKE_BLOCK_BYTES, helloBlock, RTMP_VERSION } from '../../shared/rtmp/handshake'

/** The server's half of the simple handshake. */
export class IngestHandshake {
  #buffer = Buffer.alloc(0)
  #answered = false

  /** @throws RtmpProtocolError for anything that is not RTMP. `rest` is set once, when the chunk stream begins. */
  push(bytes: Uint8Array): { readonly reply: Uint8Array | null; readonly rest: Uint8Array | null } {
    this.#buffer = Buffer.concat([this.#buffer, bytes])
    let reply: Uint8Array | null = null
    if (!this.#answered) {
      const version = this.#buffer[0]
      if (version !== undefined) checkVersion(version)
      if (this.#buffer.length < 1 + HANDSHAKE_BLOCK_BYTES) return { reply: null, rest: null }
      // S0, S1 and, as S2, the client's block sent back.
      reply = Buffer.concat([
        Buffer.of(RTMP_VERSION),
        helloBlock(0, randomBytes(HANDSHAKE_BLOCK_BYTES - 8)),
        this.#buffer.subarray(1, 1 + HANDSHAKE_BLOCK_BYTES),
      ])
      this.#buffer = this.#buffer.subarray(1 + HANDSHAKE_BLOCK_BYTES)
      this.#answered = true
    }
    if (this.#buffer.length < HANDSHAKE_BLOCK_BYTES) return { reply, rest: null }
    return { reply, rest: Buffer.from(this.#buffer.subarray(HANDSHAKE_BLOCK_BYTES)) }
  }
}

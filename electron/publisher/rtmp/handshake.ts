import { randomBytes } from 'node:crypto'
import { checkVersion, HANDSHAKE_BLOCK_BYTES, helloBlock, RTMP_VERSION } from '../../shared/rtmp/handshake'

/** The client's half of the simple handshake. Feed it bytes until it hands over what belongs to the chunk stream. */
export class ClientHandshake {
  #buffer = Buffer.alloc(0)
  #stage: 'hello' | 'echo' | 'done' = 'hello'

  /** C0 and C1. */
  hello(): Uint8Array {
    return Buffer.concat([Buffer.of(RTMP_VERSION), helloBlock(0, randomBytes(HANDSHAKE_BLOCK_BYTES - 8))])
  }

  /** @throws RtmpProtocolError when the other side does not speak RTMP. */
  push(bytes: Uint8Array): { readonly reply: Uint8Array | null; readonly rest: Uint8Array | null } {
    this.#buffer = Buffer.concat([this.#buffer, bytes])
    let reply: Uint8Array | null = null
    const version = this.#buffer[0]
    if (this.#stage === 'hello') {
      if (version !== undefined) checkVersion(version)
      if (this.#buffer.length < 1 + HANDSHAKE_BLOCK_BYTES) return { reply: null, rest: null }
      // C2 is the server's own block sent back.
      reply = Buffer.from(this.#buffer.subarray(1, 1 + HANDSHAKE_BLOCK_BYTES))
      this.#buffer = this.#buffer.subarray(1 + HANDSHAKE_BLOCK_BYTES)
      this.#stage = 'echo'
    }
    if (this.#stage === 'echo' && this.#buffer.length >= HANDSHAKE_BLOCK_BYTES) {
      // S2 is not compared: some servers do not echo, and nothing depends on it.
      const rest = Buffer.from(this.#buffer.subarray(HANDSHAKE_BLOCK_BYTES))
      this.#buffer = Buffer.alloc(0)
      this.#stage = 'done'
      return { reply, rest }
    }
    return { reply, rest: null }
  }
}

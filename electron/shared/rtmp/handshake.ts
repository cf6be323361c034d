import { ByteWriter } from './bytes'
import { RtmpProtocolError } from './protocol-error'

/** The simple handshake (RTMP 1.0 §5.2): version byte and blocks of 1,536 bytes. No CDN we know of insists on the digest form. */
export const HANDSHAKE_BLOCK_BYTES = 1_536

/** @param random 1,528 bytes. */
export function helloBlock(timeMs: number, random: Uint8Array): Uint8Array {
  if (random.length !== HANDSHAKE_BLOCK_BYTES - 8) throw new RangeError('the random part has 1,528 bytes')
  return new ByteWriter()
    .u32(timeMs >>> 0)
    .u32(0)
    .bytes(random)
    .take()
}

export const RTMP_VERSION = 3

/** @throws RtmpProtocolError when the first byte is not RTMP's: most often HTTP or TLS on the port. */
export function checkVersion(version: number): void {
  // Servers and clients answer 3 whatever was asked; 6 and 8 are the encrypted kinds, which we do not offer.
  if (version !== RTMP_VERSION) throw new RtmpProtocolError(`handshake version ${version}`)
}

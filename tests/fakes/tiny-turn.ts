import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'

const COOKIE = 0x2112a442
const REALM = 'tests'
/** Address families and places as RFC 5737 keeps them for documents: as if a NAT stood between. */
const MAPPED = { host: '203.0.113.7', port: 40_007 } as const
const RELAYED = { host: '198.51.100.9', port: 50_009 } as const

/** The binding of STUN (RFC 5389) and the allocation of TURN (RFC 8656, long-term credentials), over UDP on the loopback address; passes nothing on. */
export class TinyTurn {
  readonly #socket: Socket
  readonly #key: Buffer
  silent = false
  /** No NAT stands between: it tells where the question came from. */
  plain = false
  /** What others see, as it tells. */
  static readonly mapped = `${MAPPED.host}:${MAPPED.port}`
  static readonly relayed = `${RELAYED.host}:${RELAYED.port}`

  private constructor(socket: Socket, username: string, credential: string) {
    this.#socket = socket
    this.#key = createHash('md5').update(`${username}:${REALM}:${credential}`).digest()
    socket.on('message', (message, from) => this.#asked(message, from))
  }

  static async start(username: string, credential: string): Promise<TinyTurn> {
    const socket = createSocket('udp4')
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.bind(0, '127.0.0.1', resolve)
    })
    return new TinyTurn(socket, username, credential)
  }

  get port(): number {
    return this.#socket.address().port
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#socket.close(() => resolve()))
  }

  #asked(message: Buffer, from: RemoteInfo): void {
    if (this.silent || message.length < 20 || message.readUInt32BE(4) !== COOKIE) return
    const transaction = message.subarray(8, 20)
    const type = message.readUInt16BE(0)
    if (type === 0x0001) this.#say(from, packet(0x0101, transaction, [attribute(0x0020, xored(this.plain ? { host: from.address, port: from.port } : MAPPED))]))
    else if (type === 0x0003 && this.#isSigned(message))
      this.#say(
        from,
        signed(packet(0x0103, transaction, [attribute(0x0016, xored(RELAYED)), attribute(0x0020, xored(MAPPED)), attribute(0x000d, seconds(600))]), this.#key),
      )
    // 401: with realm and nonce, by which the client asks again.
    else if (type === 0x0003) {
      const refusal = Buffer.concat([Buffer.from([0, 0, 4, 1]), Buffer.from('Unauthorized')])
      this.#say(
        from,
        packet(0x0113, transaction, [attribute(0x0009, refusal), attribute(0x0014, Buffer.from(REALM)), attribute(0x0015, Buffer.from('a-nonce'))]),
      )
    }
  }

  #say(to: RemoteInfo, message: Buffer): void {
    this.#socket.send(message, to.port, to.address)
  }

  #isSigned(message: Buffer): boolean {
    for (let at = 20; at + 4 <= message.length;) {
      const length = message.readUInt16BE(at + 2)
      if (message.readUInt16BE(at) === 0x0008) {
        const before = Buffer.from(message.subarray(0, at))
        // Counted as if the signature were the last.
        before.writeUInt16BE(at + 24 - 20, 2)
        return length === 20 && timingSafeEqual(createHmac('sha1', this.#key).update(before).digest(), message.subarray(at + 4, at + 24))
      }
      at += 4 + padded(length)
    }
    return false
  }
}

function packet(type: number, transaction: Buffer, attributes: readonly Buffer[]): Buffer {
  const body = Buffer.concat(attributes)
  const head = Buffer.alloc(20)
  head.writeUInt16BE(type, 0)
  head.writeUInt16BE(body.length, 2)
  head.writeUInt32BE(COOKIE, 4)
  transaction.copy(head, 8)
  return Buffer.concat([head, body])
}

function signed(message: Buffer, key: Buffer): Buffer {
  const longer = Buffer.from(message)
  longer.writeUInt16BE(message.length + 24 - 20, 2)
  return Buffer.concat([longer, attribute(0x0008, createHmac('sha1', key).update(longer).digest())])
}

function attribute(type: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4)
  head.writeUInt16BE(type, 0)
  head.writeUInt16BE(value.length, 2)
  return Buffer.concat([head, value, Buffer.alloc(padded(value.length) - value.length)])
}

/** XOR-MAPPED-ADDRESS of IPv4. */
function xored({ host, port }: { readonly host: string; readonly port: number }): Buffer {
  const value = Buffer.from([0, 1, 0, 0, ...host.split('.').map(Number)])
  value.writeUInt16BE(port ^ (COOKIE >>> 16), 2)
  value.writeUInt32BE((value.readUInt32BE(4) ^ COOKIE) >>> 0, 4)
  return value
}

function seconds(count: number): Buffer {
  const value = Buffer.alloc(4)
  value.writeUInt32BE(count)
  return value
}

function padded(length: number): number {
  return (length + 3) & ~3
}

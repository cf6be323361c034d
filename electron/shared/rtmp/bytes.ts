/** Growing big-endian writer: the one place where RTMP, AMF0 and FLV put numbers into bytes. */
export class ByteWriter {
  #bytes = new Uint8Array(256)
  #length = 0

  get length(): number {
    return this.#length
  }

  #room(count: number): number {
    const at = this.#length
    const needed = at + count
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
      grown.set(this.#bytes.subarray(0, at))
      this.#bytes = grown
    }
    this.#length = needed
    return at
  }

  u8(value: number): this {
    const at = this.#room(1)
    this.#bytes[at] = value
    return this
  }

  u16(value: number): this {
    return this.u8(value >>> 8).u8(value)
  }

  u24(value: number): this {
    return this.u8(value >>> 16).u16(value)
  }

  u32(value: number): this {
    return this.u16(value >>> 16).u16(value)
  }

  u32le(value: number): this {
    return this.u8(value)
      .u8(value >>> 8)
      .u8(value >>> 16)
      .u8(value >>> 24)
  }

  f64(value: number): this {
    const at = this.#room(8)
    new DataView(this.#bytes.buffer).setFloat64(at, value)
    return this
  }

  bytes(value: Uint8Array): this {
    const at = this.#room(value.length)
    this.#bytes.set(value, at)
    return this
  }

  /** A copy of what was written. */
  take(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }
}

export function u16At(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
}

export function u24At(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 16) | u16At(bytes, at + 1)
}

export function u32At(bytes: Uint8Array, at: number): number {
  return ((u16At(bytes, at) << 16) | u16At(bytes, at + 2)) >>> 0
}

export function u32leAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)) >>> 0
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const whole = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** UTF-8 without TextEncoder: the contract's folder knows neither DOM nor Node. */
export function utf8Encode(text: string): Uint8Array {
  const out = new ByteWriter()
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0xfffd
    if (code < 0x80) out.u8(code)
    else if (code < 0x800) out.u8(0xc0 | (code >> 6)).u8(0x80 | (code & 63))
    else if (code < 0x10000) {
      const scalar = code >= 0xd800 && code <= 0xdfff ? 0xfffd : code
      out
        .u8(0xe0 | (scalar >> 12))
        .u8(0x80 | ((scalar >> 6) & 63))
        .u8(0x80 | (scalar & 63))
    } else
      out
        .u8(0xf0 | (code >> 18))
        .u8(0x80 | ((code >> 12) & 63))
        .u8(0x80 | ((code >> 6) & 63))
        .u8(0x80 | (code & 63))
  }
  return out.take()
}

/** Malformed sequences become U+FFFD; never throws. */
export function utf8Decode(bytes: Uint8Array): string {
  let text = ''
  let at = 0
  while (at < bytes.length) {
    const first = bytes[at] ?? 0
    if (first < 0x80) {
      text += String.fromCharCode(first)
      at += 1
      continue
    }
    const extra = first >= 0xf0 && first < 0xf5 ? 3 : first >= 0xe0 ? 2 : first >= 0xc2 ? 1 : 0
    let code = extra === 3 ? first & 7 : extra === 2 ? first & 15 : first & 31
    let valid = extra > 0 && first < 0xf5 && at + extra < bytes.length
    for (let i = 1; valid && i <= extra; i++) {
      const next = bytes[at + i] ?? 0
      if ((next & 0xc0) !== 0x80) valid = false
      code = (code << 6) | (next & 63)
    }
    const smallest = extra === 3 ? 0x10000 : extra === 2 ? 0x800 : 0x80
    if (!valid || code < smallest || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
      text += '\ufffd'
      at += 1
      continue
    }
    text += String.fromCodePoint(code)
    at += extra + 1
  }
  return text
}

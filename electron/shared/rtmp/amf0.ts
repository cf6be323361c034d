import { ByteWriter, u16At, u32At, utf8Decode, utf8Encode } from './bytes'
import { RtmpProtocolError } from './protocol-error'

/** AMF0 values that RTMP commands are made of. A Map is written as an ECMA array, a plain object as an object. */
export type AmfValue = number | boolean | string | null | undefined | readonly AmfValue[] | AmfObject | Map<string, AmfValue>
export interface AmfObject {
  readonly [key: string]: AmfValue
}

const MAX_DEPTH = 16
const MAX_VALUES = 4_096

export function encodeAmf0(...values: readonly AmfValue[]): Uint8Array {
  const out = new ByteWriter()
  for (const value of values) write(out, value)
  return out.take()
}

function write(out: ByteWriter, value: AmfValue): void {
  if (value === undefined) out.u8(0x06)
  else if (value === null) out.u8(0x05)
  else if (typeof value === 'number') out.u8(0x00).f64(value)
  else if (typeof value === 'boolean') out.u8(0x01).u8(value ? 1 : 0)
  else if (typeof value === 'string') writeString(out, value)
  else if (value instanceof Map) {
    out.u8(0x08).u32(value.size)
    for (const [key, entry] of value) writeEntry(out, key, entry)
    out.u24(9)
  } else if (isArray(value)) {
    out.u8(0x0a).u32(value.length)
    for (const entry of value) write(out, entry)
  } else {
    out.u8(0x03)
    for (const [key, entry] of Object.entries(value)) writeEntry(out, key, entry)
    out.u24(9)
  }
}

function isArray(value: AmfValue): value is readonly AmfValue[] {
  return Array.isArray(value)
}

function writeString(out: ByteWriter, text: string): void {
  const bytes = utf8Encode(text)
  if (bytes.length > 0xffff) out.u8(0x0c).u32(bytes.length)
  else out.u8(0x02).u16(bytes.length)
  out.bytes(bytes)
}

function writeEntry(out: ByteWriter, key: string, value: AmfValue): void {
  const bytes = utf8Encode(key)
  out.u16(bytes.length).bytes(bytes)
  write(out, value)
}

/** All values of a command or data message. @throws RtmpProtocolError on anything malformed, too deep or too many. */
export function decodeAmf0(bytes: Uint8Array): AmfValue[] {
  const reader = new Reader(bytes)
  const values: AmfValue[] = []
  while (!reader.atEnd) values.push(reader.value(0))
  return values
}

class Reader {
  readonly #bytes: Uint8Array
  #at = 0
  #count = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  #take(count: number): number {
    const at = this.#at
    if (at + count > this.#bytes.length) throw new RtmpProtocolError('AMF0 value is cut off')
    this.#at = at + count
    return at
  }

  value(depth: number): AmfValue {
    if (depth > MAX_DEPTH) throw new RtmpProtocolError('AMF0 nested too deep')
    if (++this.#count > MAX_VALUES) throw new RtmpProtocolError('too many AMF0 values')
    const marker = this.#bytes[this.#take(1)] ?? 0
    switch (marker) {
      case 0x00:
        return this.#number()
      case 0x01:
        return this.#bytes[this.#take(1)] !== 0
      case 0x02:
        return this.#string(u16At(this.#bytes, this.#take(2)))
      case 0x03:
        return this.#object(depth)
      case 0x05:
        return null
      case 0x06:
      case 0x0d:
        return undefined
      case 0x08: {
        this.#take(4)
        return new Map(Object.entries(this.#object(depth)))
      }
      case 0x0a: {
        const length = u32At(this.#bytes, this.#take(4))
        if (length > MAX_VALUES) throw new RtmpProtocolError('AMF0 array too long')
        return Array.from({ length }, () => this.value(depth + 1))
      }
      case 0x0b: {
        const value = this.#number()
        this.#take(2)
        return value
      }
      case 0x0c:
      case 0x0f:
        return this.#string(u32At(this.#bytes, this.#take(4)))
      default:
        throw new RtmpProtocolError(`AMF0 marker ${marker}`)
    }
  }

  #number(): number {
    const at = this.#take(8)
    return new DataView(this.#bytes.buffer, this.#bytes.byteOffset).getFloat64(at)
  }

  #string(length: number): string {
    const at = this.#take(length)
    return utf8Decode(this.#bytes.subarray(at, at + length))
  }

  #object(depth: number): AmfObject {
    const entries: [string, AmfValue][] = []
    for (;;) {
      const key = this.#string(u16At(this.#bytes, this.#take(2)))
      if (key === '' && this.#bytes[this.#at] === 0x09) {
        this.#take(1)
        // fromEntries defines own properties, so that a key "__proto__" is just a key.
        return Object.fromEntries(entries)
      }
      entries.push([key, this.value(depth + 1)])
    }
  }
}

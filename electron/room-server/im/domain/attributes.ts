import { CODES, ImError } from '../codes'
import { SIZES } from '../limits'

/** Attributes of a group: the board that late-comers read. Every write has a number; a writer with an old number lost a race. */
export interface AttributeSet {
  readonly mainSeq: number
  readonly values: ReadonlyMap<string, { readonly value: string; readonly seq: number }>
}

export type AttributeChange = 'set' | 'modify' | 'clear' | 'delete'
/** `OpType` of the push. */
export const ATTRIBUTE_OP_TYPES: Readonly<Record<AttributeChange, number>> = { set: 1, modify: 2, clear: 3, delete: 4 }

export interface AttributeWrite {
  readonly change: AttributeChange
  /** Empty for clear; values are '' for delete. */
  readonly items: readonly { readonly key: string; readonly value: string; readonly seq: number | null }[]
  /** The number that the writer believes to be the present one; null = writes whatever is there (REST). */
  readonly expected: number | null
}

export interface AttributeResult {
  readonly next: AttributeSet
  readonly changed: readonly { readonly key: string; readonly value: string; readonly seq: number }[]
}

export const NO_ATTRIBUTES: AttributeSet = { mainSeq: 0, values: new Map() }

/**
 * @throws ImError 10056 when somebody else wrote in between; 10050 when a key to delete is not there; 10004 beyond a limit (16 keys of
 * 32 bytes, 4 KB a value, 16 KB in all)
 */
export function writeAttributes(current: AttributeSet, write: AttributeWrite): AttributeResult {
  checkRace(current, write)
  const mainSeq = current.mainSeq + 1
  if (write.change === 'clear') return { next: { mainSeq, values: new Map() }, changed: [] }
  const values = new Map(write.change === 'set' ? [] : current.values)
  const changed: { key: string; value: string; seq: number }[] = []
  for (const { key, value } of write.items) {
    const seq = (current.values.get(key)?.seq ?? 0) + 1
    if (write.change === 'delete') {
      if (!values.delete(key)) throw new ImError(CODES.NO_SUCH_ATTRIBUTE, `no attribute ${key}`)
      changed.push({ key, value: '', seq })
      continue
    }
    values.set(key, { value, seq })
    changed.push({ key, value, seq })
  }
  checkSizes(values)
  return { next: { mainSeq, values }, changed }
}

function checkRace(current: AttributeSet, write: AttributeWrite): void {
  if (write.expected === null) return
  const conflict = (): never => {
    throw new ImError(CODES.ATTRIBUTE_CONFLICT, 'the attributes were changed by somebody else: read them again')
  }
  // Whole-set writes race with everything; a write of single keys only with writes of the same keys.
  if (write.change === 'set' || write.change === 'clear') {
    if (write.expected !== current.mainSeq) conflict()
    return
  }
  for (const { key, seq } of write.items) if (seq !== null && seq !== (current.values.get(key)?.seq ?? 0)) conflict()
}

function checkSizes(values: ReadonlyMap<string, { readonly value: string }>): void {
  const beyond = (info: string): never => {
    throw new ImError(CODES.INVALID_PARAMETER, info)
  }
  if (values.size > SIZES.attributeKeys) beyond(`more than ${SIZES.attributeKeys} attributes`)
  let total = 0
  for (const [key, { value }] of values) {
    const keyBytes = Buffer.byteLength(key)
    const valueBytes = Buffer.byteLength(value)
    if (keyBytes === 0 || keyBytes > SIZES.attributeKey) beyond(`an attribute's key has 1 to ${SIZES.attributeKey} bytes`)
    if (valueBytes > SIZES.attributeValue) beyond(`an attribute's value has at most ${SIZES.attributeValue} bytes`)
    total += keyBytes + valueBytes
  }
  if (total > SIZES.attributesTotal) beyond(`all attributes have at most ${SIZES.attributesTotal} bytes`)
}

const MAX_DEPTH = 12

/** Roughly how large a structured clone is; stops counting beyond `limit`. Too deep counts as too large. */
export function estimateBytes(value: unknown, limit: number, depth = 0): number {
  if (depth > MAX_DEPTH) return limit + 1
  if (typeof value === 'string') return value.length * 2
  if (value instanceof ArrayBuffer) return value.byteLength
  if (ArrayBuffer.isView(value)) return value.byteLength
  if (typeof value !== 'object' || value === null) return 8
  let bytes = 16
  for (const part of partsOf(value)) {
    bytes += 8 + estimateBytes(part, limit, depth + 1)
    if (bytes > limit) return bytes
  }
  return bytes
}

/** Keys count as much as values. */
function partsOf(value: object): Iterable<unknown> {
  if (Array.isArray(value) || value instanceof Set) return value
  if (value instanceof Map) return [...value.keys(), ...value.values()]
  return [...Object.keys(value), ...Object.values(value)]
}

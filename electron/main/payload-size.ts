const MAX_DEPTH = 12

/** Roughly how large a structured clone is; stops counting beyond `limit`. Too deep counts as too large. */
export function estimateBytes(value: unknown, limit: number, depth = 0): number {
  if (depth > MAX_DEPTH) return limit + 1
  if (typeof value === 'string') return value.length * 2
  if (value instanceof ArrayBuffer) return value.byteLength
  if (ArrayBuffer.isView(value)) return value.byteLength
  if (typeof value !== 'object' || value === null) return 8
  let bytes = 16
  const entries = value instanceof Map || value instanceof Set ? [...value] : Object.entries(value)
  for (const entry of entries) {
    bytes += 8 + estimateBytes(entry, limit, depth + 1)
    if (bytes > limit) return bytes
  }
  return bytes
}

let last = 0

/** A room of its own for each case: what happened in another one cannot be mistaken for this one's. */
export function roomName(prefix = 'room'): string {
  last += 1
  return `${prefix}_${process.pid}_${last}`
}

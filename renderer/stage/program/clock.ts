/**
 * The stage's one clock: microseconds since 1970, but monotonic: pictures and sound are stamped with it, and the test card
 * flashes on its whole seconds.
 */
export function nowUs(): number {
  return (performance.timeOrigin + performance.now()) * 1_000
}

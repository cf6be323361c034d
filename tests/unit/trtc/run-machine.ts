/** What a machine comes to. `effects`: in the order in which they were asked for. */
export interface Outcome<State> {
  readonly state: State
  readonly effects: readonly string[]
  readonly nowMs: number
}

/**
 * Lets a pure machine take one event after the other.
 * @param events a number lets so many milliseconds pass
 * @param said an effect, as a test compares it
 */
export function runMachine<State, Event extends object, Effect>(
  {
    step,
    from,
    startMs,
    said,
  }: {
    readonly step: (state: State, event: Event, nowMs: number) => { readonly state: State; readonly effects: readonly Effect[] }
    readonly from: State
    readonly startMs: number
    readonly said: (effect: Effect) => string
  },
  events: readonly (Event | number)[],
): Outcome<State> {
  let state = from
  let nowMs = startMs
  const effects: string[] = []
  for (const event of events) {
    if (typeof event === 'number') {
      nowMs += event
      continue
    }
    const next = step(state, event, nowMs)
    state = next.state
    effects.push(...next.effects.map(said))
  }
  return { state, effects, nowMs }
}

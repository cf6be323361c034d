/** Two tones without a common octave: a hum of the room is neither, and hardly ever both. */
export const TONES_HZ: readonly number[] = [880, 1_397]
/** Above the silence before and above the floor, both of them: then it is the own sound that is heard. */
const RISE_DB = 12
const FLOOR_DB = -75

/** Whether both tones came in by the microphone. Strengths in dB, before and while they were played. */
export function heardTones(quiet: readonly number[], loud: readonly number[]): boolean {
  return loud.length > 0 && loud.every((strength, at) => strength > FLOOR_DB && strength - Math.max(quiet[at] ?? FLOOR_DB, FLOOR_DB) > RISE_DB)
}

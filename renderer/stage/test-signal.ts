/**
 * When the test card flashes and beeps. Both are pure functions of the same clock, so that the offset between
 * picture and sound in the received stream is the path's own and nobody else's.
 */

const SECOND_US = 1_000_000

/** The card is white for this long from each whole second on: 3 frames at 30 fps. */
export const FLASH_US = 100_000

/** The beep starts with the flash. */
export const BEEP_US = 100_000

/** 1 kHz has a whole number of periods in `BEEP_US`: it starts and ends at zero, without a click. */
export const BEEP_HZ = 1_000

/** −18 dBFS, the usual line-up level, as an amplitude of a sine. */
export const BEEP_AMPLITUDE = 10 ** (-18 / 20)

function withinSecond(timeUs: number): number {
  return ((timeUs % SECOND_US) + SECOND_US) % SECOND_US
}

export function isFlash(timeUs: number): boolean {
  return withinSecond(timeUs) < FLASH_US
}

export function isBeep(timeUs: number): boolean {
  return withinSecond(timeUs) < BEEP_US
}

/** One sample of the beep, −1 … 1, at a moment of the test signal's clock. */
export function beepSample(timeUs: number): number {
  const phaseUs = withinSecond(timeUs)
  return phaseUs < BEEP_US ? BEEP_AMPLITUDE * Math.sin((2 * Math.PI * BEEP_HZ * phaseUs) / SECOND_US) : 0
}

/** HH:MM:SS:FF of a moment. Hours wrap at 24; frames count from 0 within the second. */
export function timecode(timeUs: number, fps: number): string {
  const totalSeconds = Math.floor(timeUs / SECOND_US)
  const two = (value: number): string => String(value).padStart(2, '0')
  const hours = Math.floor(totalSeconds / 3_600) % 24
  const minutes = Math.floor(totalSeconds / 60) % 60
  // A frame's time is a rounded multiple of 1/fps: without the half microsecond frame n would read n − 1.
  const frame = Math.min(fps - 1, Math.floor(((withinSecond(timeUs) + 0.5) * fps) / SECOND_US))
  return `${two(hours)}:${two(minutes)}:${two(totalSeconds % 60)}:${two(frame)}`
}

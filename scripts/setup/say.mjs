/** Set-up talks on stderr: stdout belongs to the program that is started. */
export function say(text) {
  process.stderr.write(`${text}\n`)
}

/** Ends with a sentence instead of a stack. */
export class SetupError extends Error {}

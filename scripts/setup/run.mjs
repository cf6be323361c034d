import { spawn } from 'node:child_process'

/**
 * Runs a command to its end. Its stdout goes to our stderr. Resolves with the exit code; rejects only when it cannot be
 * started. On Windows `npm` and `npx` are .cmd files, which need a shell.
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const shell = process.platform === 'win32' && (command === 'npm' || command === 'npx')
    const child = spawn(command, args, { stdio: ['ignore', 2, 2], shell, ...options })
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : 128)))
  })
}

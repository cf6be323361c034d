import type { ChildProcess } from 'node:child_process'

/** Ends a child, politely first, and waits until it is gone. */
export async function endChild(child: ChildProcess, politeMs = 5_000): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  const force = setTimeout(() => child.kill('SIGKILL'), politeMs)
  await gone
  clearTimeout(force)
}

import { mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import pino, { type Logger } from 'pino'
import { redact } from './redact'

const MAX_BYTES = 5 * 1024 * 1024
const KEPT = 3

/** The app's log: one file in the data folder, turned over at start when it is large. Every line passes the redaction. */
export function openLog(folder: string): Logger {
  const logs = join(folder, 'logs')
  mkdirSync(logs, { recursive: true })
  const file = join(logs, 'anchordesk.log')
  turnOver(file)
  const destination = pino.destination({ dest: file, sync: false, mkdir: true })
  return pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime, level: 'info' }, { write: (line: string) => destination.write(redact(line)) })
}

function turnOver(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size < MAX_BYTES) return
  rmSync(`${file}.${KEPT}`, { force: true })
  for (let number = KEPT - 1; number >= 1; number--)
    if (statSync(`${file}.${number}`, { throwIfNoEntry: false }) !== undefined) renameSync(`${file}.${number}`, `${file}.${number + 1}`)
  renameSync(file, `${file}.1`)
}

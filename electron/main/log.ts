import { join } from 'node:path'
import pino, { type Logger } from 'pino'
import { LogFile } from './log-file'
import { redact } from './redact'

export interface OpenLog {
  readonly log: Logger
  readonly file: LogFile
}

/** The app's log: one file in the data folder. Every line passes the redaction. */
export function openLog(folder: string): OpenLog {
  const file = new LogFile(join(folder, 'logs', 'anchordesk.log'))
  const log = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime, level: 'info' }, { write: (line: string) => file.write(redact(line)) })
  return { log, file }
}

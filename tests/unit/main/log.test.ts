import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fatalHandler } from '../../../electron/main/fatal'
import { LineLimiter } from '../../../electron/main/line-limiter'
import { openLog } from '../../../electron/main/log'
import { LogFile } from '../../../electron/main/log-file'
import type { ErrorInfo } from '../../../electron/shared/errors'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'anchordesk-log-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the log file', () => {
  it('turns over while it runs, and keeps one old file', async () => {
    const path = join(folder, 'a.log')
    const file = new LogFile(path, 1_000)
    for (let round = 0; round < 40; round++) {
      file.write(`${String(round).padStart(99, '.')}\n`)
      await file.close()
    }
    expect(statSync(path).size).toBeLessThanOrEqual(1_000)
    expect(statSync(`${path}.1`).size).toBeLessThanOrEqual(1_000)
    expect(existsSync(`${path}.2`)).toBe(false)
    expect(readFileSync(path, 'utf8').endsWith('39\n')).toBe(true)
  })

  // /dev/full answers each write with ENOSPC, as a full disk does.
  it.runIf(existsSync('/dev/full'))('drops lines on a full disk, throws nothing, and says so when there is room again', async () => {
    const path = join(folder, 'full.log')
    symlinkSync('/dev/full', path)
    const file = new LogFile(path)
    file.write('lost\n')
    await file.close()
    file.write('lost too\n')
    file.flushNow()
    await file.close()
    expect(file.dropped).toBe(2)
    rmSync(path)
    file.write('kept\n')
    await file.close()
    expect(readFileSync(path, 'utf8')).toBe('{"msg":"2 lines could not be written"}\nkept\n')
  })

  it('holds no more than it must when the disk is slow', async () => {
    const file = new LogFile(join(folder, 'slow.log'))
    for (let line = 0; line < 2_000; line++) file.write(`${'x'.repeat(999)}\n`)
    expect(file.dropped).toBeGreaterThan(1_000)
    await file.close()
    expect(statSync(join(folder, 'slow.log')).size).toBeLessThan(600_000)
  })

  it('survives a folder that is none', async () => {
    writeFileSync(join(folder, 'logs'), '')
    const { log, file } = openLog(folder)
    log.info('lost')
    await file.close()
    expect(file.dropped).toBe(1)
  })

  it('writes its last words at once', () => {
    mkdirSync(join(folder, 'logs'))
    const { log, file } = openLog(folder)
    log.fatal('the end')
    file.flushNow()
    expect(readFileSync(join(folder, 'logs', 'anchordesk.log'), 'utf8')).toContain('the end')
  })
})

describe('lines of other processes', () => {
  it('pass ten times a minute each; the rest is counted', () => {
    const lines: string[] = []
    let now = 0
    const limiter = new LineLimiter(
      (level, message) => lines.push(`${level} ${message}`),
      () => now,
    )
    for (let line = 0; line < 1_000; line++) limiter.line('warn', `a report of stage was not understood: ${line}`)
    limiter.line('warn', 'something else')
    expect(lines).toHaveLength(11)
    now = 60_000
    limiter.line('warn', 'a report of stage was not understood: 1000')
    expect(lines.slice(11)).toEqual(['warn (990 more lines like the next one were left out)', 'warn a report of stage was not understood: 1000'])
  })

  it('are bounded in kind and length', () => {
    const write = vi.fn<(level: string, message: string) => void>()
    const limiter = new LineLimiter(write, () => 0)
    for (let line = 0; line < 5_000; line++) limiter.line('info', `${line.toString(36).replace(/\d/g, 'q')}${'x'.repeat(5_000)}`)
    expect(write.mock.calls[0]?.[1]).toHaveLength(2_000)
  })
})

describe('what nobody caught', () => {
  const open = (): { handler: (error: unknown) => void; problems: ErrorInfo[]; exits: number[]; flushed: () => number } => {
    const problems: ErrorInfo[] = []
    const exits: number[] = []
    let flushed = 0
    const log = { error: () => undefined, fatal: () => undefined }
    const handler = fatalHandler({ log, flush: () => (flushed += 1), onProblem: (error) => problems.push(error), exit: (code) => exits.push(code) }, () => 0)
    return { handler, problems, exits, flushed: () => flushed }
  }

  it('is told, and the show goes on', () => {
    const { handler, problems, exits } = open()
    handler(new TypeError('a bug'))
    expect(problems).toEqual([{ code: 'internal', context: { reason: 'a bug' } }])
    expect(exits).toEqual([])
  })

  it('is no news where the system refused to write', () => {
    const { handler, problems, exits } = open()
    for (let error = 0; error < 20; error++) handler(Object.assign(new Error('write EPIPE'), { code: 'EPIPE', syscall: 'write' }))
    expect([problems, exits]).toEqual([[], []])
  })

  it('ends the app with 1 when it does not stop', () => {
    const { handler, exits, flushed } = open()
    for (let error = 0; error < 6; error++) handler(new Error('again'))
    expect(exits).toEqual([1])
    expect(flushed()).toBe(1)
  })
})

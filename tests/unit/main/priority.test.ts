import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { expect, it } from 'vitest'
import { setPriority, setSessionPriority } from '../../../electron/main/priority'

const { PRIORITY_ABOVE_NORMAL, PRIORITY_NORMAL } = constants.priority

it('raises what runs, and puts it back', () => {
  const set: (readonly [number, number])[] = []
  const record = (pid: number, priority: number): void => void set.push([pid, priority])
  expect(setPriority([7, undefined, 8, 0], true, record)).toBe(true)
  expect(setPriority([7], false, record)).toBe(true)
  expect(set).toEqual([
    [7, PRIORITY_ABOVE_NORMAL],
    [8, PRIORITY_ABOVE_NORMAL],
    [7, PRIORITY_NORMAL],
  ])
})

it('without the right to, or for one that has ended, all goes on as it was', () => {
  for (const code of ['EACCES', 'EPERM', 'ESRCH', 'ERR_SYSTEM_ERROR']) {
    const refuse = (): void => {
      throw Object.assign(new Error(code), { code })
    }
    expect(setPriority([7, 8], true, refuse)).toBe(false)
  }
  expect(() =>
    setPriority([7], true, () => {
      throw new TypeError('a bug')
    }),
  ).toThrow(TypeError)
})

// Others may not raise anything.
it.runIf(process.platform === 'linux' && process.getuid?.() === 0)('raises every thread of a process', async () => {
  const child = spawn(process.execPath, ['-e', 'process.stdout.write("up"); setInterval(() => undefined, 1_000)'], { stdio: ['ignore', 'pipe', 'ignore'] })
  await once(child.stdout, 'data')
  const pid = child.pid ?? 0
  const threads = readdirSync(`/proc/${pid}/task`)
  expect(setPriority([pid], true)).toBe(true)
  const NICE = 16
  const nice = threads.map((thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8').split(') ')[1]?.split(' ')[NICE]))
  child.kill()
  expect(threads.length).toBeGreaterThan(1)
  expect(nice).toEqual(threads.map(() => PRIORITY_ABOVE_NORMAL))
})

it('raises the session as a whole, and puts it back', () => {
  const written: string[] = []
  const record = (nice: string): void => void written.push(nice)
  expect(setSessionPriority(true, record)).toBe(true)
  expect(setSessionPriority(false, record)).toBe(true)
  expect(written).toEqual([String(PRIORITY_ABOVE_NORMAL), String(PRIORITY_NORMAL)])
})

it('where sessions have no priority, or this user no right to it, all goes on as it was', () => {
  for (const code of ['ENOENT', 'EINVAL', 'EACCES', 'EPERM', 'EROFS', 'EAGAIN']) {
    const refuse = (): void => {
      throw Object.assign(new Error(code), { code })
    }
    expect(setSessionPriority(true, refuse)).toBe(false)
  }
  expect(() =>
    setSessionPriority(true, () => {
      throw new TypeError('a bug')
    }),
  ).toThrow(TypeError)
})

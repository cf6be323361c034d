import { readFileSync, readdirSync } from 'node:fs'

/** What a program costs: a process and everything it started. Linux only: it reads /proc. */
export interface Cost {
  /** Percent of one core over the window. */
  readonly cpuPercent: number
  /** Proportional set size at the end of the window, MiB: shared pages are counted once. */
  readonly pssMiB: number
  /** Sum of resident set sizes, MiB, as `ps` would add them up. */
  readonly rssMiB: number
  readonly processes: number
}

const TICKS_PER_SECOND = 100
const PAGE_KIB = 4

interface Stat {
  readonly parent: number
  readonly ticks: number
  readonly rssKiB: number
}

function readStat(pid: number): Stat | null {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch (error) {
    if (isGone(error)) return null
    throw error
  }
  // The command's name stands in parentheses and may hold spaces: fields are counted from behind it.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]), rssKiB: Number(fields[21]) * PAGE_KIB }
}

function isGone(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code
  return code === 'ENOENT' || code === 'ESRCH'
}

function tree(root: number): Map<number, Stat> {
  const all = new Map<number, Stat>()
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry)
    if (!Number.isInteger(pid)) continue
    const stat = readStat(pid)
    if (stat !== null) all.set(pid, stat)
  }
  const mine = new Map<number, Stat>()
  const visit = (pid: number): void => {
    const stat = all.get(pid)
    if (stat === undefined || mine.has(pid)) return
    mine.set(pid, stat)
    for (const [child, { parent }] of all) if (parent === pid) visit(child)
  }
  visit(root)
  return mine
}

function pssKiB(pid: number): number {
  try {
    const line = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))
    return line === null ? 0 : Number(line[1])
  } catch (error) {
    if (isGone(error)) return 0
    throw error
  }
}

/** Watches the tree under `root` for `windowMs`. Processes born inside the window count from their birth. */
export async function costOf(root: number, windowMs: number): Promise<Cost> {
  const before = tree(root)
  const startedAt = process.hrtime.bigint()
  await new Promise((resolve) => setTimeout(resolve, windowMs))
  const after = tree(root)
  const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9
  let ticks = 0
  let rss = 0
  let pss = 0
  for (const [pid, stat] of after) {
    ticks += stat.ticks - (before.get(pid)?.ticks ?? 0)
    rss += stat.rssKiB
    pss += pssKiB(pid)
  }
  return {
    cpuPercent: (ticks / TICKS_PER_SECOND / seconds) * 100,
    pssMiB: pss / 1024,
    rssMiB: rss / 1024,
    processes: after.size,
  }
}

import { readdirSync } from 'node:fs'
import { constants, setPriority as setOfSystem } from 'node:os'

/**
 * While a show is on the air its processes go before those of other programs: a machine that gives out loses the others' time first, and the sound last. Where the system
 * asks for rights that the user does not have (Linux and macOS, for anybody but root), they run like all others.
 * @param pids undefined = not running
 * @returns whether all of them have it
 */
export function setPriority(pids: readonly (number | undefined)[], urgent: boolean, set: (pid: number, priority: number) => void = setOfProcess): boolean {
  let all = true
  for (const pid of pids) {
    if (pid === undefined || pid === 0) continue
    try {
      set(pid, urgent ? constants.priority.PRIORITY_ABOVE_NORMAL : constants.priority.PRIORITY_NORMAL)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      // No right to, or it has just ended.
      if (code !== 'EACCES' && code !== 'EPERM' && code !== 'ESRCH' && code !== 'ERR_SYSTEM_ERROR') throw error
      all = false
    }
  }
  return all
}

/** On Linux every thread has a priority of its own, and gives it to those that it makes: encoders and mixers are threads that stand long before a show. */
function setOfProcess(pid: number, priority: number): void {
  setOfSystem(pid, priority)
  for (const thread of threadsOf(pid)) {
    try {
      setOfSystem(thread, priority)
    } catch (error) {
      // It has just ended.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}

function threadsOf(pid: number): number[] {
  if (process.platform !== 'linux') return []
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

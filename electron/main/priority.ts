import { readdirSync, writeFileSync } from 'node:fs'
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

/**
 * Linux shares the processors out between sessions of the system first (sched(7), autogroup), and a priority counts only inside of one. So this session as a whole goes before
 * the others too: the app's, with the shell that it was started from. Where the kernel or the user's manager groups in another way there is no such file, or it has no effect.
 * @returns whether it holds
 */
export function setSessionPriority(urgent: boolean, write: (nice: string) => void = (nice) => writeFileSync('/proc/self/autogroup', nice)): boolean {
  try {
    write(String(urgent ? constants.priority.PRIORITY_ABOVE_NORMAL : constants.priority.PRIORITY_NORMAL))
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // No such thing, no right to, or too often (10 times a second).
    if (code !== 'ENOENT' && code !== 'EINVAL' && code !== 'EACCES' && code !== 'EPERM' && code !== 'EROFS' && code !== 'EAGAIN') throw error
    return false
  }
}

/** On Linux every thread has a priority of its own, and gives it to those that it makes: encoders and mixers are threads that stand long before a show. */
function setOfProcess(pid: number, priority: number): void {
  setOfSystem(pid, priority)
  for (const thread of threadsOf(pid)) {
    try {
      setOfSystem(thread, priority)
    } catch (error) {
      // It has just ended. Node has the system's own code inside.
      const { code, info } = error as NodeJS.ErrnoException & { readonly info?: { readonly code?: string } }
      if (code !== 'ESRCH' && info?.code !== 'ESRCH') throw error
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

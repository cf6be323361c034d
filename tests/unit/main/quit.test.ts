import { beforeEach, describe, expect, it, vi } from 'vitest'

type Listener = (...args: readonly unknown[]) => void
const { listeners, exits, dialog } = vi.hoisted(() => ({
  listeners: new Map<string, Listener>(),
  exits: [] as number[],
  dialog: { response: 0, asked: 0 },
}))
vi.mock('electron', () => {
  const emitter = (name: string): { on(event: string, listener: Listener): void } => ({ on: (event, listener) => listeners.set(`${name} ${event}`, listener) })
  return {
    app: { ...emitter('app'), exit: (code: number) => exits.push(code) },
    powerMonitor: emitter('power'),
    dialog: {
      showMessageBox: () => {
        dialog.asked += 1
        return Promise.resolve({ response: dialog.response })
      },
    },
  }
})
const { Quit } = await import('../../../electron/main/quit')

const shutDowns: boolean[] = []
let release: () => void = () => undefined
/** An app whose end takes as long as the test wants. */
function open(onAir: boolean): void {
  const signals = vi.spyOn(process, 'on').mockImplementation((event, listener) => {
    listeners.set(String(event), listener as Listener)
    return process
  })
  new Quit({
    studio: () => ({ on: (event: string, listener: Listener) => listeners.set(`studio ${event}`, listener) }) as never,
    isOnAir: () => onAir,
    text: () => ({
      quitTitle: '',
      quitDetail: '',
      keepGoing: '',
      endAndQuit: '',
      anchor: '',
      joinTitle: '',
      joinDetail: '',
      stayThere: '',
      openLink: '',
      error: () => '',
    }),
    exitCode: () => 0,
    shutDown: (bySystem) => {
      shutDowns.push(bySystem)
      return new Promise((resolve) => (release = resolve))
    },
  })
  signals.mockRestore()
}
const fire = (event: string): { prevented: boolean } => {
  const seen = { prevented: false }
  listeners.get(event)?.({ preventDefault: () => (seen.prevented = true) })
  return seen
}
const settle = (): Promise<void> => vi.waitFor(() => expect(dialog.asked + shutDowns.length).toBeGreaterThan(0))

beforeEach(() => {
  listeners.clear()
  exits.length = 0
  shutDowns.length = 0
  Object.assign(dialog, { response: 0, asked: 0 })
})

describe('quitting', () => {
  it.each(['studio close', 'app before-quit'])('by %s while live asks once, however often it is pressed, and keeps going by default', async (way) => {
    open(true)
    expect(fire(way).prevented).toBe(true)
    fire(way)
    await settle()
    expect([dialog.asked, shutDowns]).toEqual([1, []])
  })

  it('by the answer ends the show, once', async () => {
    open(true)
    dialog.response = 1
    fire('studio close')
    await vi.waitFor(() => expect(shutDowns).toEqual([false]))
    fire('app before-quit')
    fire('SIGTERM')
    release()
    await vi.waitFor(() => expect(exits).toEqual([0]))
    expect(shutDowns).toEqual([false])
  })

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('by %s asks nobody, and a second one changes nothing', async (signal) => {
    open(true)
    fire(signal)
    fire(signal)
    expect([dialog.asked, shutDowns]).toEqual([0, [false]])
    release()
    await vi.waitFor(() => expect(exits).toEqual([0]))
  })

  it.each(['power shutdown', 'studio session-end'])('by %s is the system’s doing: it waits where it can, and nobody is asked', (way) => {
    open(true)
    const { prevented } = fire(way)
    expect(prevented).toBe(way === 'power shutdown')
    expect([dialog.asked, shutDowns]).toEqual([0, [true]])
  })

  it('has its deadline', () => {
    vi.useFakeTimers()
    open(false)
    fire('SIGTERM')
    vi.advanceTimersByTime(5_000)
    expect(exits).toEqual([1])
    vi.useRealTimers()
  })
})

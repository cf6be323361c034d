import type { PkView } from '../../../../../electron/shared/pk'
import type { RoomMessage } from '../../../../../electron/shared/room-message'
import type { CrewApi } from '../../../../../renderer/room/crew-api'
import { useVisit } from '../../../../../renderer/room/visit-store'
import { useStudioRoom } from '../../../../../renderer/studio/stores/studio-room'

export function pkWith(change: Partial<PkView> = {}): PkView {
  return {
    ...{ rev: 1, pkId: '', state: 'none', side: null, userId: '', other: { nick: '' }, own: 0, others: 0 },
    ...{ seconds: 0, remainingMs: 0, endsAt: 0, result: null, otherAway: false, rooms: [] },
    ...change,
  }
}

const ABOUT = { pkId: 'a1', userId: 'u_West', other: { nick: 'West' }, seconds: 300 } as const

export function offeredPk(side: 'host' | 'guest', change: Partial<PkView> = {}): PkView {
  return pkWith({ ...ABOUT, state: 'offered', side, remainingMs: 30_000, rooms: side === 'host' ? ['u_West'] : [], ...change })
}

/** @param endsAt UNIX seconds */
export function runningPk(side: 'host' | 'guest', endsAt: number, change: Partial<PkView> = {}): PkView {
  return pkWith({ ...ABOUT, state: 'running', side, endsAt, own: 30, others: 10, rooms: side === 'host' ? ['u_West'] : [], ...change })
}

export function endedPk(change: Partial<PkView> = {}): PkView {
  return pkWith({ ...ABOUT, state: 'ended', side: 'host', own: 30, others: 10, endsAt: 1_300, result: 'won', ...change })
}

/** The backend's PK: writes down what it is asked and answers with its view. `refuse`: thrown by the next act. `gate`: reads wait for it. */
export class FakePk implements Pick<CrewApi, 'pk' | 'startPk' | 'stopPk' | 'answerPk'> {
  readonly calls: unknown[][] = []
  refuse: Error | null = null
  gate: Promise<void> = Promise.resolve()
  /** After the next act. */
  next: PkView | null = null

  constructor(public view: PkView = pkWith()) {}

  async pk(): Promise<PkView> {
    const { view } = this
    this.calls.push(['pk'])
    await this.gate
    return view
  }
  startPk(userId: string, seconds: number): Promise<PkView> {
    return this.#did('start', userId, seconds)
  }
  stopPk(): Promise<PkView> {
    return this.#did('stop')
  }
  answerPk(accept: boolean): Promise<PkView> {
    return this.#did('answer', accept)
  }

  get acts(): unknown[][] {
    return this.calls.filter(([name]) => name !== 'pk')
  }
  get reads(): number {
    return this.calls.length - this.acts.length
  }

  async #did(...call: unknown[]): Promise<PkView> {
    this.calls.push(call)
    const { refuse } = this
    this.refuse = null
    if (refuse !== null) throw refuse
    this.view = this.next ?? pkWith({ rev: this.view.rev + 1, rooms: this.view.rooms })
    return this.view
  }
}

/** Connected with the room, whose crew's API has this PK, too. @returns what the room is told by */
export function withPk(pk: FakePk): (message: RoomMessage) => void {
  const room = useStudioRoom()
  const listeners = new Set<(message: RoomMessage) => void>()
  room.listen = (listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  const api: Pick<CrewApi, 'pk' | 'startPk' | 'stopPk' | 'answerPk'> = {
    pk: () => pk.pk(),
    startPk: (userId, seconds) => pk.startPk(userId, seconds),
    stopPk: () => pk.stopPk(),
    answerPk: (accept) => pk.answerPk(accept),
  }
  if (room.crew !== null) Object.assign(room.crew, api)
  useVisit().chat = 'ready'
  return (message) => listeners.forEach((listener) => listener(message))
}
